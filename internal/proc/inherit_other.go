//go:build !linux

package proc

import (
	"errors"
	"os"
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

// Disregard makes signals have no effect on this program. They are taken and
// dropped, because children would inherit that they are ignored.
func Disregard(signals ...os.Signal) { signal.Notify(make(chan os.Signal, 1), signals...) }

// RestoreLimits has nothing to do: syscall.ForkExec gives children the limit
// of open files that this program was started with.
func RestoreLimits() {}

// OpenHere fails: there is nothing that a child could go back to by.
func OpenHere() (int, error) { return 0, errors.New("a relative work directory is only for Linux") }
