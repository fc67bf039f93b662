package logpipe

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"
)

// Line is how lines that are sent piece by piece go on. The zero value is the
// beginning of a line.
type Line struct {
	Within   bool     // what comes next continues a line
	severity Priority // of that line, if own
	own      bool
}

// message is one message to the daemon.
type message struct {
	head, text []byte // which stay as they are until it is sent
	size       int    // how much of the input it uses
	after      Line
}

// message makes the first message of p, which begins as line says. Behind it may
// be some of p that makes none.
func (s *Syslog) message(p []byte, line Line) (m message) {
	prefix := 0
	if !line.Within {
		prefix, line = s.prefix(p)
	}
	m.head = s.head(line)
	m.text, m.size = cut(p[prefix:], s.limit-len(m.head))
	m.size += prefix
	line.Within = p[m.size-1] != '\n'
	skipped := 0
	skipped, m.after = s.skip(p[m.size:], line)
	m.size += skipped
	return m
}

// skip returns how much of the front of p makes no message: the newline of a line
// sent before, and empty lines if they are not wanted.
func (s *Syslog) skip(p []byte, line Line) (n int, after Line) {
	if line.Within && len(p) > 0 && p[0] == '\n' {
		line, n = Line{}, 1
	}
	for s.SkipEmpty && !line.Within && n < len(p) {
		prefix, _ := s.prefix(p[n:])
		if n+prefix >= len(p) || p[n+prefix] != '\n' {
			break
		}
		n += prefix + 1
	}
	return n, line
}

// prefixSize is that of <N>.
const prefixSize = 3

// prefix is how much of the beginning of a line is its priority, 0 for none, and
// the line with that.
func (s *Syslog) prefix(p []byte) (size int, line Line) {
	if !s.OwnPriority || len(p) < prefixSize || p[0] != '<' || p[1] < '0' || p[1] > '7' || p[2] != '>' {
		return 0, Line{}
	}
	return prefixSize, Line{own: true, severity: Priority(p[1] - '0')}
}

// head is what stands in front of the messages of a line.
func (s *Syslog) head(line Line) []byte {
	priority := s.priority
	if line.own {
		priority = priority&^7 | line.severity
	}
	h := &s.heads[priority&7]
	if len(*h) == 0 {
		*h = append(strconv.AppendInt(append(*h, '<'), int64(priority), 10), '>')
		*h = append(*h, s.stamp...)
	}
	return *h
}

// setStamp makes what stands in front of the messages of this moment: the form
// every local daemon reads, with the local time and without a host.
func (s *Syslog) setStamp(now time.Time) {
	if now.Unix() == s.second {
		return
	}
	s.second = now.Unix()
	s.stamp = append(Local(now).AppendFormat(s.stamp[:0], stampLayout), s.ident...)
	for i := range s.heads {
		s.heads[i] = s.heads[i][:0]
	}
}

const stampLayout = time.Stamp + " "

// HeadMax is the most that stands in front of the text of a message.
func (s *Syslog) HeadMax() int { return len("<191>") + len(stampLayout) + len(s.ident) }

// cut takes the first message out of p: its text, and how much of p it uses.
// A message is a line, or as much of one as room allows.
func cut(p []byte, room int) (text []byte, size int) {
	near := p[:min(len(p), room+1)]
	if end := bytes.IndexByte(near, '\n'); end >= 0 {
		return p[:end], end + 1
	}
	if len(p) <= room {
		return p, len(p)
	}
	n := room
	for back := 1; back < utf8.UTFMax && back < room; back++ {
		if utf8.RuneStart(p[room]) {
			break
		}
		if start := room - back; utf8.RuneStart(p[start]) {
			n = start
			break
		}
	}
	return p[:n], n
}
