package control

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"unsafe"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// backlog is how many clients may wait to be accepted: who comes when it is full is
// refused where he does not want to wait.
const backlog = 1024

// listen makes the socket name in dir. It gets its name when it listens, so that
// whoever finds it is answered; what was at the name is gone then.
func listen(dir *place.Dir, name string) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	next := name + ".new"
	_ = dir.Unlink(next)
	// By way of the descriptor: an address has room for 107 bytes, a path may be longer.
	err = unix.Bind(fd, &unix.SockaddrUnix{Name: "/proc/self/fd/" + strconv.Itoa(dir.FD()) + "/" + next})
	if errors.Is(err, unix.ENOENT) { // no /proc
		err = unix.Bind(fd, &unix.SockaddrUnix{Name: dir.Path(next)})
	}
	if err == nil {
		err = unix.Fchmodat(dir.FD(), next, 0o600, 0)
	}
	if err == nil {
		err = unix.Listen(fd, backlog)
	}
	if err == nil {
		err = dir.Rename(next, name)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot listen at %s: %w", dir.Path(name), err)
	}
	return os.NewFile(uintptr(fd), "control"), nil
}

// allowed reports whether the process at the other end is root's or ours.
func allowed(fd int) bool {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && (cred.Uid == 0 || int(cred.Uid) == os.Geteuid())
}

// accept takes one connection; -1 where none waits.
func accept(fd int) int {
	// accept4(2) by itself, because unix.Accept4 allocates an address each time.
	n, _, errno := unix.Syscall6(unix.SYS_ACCEPT4, uintptr(fd), 0, 0, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0, 0)
	if errno != 0 {
		return -1
	}
	return int(n)
}

// peek reads without taking. It and send are bare calls, because those of x/sys
// allocate an address for each.
func peek(fd int, b []byte) (int, error) {
	return call(unix.SYS_RECVFROM, fd, b, unix.MSG_PEEK|unix.MSG_DONTWAIT)
}

// send writes what the socket has room for.
func send(fd int, b []byte) (int, error) {
	return call(unix.SYS_SENDTO, fd, b, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
}

func call(nr uintptr, fd int, b []byte, flags uintptr) (int, error) {
	for {
		n, _, errno := unix.Syscall6(nr, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), flags, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		case unix.EAGAIN: // boxed once, not for each call
			return 0, errAgain
		default:
			return 0, errno
		}
	}
}

var errAgain error = unix.EAGAIN

// moment is how long poll waits: nobody else in this process does anything
// meanwhile.
var moment = unix.Timespec{Nsec: 2e6}

// poll waits for one of set for a moment; it returns how many there are.
func poll(set []unix.PollFd) int {
	t := moment
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&set[0])), uintptr(len(set)), uintptr(unsafe.Pointer(&t)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}
