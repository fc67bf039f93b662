package events

import (
	"bytes"
	"errors"
	"fmt"
	"os"

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
// socket is no error. asJSON chooses the format. No link is followed that
// somebody else may have put there, no file of several names written to in a directory
// that others may write to, nor a device.
func Open(path string, asJSON bool) (*Stream, error) {
	s := &Stream{path: path, json: asJSON, fd: -1}
	if err := s.connect(); err != nil && !nobodyReads(err) {
		return nil, fmt.Errorf("cannot open %s: %w", path, err)
	}
	return s, nil
}

// nobodyReads reports whether err is what opening a FIFO, or connecting to a
// socket, fails with as long as nobody reads there.
func nobodyReads(err error) bool {
	return errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.EAGAIN)
}

func (s *Stream) connect() error {
	d, name, err := place.Follow(s.path)
	if err != nil {
		return err
	}
	defer d.Close()
	info, err := d.Look(name)
	if errors.Is(err, os.ErrNotExist) && s.kind == 0 {
		return s.use(d.OpenFD(name, unix.O_WRONLY|unix.O_APPEND|unix.O_CREAT|unix.O_EXCL, 0o644))
	}
	if err != nil {
		return err
	}
	if s.kind != 0 && !info.Is(s.kind&unix.S_IFMT) {
		return fmt.Errorf("%s is %s now", s.path, info.Kind())
	}
	if err := judge(d, s.path, info); err != nil {
		return err
	}
	s.kind = info.Mode
	if info.Is(kindSocket) {
		return s.dial(d, name)
	}
	fd, opened, err := d.OpenFD(name, unix.O_WRONLY|unix.O_APPEND, 0)
	if err == nil && !opened.Same(info) {
		unix.Close(fd)
		return unix.EAGAIN // it was replaced between two calls
	}
	return s.use(fd, opened, err)
}

func (s *Stream) use(fd int, info place.Info, err error) error {
	if err == nil {
		s.fd, s.info, s.kind, s.end = fd, info, info.Mode, 0
	}
	return err
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

// note remembers where a file ends after what we have written.
func (s *Stream) note() {
	if s.is(kindFile) {
		s.end, _ = unix.Seek(s.fd, 0, 1)
	}
}

// overtaken reports whether somebody has appended to the file since we wrote.
func (s *Stream) overtaken() bool {
	var st unix.Stat_t
	return s.is(kindFile) && unix.Fstat(s.fd, &st) == nil && st.Size != s.end
}

// retract takes a line that was begun out of a file again; false where it is in
// it still.
func (s *Stream) retract() bool {
	if s.fd < 0 || !s.is(kindFile) || s.overtaken() || unix.Ftruncate(s.fd, s.start) != nil {
		return false
	}
	s.forget()
	s.end = s.start
	return true
}

// torn reports whether the file ends with half a line that is not ours.
func (s *Stream) torn() bool {
	var st unix.Stat_t
	if !s.is(kindFile) || unix.Fstat(s.fd, &st) != nil || st.Size == 0 || st.Size == s.end {
		return false
	}
	fd, err := s.again(unix.O_RDONLY)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var last [1]byte
	n, err := unix.Pread(fd, last[:], st.Size-1)
	return err == nil && n == 1 && last[0] != '\n'
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
