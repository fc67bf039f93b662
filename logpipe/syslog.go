package logpipe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// DefaultSyslog is where the local syslog daemon listens.
const DefaultSyslog = "/dev/log"

const (
	// messageMax is the largest message sent, unless another size is asked for:
	// daemons cut what is longer without a word, most of them at 8 KiB.
	messageMax = 8000
	// messageMin is what every daemon takes.
	messageMin = 1024
	// burst is how many messages are handed to the system at once.
	burst = 64
)

// Syslog sends messages to the local syslog daemon through a socket, of datagrams
// or, where the daemon wants that, a stream with a message a line.
// It never waits: where the daemon is away or behind, it says so. A Syslog
// belongs to one goroutine. Its exported fields are set before it is used.
type Syslog struct {
	MessageMax  int  // bytes of the largest message, with all that stands in front of the text
	SkipEmpty   bool // no message is made of an empty line
	OwnPriority bool // a line that begins with <N>, 0 to 7, has that severity and goes without it

	path     string
	ident    string // tag, pid and the colon in front of each message
	priority Priority
	fd       int  // -1 while not connected
	stream   bool // and then: not datagrams
	limit    int  // the largest message the daemon takes, as far as we know
	place    place
	line     Line // under way
	sent     int

	second    int64  // of stamp, 0 when there is none
	stamp     []byte // time and ident, as they are in this second
	heads     [8][]byte
	messages  [burst]message
	datagrams datagrams
	out       []byte // of a stream: what the socket has not taken yet
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
	return &Syslog{MessageMax: messageMax, path: path, ident: ident, priority: priority, fd: -1}
}

// FD is the socket, for waiting until it can be written to; -1 while there is
// none.
func (s *Syslog) FD() int { return s.fd }

// Sent is how many messages were sent, of which Confirm says what became.
func (s *Syslog) Sent() int { return s.sent }

// Line says how what was sent ends.
func (s *Syslog) Line() Line { return s.line }

// Resume says that what is sent next comes behind what ended so.
func (s *Syslog) Resume(line Line) { s.line = line }

// Say sends one message with a severity of its own, or drops it: with ErrFull
// where the daemon is behind, with another error where it is away. It never
// waits, and tries to connect anew in each call.
func (s *Syslog) Say(severity Priority, text string) error {
	usual := s.line
	defer func() { s.line = usual }()
	line := oneLine(text, s.MessageMax)
	said := Line{Within: true, own: true, severity: severity}
	s.line = said
	_, err := s.Send(line)
	if isAway(err) {
		// The daemon may have been restarted since the last message.
		s.line = said
		_, err = s.Send(line)
	}
	return err
}

// Send sends the lines of p as a message each, as many as find room without
// waiting, and returns how many bytes of p these were. A last line need not
// have a newline; the next Send goes on with it. A line longer than a message is
// sent as several, divided between characters. The error is ErrFull, or what
// keeps the daemon away, who may have lost what was sent before.
func (s *Syslog) Send(p []byte) (n int, err error) {
	if n, s.line = s.skip(p, s.line); n == len(p) {
		return n, nil
	}
	if err := s.connect(); err != nil {
		return n, err
	}
	s.setStamp(time.Now())
	for n < len(p) {
		count, at, line := 0, n, s.line
		for ; at < len(p) && count < burst; count++ {
			m := s.message(p[at:], line)
			s.messages[count], at, line = m, at+m.size, m.after
		}
		done, err := s.put(s.messages[:count])
		for _, m := range s.messages[:done] {
			n, s.line = n+m.size, m.after
		}
		s.sent += done
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

// put hands messages over, as many as find room, and says how many. With an error
// the next one did not.
func (s *Syslog) put(m []message) (done int, err error) {
	if s.stream {
		return s.putStream(m)
	}
	return s.datagrams.send(s.fd, m)
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
	s.out = s.out[:0]
	return &awayError{fmt.Errorf("cannot reach syslog at %s: %w", s.path, err)}
}

func (s *Syslog) connect() error {
	if s.fd >= 0 {
		return nil
	}
	// The name is looked at first: if another daemon takes it in between, the
	// two will seem different, which only makes Confirm careful.
	s.place = placeOf(s.path)
	s.stream = false
	err := s.connectAs(unix.SOCK_DGRAM)
	if errors.Is(err, unix.EPROTOTYPE) {
		s.stream = true
		err = s.connectAs(unix.SOCK_STREAM)
	}
	return err
}

func (s *Syslog) connectAs(kind int) error {
	fd, err := newSocket(kind)
	if err != nil {
		return fmt.Errorf("cannot make a socket: %w", err)
	}
	s.fd = fd
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: s.path}); err == unix.EAGAIN {
		_ = closeOnce(&s.fd)
		return ErrFull // it lets nobody in at the moment
	} else if err != nil {
		return s.away(err)
	}
	s.limit = s.MessageMax
	return nil
}

// Confirm says whether the daemon has read every message sent: read is false
// while some wait in its queue. An error means that it went away, and those
// may be lost.
func (s *Syslog) Confirm() (read bool, err error) {
	if s.fd < 0 {
		return false, s.away(unix.ENOTCONN)
	}
	if s.stream {
		return s.confirmStream()
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
func (s *Syslog) Close() error {
	s.out = s.out[:0]
	return closeOnce(&s.fd)
}
