//go:build linux && (amd64 || arm64)

package main

import (
	"errors"
	"fmt"
	"syscall"
	"time"
	"unsafe"
)

// System calls that the standard library does not offer. They are made raw
// because third-party modules have owners in this repository, and the bench is
// not one of them. Numbers above 400 are the same on every architecture.
const (
	sysPidfdOpen   = 434
	prSetSubreaper = 36
	clockMonotonic = 1
	pollIn         = 1
	fSetPipeSize   = 1031
)

// now returns CLOCK_MONOTONIC in nanoseconds, the clock of the probe's stamps.
func now() int64 {
	var ts syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

// becomeSubreaper makes every orphan below this process its child, daemons
// included: that is what lets sweep find all that was ever started.
func becomeSubreaper() error {
	_, _, errno := syscall.Syscall(syscall.SYS_PRCTL, prSetSubreaper, 1, 0)
	if errno != 0 {
		return fmt.Errorf("cannot become a subreaper: %w", errno)
	}
	return nil
}

// pidfd returns a close-on-exec descriptor for pid; it reads as ready when the
// process has ended. The caller closes it.
func pidfd(pid int) (int, error) {
	fd, _, errno := syscall.Syscall(sysPidfdOpen, uintptr(pid), 0, 0)
	if errno != 0 {
		return -1, fmt.Errorf("cannot watch process %d: %w", pid, errno)
	}
	return int(fd), nil
}

type pollFd struct {
	fd      int32
	events  int16
	revents int16
}

// errLate is what waiting beyond a deadline gives.
var errLate = errors.New("nothing happened in time")

// await blocks until one of fds is ready and returns its index, or errLate
// after limit. Negative descriptors are passed over.
func await(limit time.Duration, fds ...int) (int, error) {
	set := make([]pollFd, len(fds))
	for i, fd := range fds {
		set[i] = pollFd{fd: int32(fd), events: pollIn}
	}
	end := now() + int64(limit)
	for {
		ts := syscall.NsecToTimespec(max(end-now(), 0))
		n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&set[0])),
			uintptr(len(set)), uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
		switch {
		case errno == syscall.EINTR: // the runtime interrupts its own threads to preempt them
			continue
		case errno != 0:
			return -1, fmt.Errorf("cannot poll: %w", errno)
		case n == 0:
			return -1, errLate
		}
		for i := range set {
			if set[i].revents != 0 {
				return i, nil
			}
		}
	}
}

// awaitEnd blocks until every one of fds, which are pidfds, is ready, and
// returns the time of the last.
func awaitEnd(limit time.Duration, fds ...int) (int64, error) {
	left := append([]int(nil), fds...)
	end := now() + int64(limit)
	for {
		i, err := await(time.Duration(max(end-now(), 0)), left...)
		if err != nil {
			return 0, err
		}
		left = append(left[:i], left[i+1:]...)
		if len(left) == 0 {
			return now(), nil
		}
	}
}

// growPipe asks for a pipe of 1 MiB behind fd; less is no failure.
func growPipe(fd int) {
	syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), fSetPipeSize, 1<<20)
}
