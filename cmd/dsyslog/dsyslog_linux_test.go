package main

import (
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"dmon/internal/sinks"
	"dmon/logpipe"
)

func TestMessages(t *testing.T) {
	path := socketPath(t)
	d := listen(t, path).read()
	cases := []struct {
		args  []string
		input string
		want  []string
		form  string
	}{
		{nil, "a\n\nb\nlast", []string{"a", "", "b", "last"}, `<14>... .. ..:..:.. name: `},
		{[]string{"-e"}, "\n\na\n\n\nb\n\n", []string{"a", "b"}, `<14>`},
		{[]string{"-p", "ERR", "-f", "Local3"}, "x\n", []string{"x"}, `<155>`},
		{[]string{"-p", "local3.Err"}, "x\n", []string{"x"}, `<155>`},
		{[]string{"-p", "mail.info", "-f", "mail"}, "x\n", []string{"x"}, `<22>`},
		{[]string{"-f", "kern", "-p", "emerg"}, "x\n", []string{"x"}, `<8>`}, // as logger and syslog(3)
		{[]string{"--prefix-priority", "-f", "mail"}, "<3>x\ny\n<8>z\n<0>\n", []string{"x", "y", "<8>z", ""}, `<1[69]|<22`},
		{[]string{"--prefix-priority", "-e"}, "\n<3>\n\n<4>\n<3>x\n", []string{"x"}, `<11>`},
		{[]string{"--max-line", "60"}, strings.Repeat("é", 30) + "\n", []string{strings.Repeat("é", 17), strings.Repeat("é", 13)}, `^.{39,43}$`},
		{[]string{"--pid"}, "x\n", []string{"x"}, `name\[[0-9]+\]: `},
		{nil, "\x00nul\x01\x1b[0m\xff\r\n", []string{"\x00nul\x01\x1b[0m\xff\r"}, `name`},
		{nil, "", nil, ``},
	}
	for _, c := range cases {
		before := len(d.texts())
		p := newPipe(t)
		run := startDsyslog(t, p, append(append([]string{"--socket", path}, c.args...), "name")...)
		put(t, p, c.input)
		closeWrite(t, p)
		run.wantStatus(t, 0)
		// The end of dsyslog means that everything was read.
		eventually(t, "all is on record", func() bool { return len(d.texts()) == before+len(c.want) })
		if got := d.texts()[before:]; !slices.Equal(got, c.want) {
			t.Errorf("%q of %q: %q, want %q", c.args, c.input, got, c.want)
		}
		for _, raw := range d.raw[before:] {
			if !regexp.MustCompile(c.form).MatchString(raw) {
				t.Errorf("%q sent %q, want %s", c.args, raw, c.form)
			}
		}
		if said := run.errors.String(); said != "" {
			t.Errorf("it said %q", said)
		}
	}
}

func TestF50AbsentAtStart(t *testing.T) {
	path := socketPath(t)
	p := newPipe(t)
	run := startDsyslog(t, p, "--socket", path, "name")
	put(t, p, "line 000000\nline 000001\n")
	eventually(t, "it complains", func() bool { return strings.Contains(run.errors.String(), "trying again") })
	d := listen(t, path).read()
	put(t, p, "line 000002\n")
	closeWrite(t, p)
	run.wantStatus(t, 0)
	if n := checkNumbered(t, d.texts(), 3); n > 0 {
		t.Errorf("%d lines came twice", n)
	}
	want := "dsyslog: cannot reach syslog at " + path + ": no such file or directory; trying again\ndsyslog: syslog works again\n"
	if run.errors.String() != want {
		t.Errorf("it said %q, want %q", run.errors.String(), want)
	}
}

