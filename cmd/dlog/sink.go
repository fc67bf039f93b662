package main

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/logfile"
	"dmon/internal/sinks"
	"dmon/logpipe"
)

// finishTime is how long after TERM lines are still written to an output that
// takes them only now and then.
const finishTime = 5 * time.Second

// sink is what becomes of lines that a file cannot take, and of signals. Its
// one promise is that what it has accepted stays: a failed write is repeated
// from the beginning of its line until it succeeds, or the line is counted as
// dropped.
type sink struct {
	file    *logfile.File
	program *sinks.Program
	troubles
	retry  time.Duration // the pause between two attempts at something that failed
	drop   bool          // failures drop lines instead of waiting
	notice func(text string) []byte

	// tail is what the file was found to end in, while Exchanges is tailOf.
	tail   *logpipe.Tail
	tailOf int

	stopping bool      // TERM has come
	again    bool      // it has come twice
	untold   bool      // it came where Copy could not be told
	stopBy   time.Time // then: when to write no more than the line under way

	dropped int   // lines dropped and not yet told
	reason  error // why
	skip    bool  // the rest of the line under way is dropped as its beginning was
}

var (
	_ logpipe.Sink   = (*sink)(nil)
	_ logpipe.Mender = (*sink)(nil)
)

// Tail implements logpipe.Mender.
func (s *sink) Tail() *logpipe.Tail {
	if s.tail == nil || s.file.Ends() != logfile.Torn || s.file.Exchanges() != s.tailOf {
		return nil
	}
	return s.tail
}

// Mend implements logpipe.Mender.
func (s *sink) Mend(p []byte) error {
	if !s.file.Continue(s.tailOf) {
		s.tail = nil // somebody has written behind it, and it is a line of its own
		return nil
	}
	n, err := s.write(p)
	if err != nil && n == 0 {
		s.file.Abandon()
	}
	if !errors.Is(err, errDropped) {
		return err
	}
	// The line comes again, and is dropped then.
	return nil
}

// errDropped says that what is left is to be dropped.
var errDropped = errors.New("dropped")

// Write implements logpipe.Sink.
func (s *sink) Write(p []byte) (int, error) {
	done := 0
	if s.skip {
		done = firstLine(p)
		s.skip = p[done-1] != '\n'
	}
	if s.drop && s.dropped > 0 && done < len(p) {
		n, err := s.goOn(p[done:])
		if err != nil {
			s.dropRest(p[done:])
			return len(p), nil
		}
		done += n
	}
	n, err := s.write(p[done:])
	done += n
	if errors.Is(err, errDropped) {
		s.dropRest(p[done:])
		return len(p), nil
	}
	return done, err
}

// write writes p, lines or a piece of one, and waits for room where nothing is
// to be dropped.
func (s *sink) write(p []byte) (done int, err error) {
	for done < len(p) {
		n, err := s.file.Write(p[done:])
		done += n
		switch {
		case err == nil:
		case err == unix.EAGAIN:
			s.program.Signals.Wait(s.file.FD(), s.retry)
			if p, err = s.attendFull(p, done); err != nil {
				return done, err
			}
		case s.file.Hopeless(err):
			return done, fmt.Errorf("cannot write %s: %w", s.file.Name(), err)
		case s.drop:
			s.tell(aboutWriting, fmt.Errorf("cannot write %s: %w; dropping lines", s.file.Name(), err))
			s.reason = err
			return done, errDropped
		default:
			s.tell(aboutWriting, fmt.Errorf("cannot write %s: %w; trying again every %v", s.file.Name(), err, s.retry))
			if err := s.pause(); err != nil {
				return done, err
			}
		}
	}
	if len(p) > 0 {
		s.tell(aboutWriting, nil)
	}
	return done, nil
}

