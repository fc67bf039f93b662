package place

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Info says what a file is: which, of what kind, whose, and by how many names.
type Info struct {
	Dev, Ino uint64
	Mode     uint32 // kind and rights as stat(2) has them
	Links    uint64
	Uid, Gid uint32
	Size     int64 // bytes
	Written  int64 // when the contents changed last, in nanoseconds
}

// Regular reports whether it is a file of bytes, and no directory, link, FIFO,
// socket or device.
func (i Info) Regular() bool { return i.Mode&unix.S_IFMT == unix.S_IFREG }

// Is reports whether its kind is one of stat(2)'s, unix.S_IFIFO for instance.
func (i Info) Is(kind uint32) bool { return i.Mode&unix.S_IFMT == kind }

// Same reports whether both are the one file. The zero Info is no file.
func (i Info) Same(o Info) bool { return i.Dev == o.Dev && i.Ino == o.Ino && i.Ino != 0 }

// Kind names the kind of file in a word or two, as in "is a FIFO".
func (i Info) Kind() string {
	switch i.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "a regular file"
	case unix.S_IFDIR:
		return "a directory"
	case unix.S_IFLNK:
		return "a symbolic link"
	case unix.S_IFIFO:
		return "a FIFO"
	case unix.S_IFSOCK:
		return "a socket"
	default:
		return "a device"
	}
}

// InfoOf is what a stat(2) of one's own has told.
func InfoOf(st *unix.Stat_t) Info {
	return Info{
		Dev: uint64(st.Dev), Ino: uint64(st.Ino), Mode: uint32(st.Mode), Links: uint64(st.Nlink), //nolint:unconvert // other types elsewhere
		Uid: st.Uid, Gid: st.Gid, Size: st.Size, Written: st.Mtim.Nano(),
	}
}

// InfoFD says what is open at a descriptor.
func InfoFD(fd int) (Info, error) { return infoOf(fd) }

func infoOf(fd int) (Info, error) {
	var st unix.Stat_t
	_, err := again(func() (int, error) { return 0, unix.Fstat(fd, &st) })
	return InfoOf(&st), err
}

func infoAt(at int, name string, flags int) (Info, error) {
	var st unix.Stat_t
	_, err := again(func() (int, error) { return 0, unix.Fstatat(at, name, &st, flags) })
	return InfoOf(&st), err
}

// again makes a call until no signal interrupts it.
func again(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
