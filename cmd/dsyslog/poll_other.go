//go:build unix && !linux

package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// pollFor is poll(2), which knows milliseconds only.
func pollFor(fds []unix.PollFd, limit time.Duration) {
	_, _ = unix.Poll(fds, int((limit+time.Millisecond-1)/time.Millisecond))
}
