package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"dmon/internal/sinks"
	"dmon/logpipe"
)

func newSink(path string) *sink {
	program := &sinks.Program{Name: "dsyslog", Messages: io.Discard, Signals: sinks.NewSignals()}
	return &sink{syslog: logpipe.NewSyslog(path, "name", 0, logpipe.FacilityUser), program: program}
}

// write writes p in a goroutine, because it waits for the daemon.
func write(s *sink, p string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := s.Write([]byte(p))
		done <- err
	}()
	return done
}

// The daemon dies with what is in its queue, and so it is found only when it is
// asked whether it has read that.
func TestConsoleGetsWhatADeadDaemonHadInItsQueue(t *testing.T) {
	path, console := socketPath(t), socketPath(t)
	if err := os.WriteFile(console, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := listen(t, path)
	s := newSink(path)
	s.console = console
	if err := <-write(s, "one\ntwo\n"); err != nil {
		t.Fatal(err)
	}
	_ = d.conn.Close()
	if again, err := s.Sync(); again != len("one\ntwo\n") || err != nil {
		t.Fatalf("Sync = %d, %v", again, err)
	}
	done := write(s, "one\ntwo\n")
	eventually(t, "the console has it", func() bool {
		b, _ := os.ReadFile(console)
		return string(b) == "one\ntwo\n"
	})
	next := listen(t, path).read()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is delivered as well", func() bool { return slices.Equal(next.texts(), []string{"one", "two"}) })
	// The next absence is told anew.
	next.stop()
	done = write(s, "three\n")
	eventually(t, "the console has the next", func() bool {
		b, _ := os.ReadFile(console)
		return string(b) == "one\ntwo\nthree\n"
	})
	listen(t, path).read()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A piece of a line that was lost with the queue is the beginning of a line
// again: no empty message comes of the newline of the line before.
func TestALostPieceIsNoLineUnderWay(t *testing.T) {
	path := socketPath(t)
	d := listen(t, path)
	s := newSink(path)
	if err := <-write(s, "\n"); err != nil {
		t.Fatal(err)
	}
	d.read()
	if again, err := s.Sync(); again != 0 || err != nil {
		t.Fatalf("Sync = %d, %v", again, err)
	}
	d.stop()
	d = listen(t, path)
	for s.syslog.FD() >= 0 {
		_, _ = s.syslog.Confirm()
	}
	if err := <-write(s, "piece"); err != nil {
		t.Fatal(err)
	}
	_ = d.conn.Close()
	if again, err := s.Sync(); again != len("piece") || err != nil {
		t.Fatalf("Sync = %d, %v", again, err)
	}
	if s.syslog.Line().Within {
		t.Error("the next line is taken for the rest of one that nobody has")
	}
}

// A name that begins with @ is one in the file system, as any other.
func TestSocketWithASign(t *testing.T) {
	t.Chdir(t.TempDir())
	d := listen(t, "./@name").read()
	s := newSink("@name")
	if err := <-write(s, "one\n"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has come", func() bool { return slices.Equal(d.texts(), []string{"one"}) })
	if _, err := os.Stat(filepath.Join(".", "@name")); err != nil {
		t.Error(err)
	}
	if again, err := s.Sync(); again != 0 || err != nil {
		t.Errorf("Sync = %d, %v", again, err)
	}
}
