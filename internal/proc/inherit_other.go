//go:build !linux

package proc

import (
	"os/signal"
	"syscall"
)

// Ignored returns the signals that this program was started with as ignored,
// bit n-1 for signal n: HUP and INT are all that Go tells here.
func Ignored() uint64 {
	var set uint64
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if signal.Ignored(s) {
			set |= 1 << (s - 1)
		}
	}
	return set
}

// RestoreLimits has nothing to do: syscall.ForkExec gives children the limit
// of open files that this program was started with.
func RestoreLimits() {}