func TestF50KilledAndRestarted(t *testing.T) {
	path := socketPath(t)
	p := newPipe(t)
	run := startDsyslog(t, p, "--socket", path, "name")
	const count = 30_000
	fed := feed(t, p, count)
	var texts []string
	for fedAll := false; !fedAll; {
		d := listen(t, path).read()
		select {
		case <-fed:
			fedAll = true
		default:
			eventually(t, "some lines arrive", func() bool { return len(d.texts()) > 1000 || isClosed(fed) })
		}
		d.stop()
		texts = append(texts, d.texts()...)
	}
	last := listen(t, path).read()
	closeWrite(t, p)
	run.wantStatus(t, 0)
	last.stop()
	t.Logf("%d lines came twice", checkNumbered(t, append(texts, last.texts()...), count))
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestF50StoppedDaemonHoldsBackAndTermStillWorks(t *testing.T) {
	path := socketPath(t)
	p := newPipe(t)
	d := listen(t, path) // nobody reads
	run := startDsyslog(t, p, "--socket", path, "name")
	const count = 5000
	<-feed(t, p, count)
	eventually(t, "the first message is there", func() bool { return d.waiting(t) > 0 })
	eventually(t, "the queue is full", func() bool {
		return errors.Is(logpipe.NewSyslog(path, "probe", 0, 0).Say(logpipe.SeverityInfo, "full?"), logpipe.ErrFull)
	})
	run.signal(t, syscall.SIGTERM)
	run.wantStatus(t, 0)
	d.read()
	// Everything that was not read is still in the pipe for the next one.
	next := startDsyslog(t, p, "--socket", path, "name")
	closeWrite(t, p)
	next.wantStatus(t, 0)
	texts := slices.DeleteFunc(d.texts(), func(s string) bool { return s == "full?" })
	checkNumbered(t, texts, count)
}

func TestALostQueueIsCountedWithTheEmptyLinesBetween(t *testing.T) {
	path := socketPath(t)
	d := listen(t, path)
	program := &sinks.Program{Name: "dsyslog", Messages: io.Discard, Signals: sinks.NewSignals()}
	s := &sink{syslog: logpipe.NewSyslog(path, "name", 0, 0), program: program}
	s.syslog.SkipEmpty = true
	input := []byte("\n\n\na\n\n\nb\n\n")
	if n, err := s.Write(input); n != len(input) || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	_ = d.conn.Close()
	if again, err := s.Sync(); again != len(input) || err != nil {
		t.Errorf("Sync = %d, %v; all %d bytes have to be sent again", again, err, len(input))
	}
}

func TestTermWhileTheDaemonReadsIsNotForgotten(t *testing.T) {
	path := socketPath(t)
	d := listen(t, path)
	program := &sinks.Program{Name: "dsyslog", Messages: io.Discard, Signals: sinks.NewSignals()}
	s := &sink{syslog: logpipe.NewSyslog(path, "name", 0, 0), program: program}
	if n, err := s.Write([]byte("one\n")); n != 4 || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	program.Signals.Ask(sinks.Term)
	wake, err := program.Signals.FD()
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		again int
		err   error
	}
	done := make(chan result, 1)
	go func() {
		again, err := s.Sync()
		done <- result{again, err}
	}()
	eventually(t, "the signal was seen", func() bool {
		n, _ := unix.IoctlGetInt(wake, unix.TIOCINQ)
		return n == 0
	})
	d.read()
	if r := <-done; r.again != 0 || r.err != logpipe.ErrStop {
		t.Errorf("Sync = %d, %v; want 0 and the request to stop", r.again, r.err)
	}
}

func TestConsoleGetsWhatCannotBeDelivered(t *testing.T) {
	console := socketPath(t)
	if err := os.WriteFile(console, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	program := &sinks.Program{Name: "dsyslog", Messages: io.Discard, Signals: sinks.NewSignals()}
	path := socketPath(t)
	s := &sink{syslog: logpipe.NewSyslog(path, "name", 0, 0), program: program, console: console}
	done := make(chan error, 1)
	go func() {
		_, err := s.Write([]byte("one\ntwo\n"))
		done <- err
	}()
	eventually(t, "the console has it", func() bool {
		b, _ := os.ReadFile(console)
		return string(b) == "one\ntwo\n"
	})
	d := listen(t, path).read()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is delivered as well", func() bool { return slices.Equal(d.texts(), []string{"one", "two"}) })
	if b, _ := os.ReadFile(console); string(b) != "one\ntwo\n" {
		t.Errorf("the console has %q", b)
	}
}
