package condition

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// notes are what the kernel says about files and directories, by inotify(7). They
// are used by one goroutine, but for the bell.
type notes struct {
	*bell
	readers map[int32]map[*file]interest
	buf     [16 << 10]byte
}

// interest is what somebody wants to hear of an entry that was added.
type interest struct {
	all   bool     // all that is said of it,
	names []string // or what has to do with these names in it, and with itself
}

// wants reports whether a note about name ("": about the thing itself) is of
// interest.
func (i interest) wants(name string) bool {
	if name == "" {
		return true
	}
	for _, n := range i.names {
		if n == name {
			return true
		}
	}
	return i.all && counts(name)
}

// What is asked for: of everything on the way whether another thing has taken its
// place, of a directory what becomes of its entries, and of contents whether
// somebody writes.
const (
	moved   = unix.IN_MOVE_SELF | unix.IN_DELETE_SELF
	links   = unix.IN_ATTRIB // how many names it has, too
	entries = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO
	writing = unix.IN_MODIFY | unix.IN_CLOSE_WRITE
)

func openNotes() (*notes, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, exhausted(err, "max_user_instances")
	}
	b, err := newBell(fd, "inotify")
	if err != nil {
		return nil, err
	}
	return &notes{bell: b, readers: map[int32]map[*file]interest{}}, nil
}

// exhausted says which limit err is about.
func exhausted(err error, setting string) error {
	if errors.Is(err, unix.EMFILE) {
		if fd, dup := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0); dup == nil {
			unix.Close(fd)
		} else if errors.Is(dup, unix.EMFILE) {
			return err // descriptors are what there are too few of
		}
	}
	if errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("%w (fs.inotify.%s is too small, or user.%s in a user namespace)", err, setting, strings.Replace(setting, "user", "inotify", 1))
	}
	return err
}

// add has f hear of what is at path, which is no link that is followed.
func (n *notes) add(f *file, path string, mask uint32, what interest) error {
	wd, err := unix.InotifyAddWatch(n.fd, path, mask|unix.IN_MASK_ADD|unix.IN_DONT_FOLLOW)
	if err != nil {
		if errors.Is(err, unix.ENOSPC) {
			return exhausted(err, "max_user_watches")
		}
		return err
	}
	id := int32(wd)
	if n.readers[id] == nil {
		n.readers[id] = map[*file]interest{}
	}
	have := n.readers[id][f]
	n.readers[id][f] = interest{all: have.all || what.all, names: append(have.names, what.names...)}
	f.watches[id] = true
	return nil
}

// forget gives up all watches of f.
func (n *notes) forget(f *file) {
	for id := range f.watches {
		delete(n.readers[id], f)
		if len(n.readers[id]) == 0 {
			delete(n.readers, id)
			_, _ = unix.InotifyRmWatch(n.fd, uint32(id)) // it may be gone by itself
		}
	}
	f.watches = map[int32]bool{}
}

// read takes in all that was said, and gives to each file what is of interest to it:
// whether something is in another place now, or was written to.
func (n *notes) read(tell func(f *file, elsewhere bool), lost func()) {
	for {
		got, err := unix.Read(n.fd, n.buf[:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || got <= 0 {
			return
		}
		for rest := n.buf[:got]; len(rest) >= unix.SizeofInotifyEvent; {
			id, mask := int32(binary.NativeEndian.Uint32(rest)), binary.NativeEndian.Uint32(rest[4:])
			size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(rest[12:]))
			name := strings.TrimRight(string(rest[unix.SizeofInotifyEvent:size]), "\x00")
			rest = rest[size:]
			if mask&unix.IN_Q_OVERFLOW != 0 {
				lost()
				continue
			}
			for f, what := range n.readers[id] {
				if what.wants(name) {
					tell(f, mask&writing == 0)
				}
			}
			if mask&unix.IN_IGNORED != 0 {
				delete(n.readers, id)
			}
		}
	}
}