// attendFull does what signals ask for while an output that is no file has no
// room. What was written there cannot be taken back, so that after TERM it goes
// on with all of p for a while, and then to the end of the line. It returns how
// much of p is still to be written.
func (s *sink) attendFull(p []byte, done int) ([]byte, error) {
	again := s.stopping
	if s.attend() != nil && !again {
		s.stopBy, s.untold = time.Now().Add(finishTime), true
		return p, nil
	} else if !again || !s.again && time.Now().Before(s.stopBy) {
		return p, nil
	}
	if done > 0 && p[done-1] == '\n' || done == 0 && s.file.Ends() != logfile.Within {
		return p, logpipe.ErrStop
	}
	return p[:done+firstLine(p[done:])], nil
}

// firstLine is the length of the first line of p, or of all of it.
func firstLine(p []byte) int {
	if n := bytes.IndexByte(p, '\n') + 1; n > 0 {
		return n
	}
	return len(p)
}

// dropRest counts the lines of p as dropped.
func (s *sink) dropRest(p []byte) {
	s.file.Abandon()
	s.dropped += bytes.Count(p, []byte{'\n'})
	if s.skip = p[len(p)-1] != '\n'; s.skip {
		s.dropped++
	}
}

// gap is what has to be said about lines that were dropped.
func (s *sink) gap() string {
	return fmt.Sprintf("%s: %d lines dropped: %v", program, s.dropped, s.reason)
}

// goOn writes the first line of p, which it returns the length of, behind what
// has to be said about a gap. The two go together: a gap is told when it ends,
// not whenever there is room for just that.
func (s *sink) goOn(p []byte) (int, error) {
	first := firstLine(p)
	if err := s.file.WriteAll(append(s.notice(s.gap()), p[:first]...)); err != nil {
		s.reason = err
		return 0, err
	}
	s.dropped = 0
	s.tell(aboutWriting, nil)
	return first, nil
}

// pause waits before another attempt, and does meanwhile what signals ask: a
// new file may be what helps.
func (s *sink) pause() error {
	s.program.Signals.Wait(-1, s.retry)
	return s.attend()
}

// Sync implements logpipe.Sink.
func (s *sink) Sync() (again int, err error) {
	again, err = s.file.Sync()
	switch {
	case err == nil:
		s.tell(aboutSyncing, nil)
		if s.untold && again == 0 {
			s.untold = false
			err = logpipe.ErrStop
		}
		return again, err
	case s.drop:
		s.tell(aboutSyncing, fmt.Errorf("cannot bring %s to the disk: %w", s.file.Name(), err))
		s.file.Settle()
		return 0, nil
	}
	s.tell(aboutSyncing, fmt.Errorf("cannot bring %s to the disk: %w; writing it again", s.file.Name(), err))
	return s.file.Undo(), s.pause()
}

// Due implements logpipe.Sink.
func (s *sink) Due() time.Duration { return s.file.Due(time.Now()) }

// Attend implements logpipe.Sink.
func (s *sink) Attend() error {
	if err := s.attend(); err != nil {
		return err
	}
	s.file.Attend(time.Now())
	return nil
}

// attend notes what signals ask for; TERM is ErrStop.
func (s *sink) attend() error {
	asked := s.program.Signals.Take()
	if asked.Has(sinks.Hup) {
		s.file.Reopen()
	}
	if asked.Has(sinks.Alarm) {
		s.file.Rotate()
	}
	if asked.Has(sinks.Term) {
		s.again = s.stopping
		s.stopping = true
		return logpipe.ErrStop
	}
	return nil
}

// end tells what was dropped and not told yet, and brings old files in order,
// unless it has to hurry.
func (s *sink) end(hurry bool) (err error) {
	if s.dropped > 0 {
		if s.file.WriteAll(s.notice(s.gap())) == nil {
			_, err = s.file.Sync()
		}
		err = errors.Join(fmt.Errorf("%d lines dropped: %w", s.dropped, s.reason), err)
	}
	hurried := s.program.Signals.Stopping()
	if hurry || s.stopping || err != nil {
		hurried = closed()
	}
	s.file.Close(hurried)
	return err
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
