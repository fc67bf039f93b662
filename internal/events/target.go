package events

import (
	"bytes"
	"errors"
	"fmt"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

const (
	kindFIFO   = unix.S_IFIFO
	kindSocket = unix.S_IFSOCK
	kindFile   = unix.S_IFREG
)

func (s *Stream) is(kind uint32) bool { return s.kind&unix.S_IFMT == kind }

// Open returns the stream to path: a FIFO or a Unix socket that is there, or
// else a file, which is created and appended to. That nobody reads a FIFO or a
// socket is no error. No link is followed that
// somebody else may have put there, no file of several names written to in a directory
// that others may write to, nor a device.
func Open(path string, o Options) (*Stream, error) {
	s := &Stream{path: path, o: o, fd: -1}
	err := s.connect()
	if err != nil && !nobodyReads(err) {
		return nil, err
	}
	if err := s.refuseRotation(); err != nil {
		s.shut()
		return nil, err
	}
	return s, nil
}

// nobodyReads reports whether err is what opening a FIFO, or connecting to a
// socket, fails with as long as nobody reads there.
func nobodyReads(err error) bool {
	return errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.EAGAIN)
}

// connect opens what is at the path, as far as it is what it was.
func (s *Stream) connect() error {
	d, name, err := place.Follow(s.path)
	if err != nil {
		return s.cannot(err)
	}
	defer d.Close()
	info, err := d.Look(name)
	switch {
	case s.missing(err):
		return s.openFile() // which says itself what it cannot
	case err != nil:
		return s.cannot(err)
	case s.kind != 0 && !info.Is(s.kind&unix.S_IFMT):
		return fmt.Errorf("%s is %s now", s.path, info.Kind())
	}
	if err := judge(d, s.path, info); err != nil {
		return s.cannot(err)
	}
	if info.Regular() && !d.Kernel(name) {
		return s.openFile()
	}
	s.kind = info.Mode
	if info.Is(kindSocket) {
		return s.cannot(s.dial(d, name))
	}
	fd, opened, err := d.OpenFD(name, unix.O_WRONLY|unix.O_APPEND, 0)
	if err == nil && !opened.Same(info) {
		unix.Close(fd)
		err = unix.EAGAIN // it was replaced between two calls
	}
	if err == nil {
		s.fd, s.info, s.kind = fd, opened, opened.Mode
	}
	return s.cannot(err)
}

func (s *Stream) cannot(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot open %s: %w", s.path, err)
}

// judge refuses what somebody may have put in place of a file of events.
func judge(d *place.Dir, path string, info place.Info) error {
	switch {
	case d.Ours(), info.Is(kindFIFO), info.Is(kindSocket), info.Is(unix.S_IFDIR), d.Trusts(info.Uid) && info.Is(unix.S_IFCHR):
	case !info.Regular():
		return fmt.Errorf("%s is %s, in a directory that others may write to", path, info.Kind())
	case info.Links > 1:
		return fmt.Errorf("%s is a file that has other names too (hard links), in a directory that others may write to", path)
	}
	return nil
}

// dial connects to a socket of either type.
func (s *Stream) dial(d *place.Dir, name string) error {
	to, done, err := socketAt(d, name)
	if err != nil {
		return err
	}
	defer done()
	for _, typ := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM} {
		var fd int
		if fd, err = unix.Socket(unix.AF_UNIX, typ, 0); err != nil {
			return err
		}
		unix.CloseOnExec(fd)
		if err = unix.SetNonblock(fd, true); err == nil {
			err = unix.Connect(fd, &unix.SockaddrUnix{Name: to})
		}
		if err == nil {
			s.fd, s.info = fd, place.Info{}
			return nil
		}
		unix.Close(fd)
		if !errors.Is(err, unix.EPROTOTYPE) {
			return err
		}
	}
	return err
}

// unread takes what the reader of a FIFO has left in it when he went, so that
// the next one does not begin in the middle of a line, and counts the lines.
func (s *Stream) unread() (lines uint64) {
	if !s.is(kindFIFO) {
		return 0
	}
	fd, err := s.again(unix.O_RDONLY)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	var b [4096]byte
	for {
		n, err := unix.Read(fd, b[:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n <= 0 {
			return lines
		}
		lines += uint64(bytes.Count(b[:n], []byte{'\n'}))
	}
}

// again opens what we write to once more, if it is there still.
func (s *Stream) again(how int) (int, error) {
	d, name, err := place.Follow(s.path)
	if err != nil {
		return -1, err
	}
	defer d.Close()
	fd, info, err := d.OpenFD(name, how, 0)
	if err == nil && !info.Same(s.info) {
		unix.Close(fd)
		err = unix.ESTALE
	}
	return fd, err
}
