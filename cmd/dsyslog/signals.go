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

// patience is how long after TERM something that does not return is waited
// for. A supervisor waits twice as long before it kills.
const patience = 6 * time.Second

// stop turns TERM into bytes in a pipe, so that one wait covers it and the
// input. It belongs to one goroutine.
type stop struct {
	r, w int
	err  error
}

// watchSignals begins to catch TERM, and HUP, which means nothing here: there
// is no file to open anew. It is the first thing the process does: before it,
// they end the process at once.
func watchSignals() *stop {
	signal.Ignore(syscall.SIGHUP)
	term := make(chan os.Signal, 2)
	signal.Notify(term, syscall.SIGTERM)
	s := &stop{}
	if s.err = s.open(); s.err == nil {
		go s.forward(term)
	}
	return s
}

// open makes the pipe. It is closed on exec, although nothing is ever executed:
// that tells it from what we were given.
func (s *stop) open() error {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return err
	}
	unix.CloseOnExec(p[0])
	unix.CloseOnExec(p[1])
	s.r, s.w = p[0], p[1]
	return unix.SetNonblock(s.r, true)
}

func (s *stop) forward(term <-chan os.Signal) {
	var late <-chan time.Time
	for {
		select {
		case <-term:
			late = time.After(patience)
			_, _ = unix.Write(s.w, []byte{'t'})
		case <-late:
			err := errors.New("cannot finish: nothing moves")
			os.Exit(cli.Tell(program, os.Stdout, os.Stderr, err))
		}
	}
}

// asked says whether TERM has come since the last call.
func (s *stop) asked() bool {
	var buf [16]byte
	for {
		n, err := unix.Read(s.r, buf[:])
		if err != unix.EINTR {
			return n > 0
		}
	}
}

// wait returns when TERM has come, when fd can be written to (if it is not
// negative), or when limit has passed.
func (s *stop) wait(fd int, limit time.Duration) {
	fds := []unix.PollFd{{Fd: int32(s.r), Events: unix.POLLIN}, {Fd: int32(fd), Events: unix.POLLOUT}}
	pollFor(fds, limit)
}
