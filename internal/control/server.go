// Package control answers at the socket of a name: a Varlink service in fixed
// buffers. One goroutine serves all clients, a call at a time; a client that says
// nothing keeps nobody waiting, and one that is no user of ours is told so.
package control

import (
	"errors"
	"os"
	"time"
	"unsafe"

	"dmon/internal/place"
	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

// Limits of what clients may take.
const (
	mostClients = 16               // at a time; the one that has been silent for longest makes room
	idleLimit   = 10 * time.Second // silence after which a connection is closed
	answerRoom  = 32 << 10         // bytes of an answer
)

// Server is the socket and its clients. Do carries out a call of our interface
// and writes the answer; it runs in the server's goroutine. Where Do returns
// true the connection is its own from then on: what is at fd, non-blocking.
type Server struct {
	Service varlink.Service
	Do      func(call varlink.Call, fd int, w *varlink.Writer) (taken bool)

	listener *os.File
	closing  chan struct{}
	served   chan struct{}
	clients  [mostClients]client
	set      [mostClients + 1]unix.PollFd // what is waited for, the listener last
	ready    bool                         // something came of it
	in       [varlink.MaxCall]byte
	out      [answerRoom]byte
	reply    varlink.Writer
}

// client is a connection that may still say something.
type client struct {
	fd    int // -1: none
	since time.Time
	part  int       // bytes of a call that is not whole
	begun time.Time // when it had so many
}

// growTime is how long the rest of a call may take that has begun.
const growTime = time.Second

// waited reports whether a call has had n bytes for too long.
func (c *client) waited(n int) bool {
	if n != c.part {
		c.part, c.begun = n, time.Now()
	}
	return time.Since(c.begun) > growTime
}

// Listen makes the socket name in dir, in which nobody else may write. It is
// served from Serve on.
func (s *Server) Listen(dir *place.Dir, name string) error {
	var err error
	s.listener, err = listen(dir, name)
	s.closing, s.served = make(chan struct{}), make(chan struct{})
	for i := range s.clients {
		s.clients[i].fd = -1
	}
	return err
}

// farewell is how long Close waits for the answer under way.
const farewell = time.Second

// Close ends Serve, and every connection. Who has been heard is answered first:
// the process may be about to end because he asked for it.
func (s *Server) Close() {
	if s.listener == nil {
		return
	}
	close(s.closing)
	s.listener.Close()
	select {
	case <-s.served:
	case <-time.After(farewell):
	}
}

// Serve answers until Close. As long as there is no client it waits with the
// runtime's poller, which costs no thread.
func (s *Server) Serve() {
	defer close(s.served)
	raw, err := s.listener.SyscallConn()
	if err != nil {
		return
	}
	first := func(fd uintptr) bool { return s.take(int(fd)) }
	look := func(fd uintptr) { s.look(int(fd)) } // once, so that no call makes garbage
	pause := time.NewTimer(0)
	for raw.Read(first) == nil {
		for delay := time.Duration(0); s.any(); {
			if s.attend(raw, look) {
				delay = 0
				continue
			}
			// Who has said nothing for so long is looked at now and then.
			delay = min(max(2*delay, shortest), longest)
			pause.Reset(delay)
			select {
			case <-pause.C:
			case <-s.closing:
			}
		}
	}
	s.drop(func(*client) bool { return true })
}

// Waits for a client who has nothing to say.
const (
	shortest = 5 * time.Millisecond
	longest  = 100 * time.Millisecond
)

// take accepts a connection; false where none waits.
func (s *Server) take(listener int) bool {
	fd := accept(listener)
	if fd >= 0 {
		s.admit(fd)
	}
	return fd >= 0
}

// look waits for a moment for a client, new or old. The wait is hidden from the
// runtime: it would want a thread for it, which it may not get where processes
// are limited, and a client speaks as soon as it has connected.
func (s *Server) look(listener int) {
	for i := range s.clients {
		s.set[i] = unix.PollFd{Fd: int32(s.clients[i].fd), Events: unix.POLLIN}
	}
	s.set[mostClients] = unix.PollFd{Fd: int32(listener), Events: unix.POLLIN}
	s.ready = poll(s.set[:]) > 0
	for range mostClients {
		if s.set[mostClients].Revents&unix.POLLIN == 0 || !s.take(listener) {
			break
		}
	}
}

// rawConn is the part of syscall.RawConn that is used.
type rawConn interface {
	Control(f func(fd uintptr)) error
}

// attend hears and answers who has something to say; false where that is nobody.
func (s *Server) attend(raw rawConn, look func(fd uintptr)) bool {
	if raw.Control(look) != nil { // closed
		s.drop(func(*client) bool { return true })
		return true
	}
	for i := range s.clients {
		if c := &s.clients[i]; c.fd >= 0 && int32(c.fd) == s.set[i].Fd && s.set[i].Revents != 0 {
			s.hear(c)
		}
	}
	now := time.Now()
	s.drop(func(c *client) bool { return now.Sub(c.since) >= idleLimit })
	return s.ready
}

func (s *Server) any() bool {
	for i := range s.clients {
		if s.clients[i].fd >= 0 {
			return true
		}
	}
	return false
}

// drop closes the connections that are meant.
func (s *Server) drop(meant func(c *client) bool) {
	for i := range s.clients {
		if c := &s.clients[i]; c.fd >= 0 && meant(c) {
			c.close()
		}
	}
}

func (c *client) close() {
	unix.Close(c.fd)
	c.fd = -1
}

// admit gives a new connection a place, if need be that of who has been silent
// for longest.
func (s *Server) admit(fd int) {
	if !allowed(fd) {
		s.refuse(fd, varlink.PermissionDenied)
		unix.Close(fd)
		return
	}
	place := &s.clients[0]
	for i := range s.clients {
		c := &s.clients[i]
		if c.fd < 0 {
			place = c
			break
		}
		if c.since.Before(place.since) {
			place = c
		}
	}
	if place.fd >= 0 {
		place.close()
	}
	*place = client{fd: fd, since: time.Now()}
}

// refuse answers what is no call, or from nobody who may call.
func (s *Server) refuse(fd int, name string) {
	w := &s.reply
	w.Reset(s.out[: 0 : answerRoom-1])
	varlink.Fail(w, name, "", "")
	s.write(fd, w)
}

// hear takes in what a client has said, and answers each whole call. What is not
// whole yet stays where it is: in the socket, whose room is bounded.
func (s *Server) hear(c *client) {
	for c.fd >= 0 {
		n, err := peek(c.fd, s.in[:])
		switch {
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil || n == 0:
			c.close()
			return
		}
		end := 0
		for end < n && s.in[end] != 0 {
			end++
		}
		if end == n { // no NUL yet
			if n == len(s.in) || c.waited(n) {
				s.refuse(c.fd, varlink.InvalidParameter)
				c.close()
			}
			s.ready = false // what is there is there the next time too
			return
		}
		_, _ = unix.Read(c.fd, s.in[:end+1])
		c.since, c.part = time.Now(), 0
		// The call is parts of the buffer, which stays as it is until it is answered:
		// a copy for each would be garbage that nobody collects.
		s.answer(c, unsafe.String(&s.in[0], end))
	}
}

// answer carries out one call.
func (s *Server) answer(c *client, message string) {
	call, err := varlink.ParseCall(message)
	if err != nil {
		s.refuse(c.fd, varlink.InvalidParameter)
		c.close()
		return
	}
	w := &s.reply
	w.Reset(s.out[: 0 : answerRoom-1]) // room for the NUL
	if !s.Service.Answer(call, w) && s.Do(call, c.fd, w) {
		c.fd = -1
		return
	}
	if w.Full() {
		s.refuse(c.fd, varlink.MethodNotImplemented)
		return
	}
	if !call.Oneway && !s.write(c.fd, w) {
		c.close()
	}
}

// write sends an answer and its NUL; false where the client does not take it.
func (s *Server) write(fd int, w *varlink.Writer) bool {
	b := w.Bytes()
	b = append(b, 0)
	for len(b) > 0 {
		n, err := send(fd, b)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			// It has not read its last answers: that is its own fault.
			return false
		case err != nil:
			return false
		}
		b = b[max(n, 0):]
	}
	return true
}

// Send sends a message that is no answer, and its NUL, to a connection that Do
// has taken; false where it does not take all of it at once.
func Send(fd int, message []byte) bool {
	n, err := send(fd, append(message, 0))
	return err == nil && n == len(message)+1
}

// Hang closes a connection that Do has taken.
func Hang(fd int) { unix.Close(fd) }
