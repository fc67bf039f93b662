package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setFiles opens here what is opened by name: a FIFO that nobody reads, or a
// dead network file system, then holds up the child and not dmon. It returns
// those, a bit each, that have to wait until the child has COMMAND's rights.
//
//go:norace
//go:nosplit
func setFiles(p *plan) (later int) {
	for i := 0; i < 3; i++ {
		from := uintptr(p.stdio[i])
		var errno syscall.Errno
		switch {
		case p.open[i] != nil:
			from, errno = openNamed(p, i)
		case p.stdio[i] == SameAsStdout && later&2 != 0:
			errno = wayLed
		case p.stdio[i] == SameAsStdout:
			from = 1
		}
		switch {
		case errno == 0:
			setFile(p, i, from)
		case errno != wayLed:
			fail(p, stageOpen, i, errno)
		case p.way.strict:
			fail(p, stageWay, i, unix.EPERM)
		default:
			later |= 1 << i
		}
	}
	return later
}

// setLater opens the rest, as COMMAND itself would. Its limits are in force
// already: a descriptor is free where the file belongs.
//
//go:norace
//go:nosplit
func setLater(p *plan, later int) {
	for i := 0; i < 3; i++ {
		if later&(1<<i) == 0 {
			continue
		}
		from := uintptr(1)
		if p.open[i] != nil {
			closeRaw(uintptr(i))
			var errno syscall.Errno
			from, _, errno = syscall.RawSyscall6(unix.SYS_OPENAT, cwd, uintptr(unsafe.Pointer(p.open[i])), p.mode[i]|unix.O_CLOEXEC, 0o666, 0, 0)
			if errno != 0 {
				fail(p, stageOpen, i, errno)
			}
		}
		setFile(p, i, from)
	}
}

// setBare has all descriptors but the three end with the execution, where the kernel
// knows how; what is ours does so anyway.
//
//go:norace
//go:nosplit
func setBare(p *plan) {
	if p.bare {
		syscall.RawSyscall(unix.SYS_CLOSE_RANGE, 3, 1<<31-1, unix.CLOSE_RANGE_CLOEXEC)
	}
}

// setFile makes from descriptor i, which the program gets.
//
//go:norace
//go:nosplit
func setFile(p *plan, i int, from uintptr) {
	var errno syscall.Errno
	if from == uintptr(i) {
		_, _, errno = syscall.RawSyscall(unix.SYS_FCNTL, from, unix.F_SETFD, 0)
		if errno == unix.EBADF {
			errno = 0 // it was closed when dmon was started, and stays so
		}
	} else {
		_, _, errno = syscall.RawSyscall(unix.SYS_DUP3, from, uintptr(i), 0)
	}
	if errno != 0 {
		fail(p, stageDup, i, errno)
	}
}

// openNamed opens a file of COMMAND's by its name; wayLed is for what somebody
// else could have put there.
//
//go:norace
//go:nosplit
func openNamed(p *plan, i int) (uintptr, syscall.Errno) {
	w := p.way
	what := w.walk(p.open[i])
	if what < wayHere { // wayLed, too
		return 0, what
	}
	fd, errno := w.openLast(p.mode[i], what)
	if errno == nextShared {
		fd, errno = w.openShared(p.mode[i])
	}
	closeRaw(w.at)
	return fd, errno
}

//go:norace
//go:nosplit
func (w *way) openLast(flags uintptr, what syscall.Errno) (uintptr, syscall.Errno) {
	name := w.char(w.side, w.pos)
	switch {
	case w.led && w.owner != w.by, !w.strict && !w.trust(w.owner):
		return 0, wayLed
	case what == wayLink:
		return w.openat(name, flags)
	case w.trust(w.owner) && w.mode&0o022 == 0:
		return w.openat(name, flags|unix.O_NOFOLLOW)
	case what == wayFile:
		return 0, nextShared // from openNamed: a call in a call would want too much stack
	case flags&unix.O_CREAT == 0:
		return 0, unix.ENOENT
	}
	fd, errno := w.openat(name, flags|unix.O_NOFOLLOW|unix.O_EXCL)
	if errno == unix.EEXIST {
		errno = wayLed // this very moment
	}
	return fd, errno
}

// openShared opens the file that w.st is about, in a directory where others may
// put files: it must be what it was. With rights that COMMAND does not have, only
// what is root's or dmon's own is opened, and nothing to be read that could have
// been moved there.
//
//go:norace
//go:nosplit
func (w *way) openShared(flags uintptr) (uintptr, syscall.Errno) {
	kind := w.st.Mode & unix.S_IFMT
	w.was.ino, w.was.major, w.was.minor = w.st.Ino, w.st.Dev_major, w.st.Dev_minor
	switch {
	case kind == unix.S_IFREG && w.st.Nlink > 1,
		(kind == unix.S_IFCHR || kind == unix.S_IFBLK) && !w.trust(w.owner),
		!w.strict && !w.trust(w.st.Uid),
		!w.strict && flags&unix.O_ACCMODE == unix.O_RDONLY && w.mode&unix.S_ISVTX == 0:
		return 0, wayLed
	}
	fd, errno := w.openat(w.char(w.side, w.pos), flags&^unix.O_CREAT|unix.O_NOFOLLOW)
	if errno == unix.ELOOP || errno == unix.ENOENT {
		return 0, wayLed
	}
	if errno == 0 {
		errno = w.stat(fd)
	}
	if errno == 0 && (w.st.Ino != w.was.ino || w.st.Dev_major != w.was.major || w.st.Dev_minor != w.was.minor || kind == unix.S_IFREG && w.st.Nlink > 1) {
		closeRaw(fd)
		errno = wayLed
	}
	return fd, errno
}
