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

// leftovers are the flags that a program may leave on its end of a pipe, to the
// harm of the next.
const leftovers = unix.O_NONBLOCK | unix.O_DIRECT | unix.O_ASYNC

// Enlarge makes the pipe behind fd as large as the system allows without
// asking for rights, and returns how many bytes it holds then. It does nothing
// where fd is no pipe, and returns 0. Past a limit of its own, a user's pipes
// cannot grow.
func Enlarge(fd int) int {
	have := pipeSize(fd)
	for want := pipeMaxSize(); have > 0 && want > have; want /= 2 {
		if got, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, want); err == nil {
			return got
		}
	}
	return have
}

// pipeSize is how many bytes the pipe behind fd holds, 0 where it is none.
func pipeSize(fd int) int {
	size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return 0
	}
	return size
}

// resize gives a pipe the size it had, if it has another and that can be.
func resize(fd, size int) {
	if size > 0 && pipeSize(fd) != size {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, size)
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
