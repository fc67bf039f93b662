package logpipe

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"
)

// atomicWrite is PIPE_BUF: what the kernel never mixes with another write, and
// never takes in part when it must not wait.
const atomicWrite = 4096

// pipeMax is where the system says how large a pipe may be made by everyone.
const pipeMax = "/proc/sys/fs/pipe-max-size"

// pipeMaxUsual is the kernel's own default, for a system without /proc.
const pipeMaxUsual = 1 << 20

func pipeCloexec() (fds [2]int, err error) {
	err = unix.Pipe2(fds[:], unix.O_CLOEXEC)
	return fds, err
}

// Enlarge makes the pipe behind fd as large as the system allows without
// asking for rights. It does nothing where fd is no pipe, and takes what it
// gets: past a limit of its own, a user's pipes cannot grow.
func Enlarge(fd int) {
	have, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return
	}
	for want := pipeMaxSize(); want > have; want /= 2 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, want); err == nil {
			return
		}
	}
}

func pipeMaxSize() int {
	fd, err := unix.Open(pipeMax, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return pipeMaxUsual
	}
	defer unix.Close(fd)
	var buf [32]byte
	n, _ := unix.Read(fd, buf[:])
	size, err := strconv.ParseInt(string(bytes.TrimSpace(buf[:max(n, 0)])), 10, 32)
	if err != nil {
		return pipeMaxUsual
	}
	return int(size)
}

// reopenNonblocking opens the pipe behind fd once more. The new description
// has flags of its own, so that O_NONBLOCK on it is nobody else's matter. The
// open itself does not wait either: fd's owner holds the read end.
func reopenNonblocking(fd int) (int, error) {
	path := "/proc/self/fd/" + strconv.Itoa(fd)
	again, err := unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return -1, err
	}
	return aboveStandard(again)
}
