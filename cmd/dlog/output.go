package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"dmon/logpipe"
)

// output is an open file, or standard output.
type output struct {
	path string // empty for standard output
	fd   int
	// For a regular file that was opened by its name:
	regular  bool
	dev, ino uint64
	size     int64
	since    time.Time // when its first line came
	noSync   bool      // this kind of file cannot be synced
	gone     error     // the file was removed, and this prevents a new one
}

func standardOutput() *output { return &output{fd: 1} }

func (o *output) name() string {
	if o.path == "" {
		return "standard output"
	}
	return o.path
}

// openOutput opens path for appending and makes it if it is not there. It
// waits for nothing: a FIFO needs a reader.
func openOutput(path string) (*output, error) {
	const flags = unix.O_WRONLY | unix.O_APPEND | unix.O_CREAT | unix.O_CLOEXEC | unix.O_NOCTTY | unix.O_NONBLOCK
	for {
		fd, err := unix.Open(path, flags, 0o666)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot open %s: %w", path, err)
		}
		o := &output{path: path, fd: fd, since: time.Now()}
		if err := o.identify(); err != nil {
			_ = unix.Close(fd)
			return nil, err
		}
		if o.size > 0 {
			o.since = o.since.Add(-age(fd, o.since))
		}
		return o, nil
	}
}

func (o *output) identify() error {
	var st unix.Stat_t
	if err := unix.Fstat(o.fd, &st); err != nil {
		return fmt.Errorf("cannot look at %s: %w", o.path, err)
	}
	o.regular = st.Mode&unix.S_IFMT == unix.S_IFREG
	o.dev, o.ino, o.size = uint64(st.Dev), st.Ino, st.Size
	return nil
}

// write is write(2); with an error, n bytes were written nevertheless.
func (o *output) write(p []byte) (n int, err error) {
	if o.gone != nil {
		return 0, o.gone
	}
	for n < len(p) {
		m, err := unix.Write(o.fd, p[n:])
		if err == unix.EINTR {
			continue
		}
		if err == nil && m == 0 {
			// Nothing defines this; call it full rather than trying for ever.
			err = unix.ENOSPC
		}
		if err != nil {
			return n, err
		}
		n += m
		o.size += int64(m)
	}
	return n, nil
}

// hopeless says that no later write can succeed: the reader of standard output
// is gone, or the descriptor is none.
func (o *output) hopeless(err error) bool {
	return errors.Is(err, unix.EBADF) || o.path == "" && errors.Is(err, unix.EPIPE)
}

// retract takes the last n bytes off the file. It refuses where they are not
// the last, or not ours to take.
func (o *output) retract(n int) bool {
	var st unix.Stat_t
	if !o.regular || unix.Fstat(o.fd, &st) != nil || st.Size != o.size {
		return false
	}
	if unix.Ftruncate(o.fd, o.size-int64(n)) != nil {
		return false
	}
	o.size -= int64(n)
	return true
}

// sync brings the file to the disk. What cannot be synced, a terminal for
// instance, needs none.
func (o *output) sync() error {
	if o.noSync {
		return nil
	}
	for {
		switch err := unix.Fsync(o.fd); err {
		case unix.EINTR:
		case unix.EINVAL, unix.ENOTSUP, unix.ENOSYS:
			o.noSync = true
			return nil
		default:
			return err
		}
	}
}

// inPlace compares the file with what its name stands for now.
func (o *output) inPlace() (same, removed bool) {
	var byName, open unix.Stat_t
	if unix.Fstat(o.fd, &open) != nil {
		return false, true
	}
	if unix.Stat(o.path, &byName) == nil && byName.Dev == open.Dev && byName.Ino == open.Ino {
		// Somebody may have truncated it.
		o.size = open.Size
		return true, false
	}
	return false, open.Nlink == 0
}

func (o *output) close() { _ = unix.Close(o.fd) }

// tail returns what is unfinished at the end of the file.
func (o *output) tail() *logpipe.Tail {
	if !o.regular || o.size == 0 {
		return nil
	}
	fd, err := unix.Open(o.path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || uint64(st.Dev) != o.dev || st.Ino != o.ino {
		return nil
	}
	return logpipe.ReadTail(preader(fd), o.size, modified(&st))
}

// preader is a descriptor that is read without the runtime's poller.
type preader int

// ReadAt implements io.ReaderAt.
func (fd preader) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		m, err := unix.Pread(int(fd), p[n:], at+int64(n))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return n, err
		}
		if m <= 0 {
			return n, io.EOF
		}
		n += m
	}
	return n, nil
}
