package logpipe

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// DefaultSyslog is where the local syslog daemon listens.
const DefaultSyslog = "/dev/log"

const (
	// messageMax is the largest datagram sent: daemons cut what is longer
	// without a word, most of them at 8 KiB.
	messageMax = 8000
	// messageMin is what every daemon takes.
	messageMin = 1024
	// burst is how many messages are handed to the system at once.
	burst = 64
)

// Syslog sends messages to the local syslog daemon through a datagram socket.
// It never waits: where the daemon is away or behind, it says so. A Syslog
// belongs to one goroutine.
type Syslog struct {
	path     string
	ident    string // tag, pid and the colon in front of each message
	priority Priority
	fd       int // -1 while not connected
	limit    int // the largest datagram the daemon takes, as far as we know
	place    place

	head    []byte // of the messages of this second
	second  int64  // 0 when head is to be made anew
	vectors vectors
}

// NewSyslog returns a client for the socket at path. Messages carry tag, and
// pid in brackets if it is not 0. The facility kern becomes user. Nothing is
// opened yet.
func NewSyslog(path, tag string, pid int, priority Priority) *Syslog {
	ident := tag + ": "
	if pid != 0 {
		ident = tag + "[" + strconv.Itoa(pid) + "]: "
	}
	if priority&^7 == 0 {
		// As syslog(3) has it: only the kernel speaks for the kernel.
		priority |= FacilityUser
	}
	if strings.HasPrefix(path, "@") {
		// It would be taken for a name outside the file system.
		path = "./" + path
	}
	return &Syslog{path: path, ident: ident, priority: priority, fd: -1, limit: messageMax}
}

// FD is the socket, for waiting until it can be written to; -1 while there is
// none.
func (s *Syslog) FD() int { return s.fd }

// Say sends one message with a severity of its own, or drops it: with ErrFull
// where the daemon is behind, with another error where it is away. It never
// waits, and tries to connect anew in each call.
func (s *Syslog) Say(severity Priority, text string) error {
	usual := s.priority
	s.priority, s.second = usual&^7|severity, 0
	defer func() { s.priority, s.second = usual, 0 }()
	line := oneLine(text, s.limit)
	_, err := s.Send(line)
	if isAway(err) {
		// The daemon may have been restarted since the last message.
		_, err = s.Send(line)
	}
	return err
}

// Send sends the lines of p as a message each, as many as find room without
// waiting, and returns how many bytes of p these were. A last line need not
// have a newline. A line longer than a message is sent as several, divided
// between characters. The error is ErrFull, or what keeps the daemon away.
func (s *Syslog) Send(p []byte) (n int, err error) {
	if err := s.connect(); err != nil {
		return 0, err
	}
	s.setHead(time.Now())
	for n < len(p) {
		s.vectors.reset(s.head)
		for rest := p[n:]; len(rest) > 0 && s.vectors.len() < burst; {
			text, size := cut(rest, s.limit-len(s.head))
			s.vectors.add(text, size)
			rest = rest[size:]
		}
		sent, err := s.vectors.send(s.fd)
		n += sent
		switch err {
		case nil:
		case unix.EMSGSIZE:
			if s.limit <= messageMin {
				return n, s.away(err)
			}
			s.limit = max(s.limit/2, messageMin)
		case unix.EAGAIN, unix.ENOBUFS, unix.ENOMEM:
			return n, ErrFull
		default:
			return n, s.away(err)
		}
	}
	return n, nil
}

// setHead makes what stands in front of the messages of this moment: the form
// every local daemon reads, with the local time and without a host.
func (s *Syslog) setHead(now time.Time) {
	if now.Unix() == s.second {
		return
	}
	s.second = now.Unix()
	h := append(s.head[:0], '<')
	h = strconv.AppendInt(h, int64(s.priority), 10)
	h = append(h, '>')
	h = Local(now).AppendFormat(h, time.Stamp+" ")
	s.head = append(h, s.ident...)
}

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

// awayError says that the daemon cannot be reached.
type awayError struct{ err error }

func (e *awayError) Error() string { return e.err.Error() }
func (e *awayError) Unwrap() error { return e.err }

func isAway(err error) bool {
	var a *awayError
	return errors.As(err, &a)
}

// away closes the connection; the next Send tries a new one.
func (s *Syslog) away(err error) error {
	_ = closeOnce(&s.fd)
	return &awayError{fmt.Errorf("cannot reach syslog at %s: %w", s.path, err)}
}

func (s *Syslog) connect() error {
	if s.fd >= 0 {
		return nil
	}
	fd, err := datagramSocket()
	if err != nil {
		return fmt.Errorf("cannot make a socket: %w", err)
	}
	s.fd = fd
	// The name is looked at first: if another daemon takes it in between, the
	// two will seem different, which only makes Confirm careful.
	s.place = placeOf(s.path)
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: s.path}); err != nil {
		return s.away(err)
	}
	s.limit = messageMax
	return nil
}

// Confirm says whether the daemon has read every message sent: read is false
// while some wait in its queue. An error means that it went away, and those
// may be lost.
func (s *Syslog) Confirm() (read bool, err error) {
	if s.fd < 0 {
		return false, s.away(unix.ENOTCONN)
	}
	waiting, err := unread(s.fd)
	if err != nil {
		return false, s.away(err)
	}
	if waiting > 0 {
		return false, nil
	}
	// A daemon that dies takes its queue with it, which looks the same. So,
	// after the queue was seen empty, somebody must be listening at the name, and
	// after that the name must still lead to the socket it led to in the
	// beginning: then it did so all the time, and that socket listened.
	if err := unix.Connect(s.fd, &unix.SockaddrUnix{Name: s.path}); err != nil {
		return false, s.away(err)
	}
	if placeOf(s.path) != s.place {
		return false, s.away(unix.ECONNREFUSED)
	}
	return true, nil
}

// Close closes the socket. A closed Syslog connects anew when it is used.
func (s *Syslog) Close() error { return closeOnce(&s.fd) }
