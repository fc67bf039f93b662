// Package journal keeps a file of a program's own messages that never grows beyond
// a bound: what a daemon without a syslogd has.
package journal

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

const (
	maxSize = 1_000_000 // bytes of each file: PATH, PATH.1 and PATH.2, the oldest
	maxLine = 8192      // bytes of a message; the rest of it is left out
)

// File is such a file. Between two messages there is no descriptor: that it was
// renamed, removed, replaced or is there again is no case of its own, and nobody
// needs to be told of it. Several processes may share one. A File belongs to one
// goroutine, which waits for nothing but the file system.
type File struct {
	path string
	head string // of each line, behind the time
	now  func() time.Time
	torn bool // the last line has no end
}

// Open returns the File at path, which it makes if need be: nobody is to find out
// late that it cannot be. No link is followed that somebody else may have put there,
// no directory is made, and what is no regular file is refused. head stands between
// the time and each message.
func Open(path, head string) (*File, error) {
	f := &File{path: path, head: head, now: time.Now}
	d, fd, _, err := f.open(0)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s for messages: %w", path, err)
	}
	unix.Close(fd)
	d.Close()
	return f, nil
}

// Say appends a line, or leaves nothing of it.
func (f *File) Say(text string) error {
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine], "") + "..."
	}
	line := f.now().Format("2006-01-02 15:04:05.000000 -0700 ") + f.head + text + "\n"
	if f.torn {
		line = "\n" + line
	}
	d, fd, size, err := f.open(len(line))
	if err != nil {
		return err
	}
	defer d.Close()
	defer unix.Close(fd)
	n, err := unix.Write(fd, []byte(line))
	if err == nil && n < len(line) {
		err = unix.ENOSPC // what a disk says that has room for a part
	}
	if err == nil {
		f.torn = false
		return nil
	}
	f.retract(fd, size, max(n, 0))
	return &os.PathError{Op: "write", Path: f.path, Err: err}
}

// retract takes back a part of a line, unless somebody has written behind it.
func (f *File) retract(fd int, size int64, n int) {
	if n == 0 {
		return
	}
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil && st.Size == size+int64(n) && unix.Ftruncate(fd, size) == nil {
		return
	}
	f.torn = true
}

// open opens the file that has the name now, with room for n bytes more.
func (f *File) open(n int) (d *place.Dir, fd int, size int64, err error) {
	d, name, err := place.Follow(f.path)
	if err != nil {
		return nil, -1, 0, err
	}
	fd, size, err = f.openIn(d, name, n)
	if err != nil {
		d.Close()
		return nil, -1, 0, err
	}
	return d, fd, size, nil
}

// tries is how often somebody else may be quicker.
const tries = 5

var errMoved = errors.New("it was replaced between two calls, time and again")

func (f *File) openIn(d *place.Dir, name string, n int) (fd int, size int64, err error) {
	for range tries {
		if fd, size, err = f.attempt(d, name, n); !errors.Is(err, errMoved) {
			break
		}
	}
	return fd, size, err
}

// attempt fails with errMoved where the name has come to stand for something else.
func (f *File) attempt(d *place.Dir, name string, n int) (fd int, size int64, err error) {
	info, err := d.Look(name)
	if errors.Is(err, os.ErrNotExist) {
		fd, _, err = d.OpenFD(name, unix.O_WRONLY|unix.O_APPEND|unix.O_CREAT|unix.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			err = errMoved
		}
		return fd, 0, err
	}
	if err == nil {
		err = judge(d, f.path, info)
	}
	if err != nil {
		return -1, 0, err
	}
	if info.Size > 0 && info.Size+int64(n) > maxSize {
		if err := turn(d, name); err != nil {
			return -1, 0, err
		}
		return -1, 0, errMoved // by ourselves
	}
	fd, opened, err := d.OpenFD(name, unix.O_WRONLY|unix.O_APPEND, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return -1, 0, errMoved
	case err != nil:
		return -1, 0, err
	case !opened.Same(info):
		unix.Close(fd)
		return -1, 0, errMoved
	}
	return fd, opened.Size, nil
}

// judge refuses what is no file of messages, or what somebody may have put in its
// place.
func judge(d *place.Dir, path string, info place.Info) error {
	switch {
	case !info.Regular():
		return fmt.Errorf("%s is %s", path, info.Kind())
	case d.Ours():
		return nil
	case !d.Trusts(info.Uid):
		return fmt.Errorf("%s is a file of somebody else's, in a directory that others may write to", path)
	case info.Links > 1:
		return fmt.Errorf("%s is a file that has other names too (hard links), in a directory that others may write to", path)
	}
	return nil
}

// turn makes the file the first of the old ones. Of two processes that do so at the
// same moment one has the other's nearly empty file turned as well: an old file goes
// early, and no file is too large.
func turn(d *place.Dir, name string) error {
	names := [...]string{name, name + ".1", name + ".2"}
	for i := len(names) - 1; i > 0; i-- {
		if err := d.Rename(names[i-1], names[i]); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("cannot rotate: %w", err)
		}
	}
	return nil
}
