package sinks

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/cli"
)

func readable(t *testing.T, s *Signals) bool {
	t.Helper()
	fd, err := s.FD()
	if err != nil {
		t.Fatal(err)
	}
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

func TestWhatIsAskedIsTakenOnce(t *testing.T) {
	s := NewSignals()
	if s.Take() != 0 || readable(t, s) {
		t.Error("something was asked before anything was")
	}
	s.Ask(Hup)
	s.Ask(Term | Hup)
	if !readable(t, s) {
		t.Error("nothing wakes who waits")
	}
	if got := s.Take(); got != Hup|Term || !got.Has(Term) || got.Has(Alarm) {
		t.Errorf("%b was asked", got)
	}
	if s.Take() != 0 || readable(t, s) {
		t.Error("it was asked twice")
	}
}

// A storm that nobody looks at blocks nobody, and TERM is not lost in it.
func TestF85StormIsNotWaitedFor(t *testing.T) {
	s := NewSignals()
	for range 200000 {
		s.Ask(Hup)
	}
	s.Ask(Term)
	if got := s.Take(); got != Hup|Term {
		t.Errorf("%b was asked", got)
	}
	if readable(t, s) {
		t.Error("there is something left")
	}
}

func TestWaitEndsForASignalAndForRoom(t *testing.T) {
	s := NewSignals()
	s.Ask(Alarm)
	began := time.Now()
	s.Wait(-1, time.Minute)
	s.Take()
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	s.Wait(p[1], time.Minute)
	s.Wait(-1, time.Millisecond)
	if d := time.Since(began); d < time.Millisecond || d > 30*time.Second {
		t.Errorf("three waits took %v", d)
	}
}

// What interrupts the thread that waits, as the Go runtime does now and then, ends
// neither kind of wait.
func TestF85InterruptsDoNotEndAWait(t *testing.T) {
	s := NewSignals()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, thread := unix.Getpid(), unix.Gettid()
	for _, wait := range []time.Duration{briefTime - time.Millisecond, 4 * briefTime} {
		end, ended := make(chan bool), make(chan bool)
		go func() {
			defer close(ended)
			for {
				select {
				case <-end:
					return
				default:
					_ = unix.Tgkill(pid, thread, unix.SIGURG)
				}
			}
		}()
		for range 5 {
			began := time.Now()
			s.Wait(-1, wait)
			if d := time.Since(began); d < wait {
				t.Errorf("%v for %v", d, wait)
			}
		}
		close(end)
		<-ended
	}
}

func TestTell(t *testing.T) {
	var said bytes.Buffer
	p := &Program{Name: "prog", Stdout: io.Discard, Messages: &said}
	if status := p.Tell(errors.New("cannot\ngo on")); status != cli.ExitFailure {
		t.Errorf("status %d", status)
	}
	p.Say("a\x1bb")
	if got := said.String(); got != "prog: cannot\\x0ago on\nprog: a\\x1bb\n" {
		t.Errorf("%q", got)
	}
}

// A descriptor of ours is none that we were given.
func TestInputIsOneThatWasGiven(t *testing.T) {
	p := &Program{Name: "prog", Messages: io.Discard, Signals: NewSignals()}
	fd, err := p.Signals.FD()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{fd, 1000} {
		if _, err := p.Input(n); err == nil || !strings.Contains(err.Error(), "is not open") {
			t.Errorf("descriptor %d: %v", n, err)
		}
	}
}
