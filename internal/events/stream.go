// Package events writes the event stream of --write-info: a line for each
// change, for whoever cares to read. It never blocks: what a reader does not
// take is dropped and counted, and the count is told when it reads again. A
// line that he gets is whole, whoever else writes to the same file or FIFO.
package events

import (
	"errors"
	"syscall"
	"time"

	"dmon/internal/place"
	"dmon/supervise"
)

// Stream is an event stream. It is used from one goroutine.
type Stream struct {
	path    string
	json    bool
	lines   Lines
	kind    uint32     // of the file, as in place.Info.Mode: it stays of this kind
	fd      int        // -1 while nobody reads
	info    place.Info // of what fd is
	start   int64      // where our last line begins in a file
	end     int64      // where it ends, as far as it was written
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
	if s.fd < 0 && s.connect() != nil || !s.flush() || !s.tell(e.Time, s.seq-1) || !s.put(line, 1) {
		s.dropped++
	}
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
	if s.overtaken() {
		s.forget() // somebody's line follows its first half, the second must not follow that
		return true
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
	if s.torn() {
		line = append([]byte{'\n'}, line...) // half a line of somebody else's ends here
	}
	n, err := s.write(line)
	if n == 0 {
		s.failed(err)
		return false
	}
	if n < len(line) {
		s.rest, s.stands, s.start = append([]byte(nil), line[n:]...), stands, s.end-int64(n)
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
		if n = max(n, 0); n > 0 {
			s.note()
		}
		return n, err
	}
}

// failed closes what err says to be of no use any more; the next event looks for
// a new reader. One who is slow, or a full disk, may be waited for.
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

// Close ends a line that was begun, or takes it back where a full disk has no
// room for it, tells what was dropped, where that is possible at once, and closes
// the stream. What follows would open it again.
func (s *Stream) Close() {
	if s.fd >= 0 && (s.flush() || s.retract()) {
		s.tell(time.Now(), s.seq)
	}
	if s.fd >= 0 && len(s.rest) > 0 {
		s.retract()
	}
	s.shut()
}
