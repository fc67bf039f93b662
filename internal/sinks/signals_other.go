//go:build unix && !linux

package sinks

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// leaveToKernel leaves signals to the language's runtime.
func leaveToKernel([]os.Signal) {}

func pollFor(fds []unix.PollFd, limit time.Duration) {
	_, _ = unix.Poll(fds, int((limit+time.Millisecond-1)/time.Millisecond))
}
