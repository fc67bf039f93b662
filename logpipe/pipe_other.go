//go:build unix && !linux

package logpipe

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// atomicWrite is PIPE_BUF as POSIX guarantees it.
const atomicWrite = 512

// pipeCloexec keeps forks out while the descriptors do not have their flag
// yet: not every system can make them with it.
func pipeCloexec() (fds [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err = unix.Pipe(fds[:]); err != nil {
		return fds, err
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	return fds, nil
}

// leftovers are the flags that a program may leave on its end of a pipe, to the
// harm of the next.
const leftovers = unix.O_NONBLOCK | unix.O_ASYNC

// Enlarge does nothing: pipes grow by themselves here, or not at all.
func Enlarge(fd int) int { return 0 }

func resize(fd, size int) {}

func reopenNonblocking(fd int) (int, error) {
	return -1, errors.New("this system cannot open a pipe a second time")
}
