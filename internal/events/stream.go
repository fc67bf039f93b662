// Package events writes the event stream of --write-info: a line for each
// change, for whoever cares to read. It never blocks: what a reader does not
// take is dropped and counted, and the count is told when it reads again. A
// line that he gets is whole, whoever else writes to the same file or FIFO. A file
// may be rotated, by us or by others.
package events

import (
	"errors"
	"syscall"
	"time"

	"dmon/internal/logfile"
	"dmon/internal/place"
	"dmon/supervise"
)

// Options say what a Stream does.
type Options struct {
	JSON bool // the format, else that of the C original
	// MaxSize is how large a file may grow, in bytes, before it gets a name with the
	// time and a new one is begun; 0: as it likes. Only a regular file can be rotated.
	MaxSize int64
	Files   int // old files that stay, 0 for all
	// Trouble hears, once for as long as it lasts, what is wrong with a file; nil:
	// nobody does.
	Trouble func(error)
}

// Stream is an event stream. It is used from one goroutine.
type Stream struct {
	path    string
	o       Options
	lines   Lines
	kind    uint32        // as in place.Info.Mode: it stays of this kind
	file    *logfile.File // a regular file; nil for all else, and before it is there
	ill     map[string]bool
	fd      int        // of what is no regular file; -1 while nobody reads
	info    place.Info // of what fd is
	rest    []byte     // of a line that was written in part
	stands  uint64     // how many events that line is about
	dropped uint64
	seq     uint64
}

// Call has events say from now on what dmon is called.
func (s *Stream) Call(name string) { s.lines.Name = name }

// Write tells e, as far as the format has a line for it.
func (s *Stream) Write(e supervise.Event) {
	line := s.format(e)
	if line == nil {
		return
	}
	if !s.ready() || !s.tell(e.Time, s.seq-1) || !s.put(line, 1) {
		s.dropped++
	}
}

// ready reports whether a line can be begun.
func (s *Stream) ready() bool {
	if s.file == nil && s.fd < 0 && s.connect() != nil {
		return false
	}
	return s.file != nil || s.flush()
}

// tell writes how many were dropped, if any were, the last of them numbered seq;
// false where that did not get through, and nothing else may follow.
func (s *Stream) tell(now time.Time, seq uint64) bool {
	if s.dropped == 0 {
		return true
	}
	if !s.put(s.lost(now, seq), s.dropped) {
		return false
	}
	s.dropped = 0
	return len(s.rest) == 0
}

// flush writes what is left of a line that was begun, so that no reader finds
// half of one glued to the next; false where not all of it could be.
func (s *Stream) flush() bool {
	if len(s.rest) == 0 {
		return s.fd >= 0
	}
	n, err := s.write(s.rest)
	if s.rest = s.rest[n:]; len(s.rest) == 0 {
		s.rest = nil
		return true
	}
	s.failed(err)
	return false
}

// put writes a line that is about so many events; false means that nothing of it
// was taken. What was not taken of one that was begun is kept for flush.
func (s *Stream) put(line []byte, stands uint64) bool {
	if s.file != nil {
		return s.add(line)
	}
	n, err := s.write(line)
	if n == 0 {
		s.failed(err)
		return false
	}
	if n < len(line) {
		s.rest, s.stands = append([]byte(nil), line[n:]...), stands
	}
	return true
}

// write writes what the reader takes of line at once.
func (s *Stream) write(line []byte) (int, error) {
	for {
		n, err := syscall.Write(s.fd, line)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		return max(n, 0), err
	}
}

// failed closes what err says to be of no use any more; the next event looks for
// a new reader. One who is slow may be waited for, and so may a full disk.
func (s *Stream) failed(err error) {
	switch {
	case err == nil, errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.ENOBUFS):
	default:
		s.dropped += s.unread()
		s.shut()
	}
}

// forget gives up a line that was begun, and counts it.
func (s *Stream) forget() {
	if len(s.rest) > 0 {
		s.dropped += s.stands
		s.rest = nil
	}
}

func (s *Stream) shut() {
	s.forget()
	if s.fd >= 0 {
		syscall.Close(s.fd)
		s.fd = -1
	}
}

// Close ends a line that was begun, tells what was dropped, where that is possible
// at once, and closes the stream. What follows would open it again.
func (s *Stream) Close() {
	if s.file != nil || s.fd >= 0 && s.flush() {
		s.tell(time.Now(), s.seq)
	}
	if s.file != nil {
		s.file.Close(nil)
		s.file = nil
	}
	s.shut()
}
