package main

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/sinks"
	"dmon/logpipe"
)

const (
	// retryFirst and retryLast are the shortest and the longest pause between
	// two attempts to reach the daemon.
	retryFirst = 50 * time.Millisecond
	retryLast  = time.Second
	// confirmFirst and confirmLast are the same for asking whether it has read
	// everything.
	confirmFirst = 50 * time.Microsecond
	confirmLast  = 50 * time.Millisecond
	// confirmBrisk is how long lines that keep coming one by one wait for others, in
	// the pipe, before the daemon is asked whether it has read the last ones.
	confirmBrisk = 4 * time.Millisecond
	// little is a number of bytes that no fast writer leaves it at.
	little = 4 << 10
	// confirmStop is how long a daemon may take for that when dsyslog is to end.
	confirmStop = 250 * time.Millisecond
)

var _ logpipe.Sink = (*sink)(nil)

// sink delivers lines to the syslog daemon. Lines count as delivered when the
// daemon has read them from its socket: until then they are not taken from the
// input, and they are sent again where the daemon goes away.
type sink struct {
	syslog  *logpipe.Syslog
	program *sinks.Program
	console string // empty for none

	before   logpipe.Line // what the first Write since the last Sync comes behind
	shown    bool         // the console has what cannot be delivered
	sent     bool         // something was, since the last Sync
	passed   int          // bytes of input since then, sent or never to be, like empty lines
	synced   time.Time    // when the last Sync was over
	stopping bool         // TERM has come
	retry    time.Duration
	trouble  string // the failure told last, empty when all is well
}

// Write implements logpipe.Sink.
func (s *sink) Write(p []byte) (done int, err error) {
	defer func() { s.passed += done }()
	line, messages := s.syslog.Line(), s.syslog.Sent()
	for done < len(p) {
		n, err := s.syslog.Send(p[done:])
		done += n
		s.sent = s.sent || s.syslog.Sent() != messages
		if err == nil {
			s.recovered()
			continue
		}
		if err := s.wait(err, p); err != nil {
			return done, err
		}
		if !errors.Is(err, logpipe.ErrFull) {
			// The daemon took along what it had not read. The next one knows
			// nothing of that, so it comes again, and in its order.
			s.syslog.Resume(line)
			done = 0
		}
	}
	return done, nil
}

// wait waits until another attempt makes sense; rest is what remains.
func (s *sink) wait(err error, rest []byte) error {
	if errors.Is(err, logpipe.ErrFull) {
		s.program.Signals.Wait(s.syslog.FD(), retryLast)
	} else {
		if s.console != "" && !s.shown {
			copyTo(s.console, rest)
			s.shown = true
		}
		s.complain(err)
		s.retry = min(max(2*s.retry, retryFirst), retryLast)
		s.program.Signals.Wait(-1, s.retry)
	}
	return s.Attend()
}

// Sync implements logpipe.Sink: it waits until the daemon has read everything.
func (s *sink) Sync() (again int, err error) {
	sent, passed := s.sent, s.passed
	s.sent, s.passed = false, 0
	waited := time.Duration(0)
	pause := confirmFirst
	if sent && passed <= little && time.Since(s.synced) < confirmBrisk {
		pause = confirmBrisk
		if s.program.Signals.Wait(-1, pause) {
			_ = s.Attend() // the end of this tells
		}
	}
	for ; sent; pause = min(2*pause, confirmLast) {
		read, err := s.syslog.Confirm()
		if err != nil {
			s.complain(err)
			s.syslog.Resume(s.before)
			return passed, nil
		}
		if read {
			break
		}
		if s.stopping && waited > confirmStop {
			s.syslog.Resume(s.before)
			return passed, logpipe.ErrStop
		}
		s.program.Signals.Wait(-1, pause)
		if s.Attend() != nil {
			waited = 0
		}
		waited += pause
	}
	s.before, s.synced = s.syslog.Line(), time.Now()
	if s.stopping {
		return 0, logpipe.ErrStop
	}
	return 0, nil
}

// Due implements logpipe.Sink.
func (s *sink) Due() time.Duration { return -1 }

// Attend implements logpipe.Sink.
func (s *sink) Attend() error {
	if s.program.Signals.Take().Has(sinks.Term) {
		s.stopping = true
		return logpipe.ErrStop
	}
	return nil
}

// complain tells a failure, once for as long as it is the same.
func (s *sink) complain(err error) {
	if s.trouble != err.Error() {
		s.program.Tell(fmt.Errorf("%w; trying again", err))
	}
	s.trouble = err.Error()
}

func (s *sink) recovered() {
	s.retry, s.shown = 0, false
	if s.trouble == "" {
		return
	}
	s.trouble = ""
	s.program.Say("syslog works again")
}

// copyTo writes what cannot be delivered now to the console, without waiting
// for it: it is a courtesy, and the delivery still counts.
func copyTo(console string, lines []byte) {
	fd, err := unix.Open(console, unix.O_WRONLY|unix.O_APPEND|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	_, _ = unix.Write(fd, lines)
	_ = unix.Close(fd)
}
