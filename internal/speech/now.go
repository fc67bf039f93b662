package speech

import "golang.org/x/sys/unix"

// writeNow writes as much of p to fd as can be written without waiting, and
// returns how much that is.
func writeNow(fd int, p []byte) int {
	if !takes(fd) {
		return 0
	}
	n, err := writeNoWait(fd, p)
	for err == unix.EINTR {
		n, err = writeNoWait(fd, p)
	}
	return max(n, 0)
}

// takes reports whether fd says that something can be written without waiting.
func takes(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, 0)
	for err == unix.EINTR {
		n, err = unix.Poll(fds, 0)
	}
	return err != nil || n > 0
}
