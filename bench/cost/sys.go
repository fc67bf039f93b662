//go:build linux && amd64

package main

import (
	"errors"
	"fmt"
	"time"

	"dmon/bench/stage"

	"golang.org/x/sys/unix"
)

// becomeSubreaper makes every orphan below this process its child, daemons
// included: that is what lets sweep find all that was ever started.
func becomeSubreaper() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become a subreaper: %w", err)
	}
	return nil
}

// pidfd returns a close-on-exec descriptor for pid; it reads as ready when the
// process has ended. The caller closes it.
func pidfd(pid int) (int, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, fmt.Errorf("cannot watch process %d: %w", pid, err)
	}
	return fd, nil
}

// errLate is what waiting beyond a deadline gives.
var errLate = errors.New("nothing happened in time")

// await blocks until one of fds is ready and returns its index, or errLate
// after limit. Negative descriptors are passed over.
func await(limit time.Duration, fds ...int) (int, error) {
	set := make([]unix.PollFd, len(fds))
	for i, fd := range fds {
		set[i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	}
	end := stage.Now() + int64(limit)
	for {
		ts := unix.NsecToTimespec(max(end-stage.Now(), 0))
		n, err := unix.Ppoll(set, &ts, nil)
		switch {
		case errors.Is(err, unix.EINTR): // the runtime interrupts its own threads to preempt them
			continue
		case err != nil:
			return -1, fmt.Errorf("cannot poll: %w", err)
		case n == 0:
			return -1, errLate
		}
		for i := range set {
			if set[i].Revents != 0 {
				return i, nil
			}
		}
	}
}

// awaitEnd blocks until every one of fds, which are pidfds, is ready, and
// returns the time of the last.
func awaitEnd(limit time.Duration, fds ...int) (int64, error) {
	left := append([]int(nil), fds...)
	end := stage.Now() + int64(limit)
	for len(left) > 0 {
		i, err := await(time.Duration(max(end-stage.Now(), 0)), left...)
		if err != nil {
			return 0, err
		}
		left = append(left[:i], left[i+1:]...)
	}
	return stage.Now(), nil
}

// growPipe asks for a pipe of 1 MiB behind fd; less is no failure.
func growPipe(fd int) { _, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, 1<<20) }
