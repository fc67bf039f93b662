//go:build !race

package proc

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Go tells that a signal came and not who sent it. For INT that matters: the
// terminal's has gone to the whole process group, another process's to us alone.

// sent counts the INTs that were not the terminal's, goOn is the handler of Go's
// runtime. Both are used by onInterrupt.
var (
	sent uint32
	goOn uintptr
)

func onInterrupt()
func addressOfOnInterrupt() uintptr

// WatchInterrupts has Sent count from now on. INT must be subscribed to.
func WatchInterrupts() {
	var action sigaction
	if goOn == 0 && setAction(unix.SIGINT, nil, &action) && action[0] > sigIgn {
		goOn = action[0]
		action[0] = addressOfOnInterrupt()
		setAction(unix.SIGINT, &action, nil)
	}
}

// Sent is how many INTs came from processes, and not from a terminal.
func Sent() uint32 { return atomic.LoadUint32(&sent) }
