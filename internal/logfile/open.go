package logfile

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/place"
)

// opened is a file that was opened by its name, and where that is.
type opened struct {
	fd    int
	info  place.Info
	dir   *place.Dir
	base  string
	named bool // a regular file with a name of its own
	fresh bool // it was made now
}

func (o *opened) close() {
	_ = unix.Close(o.fd)
	o.dir.Close()
}

// attempts bounds a race against somebody who makes and removes the file.
const attempts = 20

// open opens path for appending and makes it if it is not there, with the
// rights of the file before if there is one; before may be nil. It
// waits for nothing: a FIFO needs a reader.
func (f *File) open(before *rights) (*opened, error) {
	d, base, err := f.way()
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", f.path, bare(err))
	}
	o, err := f.openOrMake(d, base, before)
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot open %s: %w", f.path, bare(err))
	}
	return o, nil
}

// openOrMake is open in that directory, whoever makes or takes away the file
// meanwhile: others of us who rotate it, for instance.
func (f *File) openOrMake(d *place.Dir, base string, before *rights) (o *opened, err error) {
	for range attempts {
		if o, err = f.openHere(d, base); errors.Is(err, os.ErrNotExist) {
			o, err = f.create(d, base, before)
		}
		if err == nil || !exists(err) && !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	return o, err
}

// way is the directory of the file and its name there.
func (f *File) way() (*place.Dir, string, error) {
	if f.o.Mkdir {
		return place.FollowMaking(f.path, 0o777)
	}
	return place.Follow(f.path)
}

// openHere opens what is at base.
func (f *File) openHere(d *place.Dir, base string) (*opened, error) {
	const flags = unix.O_APPEND
	o := &opened{dir: d, base: base, named: !d.Kernel(base)}
	if o.named {
		// What others put there is not even opened.
		info, err := d.Stat(base)
		if err != nil {
			return nil, err
		}
		if err := f.judge(d, info); err != nil {
			return nil, err
		}
		if info.Regular() {
			// To be read as well, for how it ends.
			o.fd, o.info, err = f.call.Open(d, base, unix.O_RDWR|flags, 0)
			if errors.Is(err, os.ErrPermission) {
				o.fd, o.info, err = f.call.Open(d, base, unix.O_WRONLY|flags, 0)
			}
			return f.judged(o, err)
		}
	}
	var err error
	o.fd, o.info, err = f.call.Open(d, base, unix.O_WRONLY|flags, 0)
	if errors.Is(err, unix.ENXIO) && !o.named {
		o.fd, err = duplicate(base, err)
	}
	return f.judged(o, err)
}

// judged judges once more, what was opened and not what was at the name.
func (f *File) judged(o *opened, err error) (*opened, error) {
	if err == nil && o.named {
		if err = f.judge(o.dir, o.info); err != nil {
			_ = unix.Close(o.fd)
		}
	}
	if err != nil {
		return nil, err
	}
	o.named = o.named && o.info.Regular()
	return o, nil
}

func (f *File) judge(d *place.Dir, info place.Info) error {
	if f.o.Regular && !info.Regular() && !info.Is(unix.S_IFDIR) {
		return fmt.Errorf("it is %s", info.Kind())
	}
	return judge(d, info)
}

// judge refuses what others may have put into a directory that is theirs: a
// file that has another name elsewhere, and what is no file and not ours.
func judge(d *place.Dir, info place.Info) error {
	switch {
	case info.Is(unix.S_IFDIR):
		return unix.EISDIR
	case info.Is(unix.S_IFLNK):
		return unix.ELOOP // it was followed already, or has come since
	case d.Ours():
	case info.Regular() && info.Links > 1:
		return fmt.Errorf("it has %d names, in a directory where others make names", info.Links)
	case !info.Regular() && !d.Trusts(info.Uid):
		return fmt.Errorf("it is %s of user %d, in a directory where others make names", info.Kind(), info.Uid)
	}
	return nil
}

// duplicate is for what is open here as descriptor name and cannot be opened
// again, a socket.
func duplicate(name string, err error) (int, error) {
	var n int
	if _, serr := fmt.Sscanf(name, "%d", &n); serr != nil {
		return -1, err
	}
	fd, derr := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 3)
	if derr != nil {
		return -1, err
	}
	return fd, nil
}

// create makes the file, which must not be there. It has the rights of the one
// before when it gets its name, where the file system can do that, and fewer
// until it gets them where it cannot.
func (f *File) create(d *place.Dir, base string, before *rights) (*opened, error) {
	const flags = unix.O_RDWR | unix.O_APPEND
	if before == nil && f.o.Tidy {
		before = lastRights(d, base)
	}
	o := &opened{dir: d, base: base, named: true, fresh: true}
	var err error
	if before == nil {
		if o.fd, o.info, err = f.call.Open(d, base, flags|unix.O_CREAT|unix.O_EXCL, f.o.Mode); err != nil {
			return nil, err
		}
		return o, nil
	}
	if o.fd, o.info, err = f.makeNameless(d, flags); err == nil {
		before.give(o.fd)
		err = f.call.Link(o.fd, d, base)
		_ = unix.Close(o.fd)
		if err == nil {
			// Opened by its name, it is shown by that in lists of open files.
			return f.openHere(d, base)
		}
		if exists(err) {
			return nil, err
		}
	}
	if o.fd, o.info, err = f.call.Open(d, base, flags|unix.O_CREAT|unix.O_EXCL, before.mode&0o600); err != nil {
		return nil, err
	}
	before.give(o.fd)
	return o, nil
}

func (f *File) makeNameless(d *place.Dir, flags int) (int, place.Info, error) {
	if nameless == 0 {
		return -1, place.Info{}, errors.ErrUnsupported
	}
	return f.call.Open(d, ".", flags|nameless, 0o600)
}

// lastRights are those of the newest rotated file: the process that rotated it
// was killed before there was a new one. nil if there is none.
func lastRights(d *place.Dir, base string) *rights {
	_, name := newest(d, base, time.Now())
	if name == "" {
		return nil
	}
	info, err := d.Stat(name)
	if err != nil || !info.Regular() || judge(d, info) != nil {
		return nil
	}
	fd, info, err := d.OpenFD(name, unix.O_RDONLY, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	if !info.Regular() || judge(d, info) != nil {
		return nil
	}
	r, err := rightsOf(fd)
	if err != nil {
		return nil
	}
	return r
}
