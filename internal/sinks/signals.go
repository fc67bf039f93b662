package sinks

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// patience is how long after TERM something that does not return is waited
	// for. A supervisor waits twice as long before it kills.
	patience = 6 * time.Second
	// impatience is the same after a second TERM.
	impatience = time.Second / 2
)

// errStuck is told where the process ends with something unwritten.
var errStuck = errors.New("cannot finish: the output does not move")

// Asked is a set of what signals have asked for.
type Asked uint32

// The members of Asked.
const (
	Hup Asked = 1 << iota
	Alarm
	Term
)

// Has reports whether b is among a.
func (a Asked) Has(b Asked) bool { return a&b != 0 }

// Signals turns signals into a readable descriptor, so that one wait covers
// them and the input. Take and Wait belong to one goroutine.
type Signals struct {
	r, w    int
	err     error
	pending atomic.Uint32 // a set of Asked
	term    chan struct{} // closed by the first TERM
}

// NewSignals returns Signals that only Ask asks anything of.
func NewSignals() *Signals {
	s := &Signals{term: make(chan struct{})}
	s.r, s.w, s.err = wakePipe()
	return s
}

// watch begins to catch TERM and those of HUP and ALRM that are in hears; HUP is
// ignored otherwise: it asks to open a file anew, and there may be none. It is
// the first thing a program does: before it, they end the process at once.
// giveUp ends the process where nothing else does.
func watch(giveUp func(error), hears []os.Signal) *Signals {
	s := NewSignals()
	// Each has a slot of its own, so that a storm of one cannot push out another.
	hup, alarm, term := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 2)
	signal.Ignore(syscall.SIGHUP)
	for _, sig := range hears {
		switch sig {
		case syscall.SIGHUP:
			signal.Notify(hup, sig)
		case syscall.SIGALRM:
			signal.Notify(alarm, sig)
		}
	}
	signal.Notify(term, syscall.SIGTERM)
	leaveToKernel(hears) // last: this alone can be seen from outside
	go s.forward(hup, alarm, term, giveUp)
	return s
}

// wakePipe never makes anybody wait: a byte in it is enough. It is closed on
// exec, although nothing is ever executed: that tells it from what we were given.
func wakePipe() (r, w int, err error) {
	var p [2]int
	if err = unix.Pipe(p[:]); err != nil {
		return -1, -1, err
	}
	for _, fd := range p {
		unix.CloseOnExec(fd)
		err = errors.Join(err, unix.SetNonblock(fd, true))
	}
	return p[0], p[1], err
}

func (s *Signals) forward(hup, alarm, term <-chan os.Signal, giveUp func(error)) {
	stopping := false
	var late <-chan time.Time
	for {
		select {
		case <-hup:
			s.Ask(Hup)
		case <-alarm:
			s.Ask(Alarm)
		case <-term:
			limit := impatience
			if !stopping {
				limit = patience
				close(s.term)
			}
			stopping, late = true, time.After(limit)
			s.Ask(Term)
		case <-late:
			giveUp(errStuck)
		}
	}
}

// Ask makes the next Take return a, as a signal does. It may be
// called from any goroutine.
func (s *Signals) Ask(a Asked) {
	s.pending.Or(uint32(a))
	// The pipe may be full: it is readable then.
	_, _ = unix.Write(s.w, []byte{0})
}

// FD is readable while a signal waits to be taken. The error says that signals
// cannot be watched.
func (s *Signals) FD() (int, error) {
	if s.err != nil {
		return -1, fmt.Errorf("cannot watch for signals: %w", s.err)
	}
	return s.r, nil
}

// Stopping is closed by the first TERM.
func (s *Signals) Stopping() <-chan struct{} { return s.term }

// Take returns what has been asked for since the last call.
func (s *Signals) Take() Asked {
	var buf [64]byte
	for {
		// What comes after this is noted before it is written.
		n, err := unix.Read(s.r, buf[:])
		if err != unix.EINTR && n < len(buf) {
			break
		}
	}
	return Asked(s.pending.Swap(0))
}

// Wait returns when a signal waits to be taken, which is asked, when fd can be
// written to (if it is not negative), or when limit has passed.
func (s *Signals) Wait(fd int, limit time.Duration) (asked bool) {
	fds := []unix.PollFd{{Fd: int32(s.r), Events: unix.POLLIN}, {Fd: int32(fd), Events: unix.POLLOUT}}
	pollFor(fds, limit)
	return fds[0].Revents != 0
}
