// Package speech is how a program's own messages leave it. Nobody has to read
// them: a full pipe, a terminal stopped by ^S, a reader that is gone and a full
// disk neither hold up the program nor end it.
package speech

import (
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// messageMax is the length up to which a pipe that has room takes a write
// whole: it gives room by the page.
const messageMax = 4096

// Stream is where a program's messages go, usually standard error. Each Write
// is one message; it never waits and never fails. A message that cannot be
// written now is dropped, and how many were is said before the next one. It is
// safe for use by several goroutines.
type Stream struct {
	program string
	fd      int

	mu      sync.Mutex
	dropped int
	torn    bool // the last message was written in part
}

var _ io.Writer = (*Stream)(nil)

// NewStream returns a Stream for the messages of program to descriptor fd,
// which stays the caller's.
func NewStream(program string, fd int) *Stream { return &Stream{program: program, fd: fd} }

// FD is the descriptor that messages go to.
func (s *Stream) FD() int { return s.fd }

// Write writes the message p, which ends with a newline, or drops it. What is
// longer than a page is cut. The result is always len(p) and no error.
func (s *Stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var text []byte
	if s.torn {
		text = append(text, '\n')
	}
	if s.dropped > 0 {
		text = fmt.Appendf(text, "%s: %d messages were dropped here\n", s.program, s.dropped)
	}
	text = append(text, cut(p, messageMax-len(text))...)
	n := writeNow(s.fd, text)
	if n < len(text) {
		s.dropped++
		s.torn = s.torn && n == 0 || n > 0
		return len(p), nil
	}
	s.dropped, s.torn = 0, false
	return len(p), nil
}

// cut returns the message p in at most limit bytes, newline included.
func cut(p []byte, limit int) []byte {
	if len(p) <= limit {
		return p
	}
	end := limit - 1
	for back := 0; back < utf8.UTFMax && !utf8.RuneStart(p[end]); back++ {
		end--
	}
	return append(p[:end:end], '\n')
}
