package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// pollFor is poll(2) with the precision of the clock.
func pollFor(fds []unix.PollFd, limit time.Duration) {
	ts := unix.NsecToTimespec(int64(limit))
	_, _ = unix.Ppoll(fds, &ts, nil)
}
