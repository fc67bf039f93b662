package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/cli"
)

// patience is how long after TERM a write that does not return is waited for.
// A supervisor waits twice as long before it kills.
const patience = 6 * time.Second

// impatience is the same after a second TERM.
const impatience = time.Second / 2

// signals turns signals into bytes in a pipe, so that one wait covers them and
// the input. It is not safe for use by several goroutines.
type signals struct {
	r, w int
	err  error
}

// watchSignals begins to catch HUP, ALRM and TERM. It is the first thing the
// process does: before it, they end the process at once.
func watchSignals() *signals {
	// Each has a slot of its own, so that a storm of one cannot push out another.
	hup, alrm, term := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 2)
	signal.Notify(hup, syscall.SIGHUP)
	signal.Notify(alrm, syscall.SIGALRM)
	signal.Notify(term, syscall.SIGTERM)
	s := &signals{}
	if s.r, s.w, s.err = wakePipe(); s.err == nil {
		go s.forward(hup, alrm, term)
	}
	return s
}

// wakePipe is non-blocking at the read end only. It is closed on exec, although
// nothing is ever executed: that tells it from what we were given.
func wakePipe() (r, w int, err error) {
	var p [2]int
	if err = unix.Pipe(p[:]); err == nil {
		unix.CloseOnExec(p[0])
		unix.CloseOnExec(p[1])
		err = unix.SetNonblock(p[0], true)
	}
	return p[0], p[1], err
}

func (s *signals) forward(hup, alrm, term <-chan os.Signal) {
	stopping := false
	var late <-chan time.Time
	for {
		var c byte
		select {
		case <-hup:
			c = 'h'
		case <-alrm:
			c = 'a'
		case <-term:
			limit := patience
			if stopping {
				limit = impatience
			}
			stopping, late = true, time.After(limit)
			c = 't'
		case <-late:
			giveUp()
		}
		_, _ = unix.Write(s.w, []byte{c})
	}
}

// giveUp ends the process although something is still to be written.
func giveUp() {
	os.Exit(cli.Tell(program, os.Stdout, os.Stderr, errors.New("cannot finish: the output does not move")))
}

// take returns what has come since the last call.
func (s *signals) take() (hup, alrm, term bool) {
	var buf [64]byte
	for {
		n, err := unix.Read(s.r, buf[:])
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			return hup, alrm, term
		}
		for _, c := range buf[:n] {
			hup, alrm, term = hup || c == 'h', alrm || c == 'a', term || c == 't'
		}
	}
}

// wait returns when a signal has come, when fd can be written to (if it is not
// negative), or when limit has passed.
func (s *signals) wait(fd int, limit time.Duration) {
	fds := []unix.PollFd{{Fd: int32(s.r), Events: unix.POLLIN}, {Fd: int32(fd), Events: unix.POLLOUT}}
	_, _ = unix.Poll(fds, int(limit/time.Millisecond))
}
