//go:build unix

package logpipe

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// streamRoom is how much waits for a stream before it counts as full.
const streamRoom = 64 << 10

// putStream is put for a stream, where a message is a line, as logger(1) has it
// and every daemon that listens so takes it. NUL, which would end a line for
// some, is a blank.
func (s *Syslog) putStream(m []message) (done int, err error) {
	for done < len(m) {
		if len(s.out) >= streamRoom {
			if err := s.flush(); err != nil {
				return done, err
			}
			if len(s.out) >= streamRoom {
				return done, unix.EAGAIN
			}
		}
		s.out = append(s.out, m[done].head...)
		s.out = append(s.out, bytes.ReplaceAll(m[done].text, []byte{0}, []byte{' '})...)
		s.out = append(s.out, '\n')
		done++
	}
	return done, s.flush()
}

// flush writes what waits for the stream, as much as finds room.
func (s *Syslog) flush() error {
	for len(s.out) > 0 {
		n, err := unix.Write(s.fd, s.out)
		switch err {
		case nil:
			s.out = append(s.out[:0], s.out[n:]...)
		case unix.EINTR:
		case unix.EAGAIN:
			return nil
		default:
			return err
		}
	}
	return nil
}

// confirmStream is Confirm for a stream.
func (s *Syslog) confirmStream() (read bool, err error) {
	if err := s.flush(); err != nil {
		return false, s.away(err)
	}
	waiting, err := unread(s.fd)
	if err != nil {
		return false, s.away(err)
	}
	if waiting > 0 || len(s.out) > 0 {
		return false, nil
	}
	// A daemon that dies with something unread leaves an error, and does so before
	// that is gone.
	if errno, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil {
		return false, s.away(err)
	} else if errno != 0 {
		return false, s.away(unix.Errno(errno))
	}
	return true, nil
}
