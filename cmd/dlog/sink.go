package main

import (
	"bytes"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/sinks"
	"dmon/logpipe"
)

const (
	// retryTime is the pause between two attempts at something that failed.
	retryTime = time.Second
	// checkTime is how often the file's name is looked up while lines come.
	checkTime = 500 * time.Millisecond
)

// sink is where lines go: a file, or standard output. Its one promise is that
// what it has accepted stays: a failed write is repeated from the beginning of
// its line until it succeeds, or the line is counted as dropped.
type sink struct {
	out     *output
	program *sinks.Program
	rules   rules
	keeper  *keeper // of rotated files
	sync    bool    // what is written is to be on the disk before more is taken
	drop    bool    // failures drop lines instead of waiting
	notice  func(text string) []byte

	unsynced int  // bytes written to out since the last Sync
	middle   bool // the file ends within a line, and the next Write continues it
	torn     bool // the file ends within a line that nobody will continue
	reopen   bool // HUP has come
	rotate   bool // ALRM has come
	stopping bool // TERM has come
	checked  time.Time

	trouble string // the failure told last, empty when all is well
	dropped int    // lines dropped and not yet told
	reason  error  // why
}

// Write implements logpipe.Sink.
func (s *sink) Write(p []byte) (int, error) {
	if err := s.prepare(); err != nil {
		return 0, err
	}
	done := 0
	if s.drop && !s.middle && (s.dropped > 0 || s.torn) {
		n, err := s.goOn(p)
		if err != nil {
			s.dropRest(p, 0, err)
			return len(p), nil
		}
		done = n
	}
	for done < len(p) {
		n := s.fit(p[done:])
		if n == 0 {
			s.rotateNow()
			continue
		}
		m, err := s.put(p[done : done+n])
		done += m
		if err != nil {
			return done, err
		}
		s.middle = p[done-1] != '\n'
	}
	s.middle = p[done-1] != '\n'
	return done, nil
}

// prepare brings everything about the file in order that has to be so before
// a line: it is the file of that name, it is not too old, and it ends with a
// newline. Within a line there is no time for it.
func (s *sink) prepare() error {
	if s.middle {
		return nil
	}
	now := time.Now()
	if now.Sub(s.checked) >= checkTime || s.reopen {
		s.lookUp(now)
	}
	s.rotateIfOld(now)
	if s.out.size == 0 {
		s.out.since = now
	}
	if s.torn && !s.drop {
		if _, err := s.put([]byte{'\n'}); err != nil {
			return err
		}
		s.torn = false
	}
	return nil
}

// put writes p, lines or a piece of one. Only after ErrStop, or where nothing
// can ever be written again, is the result less than len(p).
func (s *sink) put(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := s.out.write(p[done:])
		done += n
		s.unsynced += n
		switch {
		case err == nil:
		case err == unix.EAGAIN:
			s.program.Signals.Wait(s.out.fd, retryTime)
			if err := s.attend(); err != nil {
				return s.wholeLines(p, done), err
			}
		case s.out.hopeless(err):
			return done, fmt.Errorf("cannot write %s: %w", s.out.name(), err)
		case s.drop:
			s.dropRest(p, s.wholeLines(p, done), err)
			return len(p), nil
		default:
			done = s.wholeLines(p, done)
			s.complain("cannot write %s: %w; trying again every %v", s.out.name(), err, retryTime)
			if err := s.pause(); err != nil {
				return done, err
			}
		}
	}
	s.recovered()
	return done, nil
}

// wholeLines takes the part of a line at the end of what was written back out of
// the file, so that there is no half line in it while nothing can be written,
// and returns how much of p stands there now.
func (s *sink) wholeLines(p []byte, done int) int {
	part := done - (bytes.LastIndexByte(p[:done], '\n') + 1)
	if part > 0 && s.out.retract(part) {
		done -= part
		s.unsynced -= part
	}
	return done
}

// dropRest counts the lines of p behind the first done bytes as dropped.
func (s *sink) dropRest(p []byte, done int, reason error) {
	s.complain("cannot write %s: %w; dropping lines", s.out.name(), reason)
	s.reason = reason
	s.torn = s.torn || done > 0 && p[done-1] != '\n'
	s.dropped += bytes.Count(p[done:], []byte{'\n'})
	if p[len(p)-1] != '\n' {
		s.dropped++
	}
}

// goOn writes the first line of p, which it returns the length of, behind what
// has to be said about a gap. The two go together: a gap is told when it ends,
// not whenever there is room for just that.
func (s *sink) goOn(p []byte) (int, error) {
	var line []byte
	if s.torn {
		line = append(line, '\n')
	}
	if s.dropped > 0 {
		line = append(line, s.notice(fmt.Sprintf("%s: %d lines dropped: %v", program, s.dropped, s.reason))...)
	}
	first := firstLine(p)
	line = append(line, p[:first]...)
	n, err := s.out.write(line)
	if err != nil {
		s.torn = s.torn || n > 0 && !s.out.retract(n)
		return 0, err
	}
	s.dropped, s.torn = 0, false
	s.recovered()
	return first, nil
}

// pause waits before another attempt, and does meanwhile what signals ask: a
// new file may be what helps.
func (s *sink) pause() error {
	s.program.Signals.Wait(-1, retryTime)
	if err := s.attend(); err != nil {
		return err
	}
	if !s.middle {
		s.lookUp(time.Now())
	}
	return nil
}

// Sync implements logpipe.Sink.
func (s *sink) Sync() (again int, err error) {
	written := s.unsynced
	s.unsynced = 0
	if !s.sync || written == 0 {
		return 0, nil
	}
	err = s.out.sync()
	if err == nil {
		s.recovered()
		return 0, nil
	}
	if s.drop {
		s.complain("cannot bring %s to the disk: %w", s.out.name(), err)
		return 0, nil
	}
	s.complain("cannot bring %s to the disk: %w; writing it again", s.out.name(), err)
	// The system may have thrown away what it could not write, and would call
	// the next attempt a success: only writing it again helps. Where the file
	// cannot be cut, the lines stand there twice.
	s.out.retract(written)
	return written, s.pause()
}

// Due implements logpipe.Sink.
func (s *sink) Due() time.Duration { return s.rules.due(s.out, time.Now()) }

// Attend implements logpipe.Sink.
func (s *sink) Attend() error {
	err := s.attend()
	if err != nil || s.middle {
		return err
	}
	now := time.Now()
	if s.reopen {
		s.lookUp(now)
	}
	s.rotateIfOld(now)
	return nil
}

// attend notes what signals ask for; TERM is ErrStop.
func (s *sink) attend() error {
	asked := s.program.Signals.Take()
	s.reopen = s.reopen || asked.Has(sinks.Hup) && s.out.path != ""
	s.rotate = s.rotate || asked.Has(sinks.Alarm) && s.out.path != ""
	s.stopping = s.stopping || asked.Has(sinks.Term)
	if asked.Has(sinks.Term) {
		return logpipe.ErrStop
	}
	return nil
}

// complain tells a failure, once for as long as it is the same.
func (s *sink) complain(format string, a ...any) {
	err := fmt.Errorf(format, a...)
	if s.trouble != err.Error() {
		s.program.Tell(err)
	}
	s.trouble = err.Error()
}

// recovered tells that what was complained about is over.
func (s *sink) recovered() {
	if s.trouble == "" {
		return
	}
	s.trouble = ""
	s.program.Say(s.out.name() + " works again")
}
