package logfile

import (
	"golang.org/x/sys/unix"

	"dmon/internal/place"
)

// Calls are the calls of the system that can fail, or be the last ones of a
// process, in a way that matters here. A test puts others in their place.
type Calls struct {
	Open     func(d *place.Dir, name string, flags int, mode uint32) (int, place.Info, error)
	Write    func(fd int, p []byte) (int, error)
	Truncate func(fd int, size int64) error
	Sync     func(fd int) error
	Rename   func(d *place.Dir, from, to string) error // never replaces a file
	Link     func(fd int, d *place.Dir, name string) error
	Unlink   func(d *place.Dir, name string) error
}

// System are the calls of the system itself.
func System() *Calls {
	return &Calls{
		Open:     (*place.Dir).OpenFD,
		Write:    unix.Write,
		Truncate: unix.Ftruncate,
		Sync:     unix.Fsync,
		Rename:   renameNew,
		Link:     linkNameless,
		Unlink:   (*place.Dir).Unlink,
	}
}

// renameByLink is for file systems that cannot refuse to replace a file: link
// always does. Where there are no links either, looking first must do.
func renameByLink(d *place.Dir, from, to string) error {
	err := d.Link(from, to)
	if err == nil {
		return d.Unlink(from)
	}
	if exists(err) {
		return err
	}
	if _, err := d.Stat(to); err == nil {
		return unix.EEXIST
	}
	return d.Rename(from, to)
}
