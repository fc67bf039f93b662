package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/sinks"
)

// The count of what had to be left behind or dropped is told, with 125.
func TestF78WhatIsLeftBehindIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		end  string
		want string
	}{
		{nil, "TERM", "dlog: told to stop with 3 lines (15003 bytes) of input unwritten\n"},
		{[]string{"--on-error", "drop"}, "TERM", "dlog: 3 lines dropped: no space left on device\n"},
		{[]string{"--on-error", "drop"}, "EOF", "dlog: 3 lines dropped: no space left on device\n"},
		{[]string{"--on-error", "drop"}, "room, EOF", "dlog: 3 lines dropped: no space left on device\n"},
	} {
		p := newPipe(t)
		d := startOnDisk(t, p, c.args...)
		put(t, p, "before\n")
		eventually(t, "the first line is there", func() bool { return content(d.path("log")) == "before\n" })
		d.fill(t)
		put(t, p, strings.Repeat(strings.Repeat("x", 5000)+"\n", 3))
		d.waitSaid(t, "no space left on device")
		if len(c.args) > 0 {
			eventually(t, "all is taken", func() bool { return drained(t, p) })
		}
		want := "before\n"
		if strings.Contains(c.end, "room") {
			d.free(t)
			want += c.want
		}
		if strings.Contains(c.end, "EOF") {
			closeWrite(t, p)
		} else {
			d.signal(t, syscall.SIGTERM)
		}
		d.wantStatus(t, 125)
		if said := d.errors.String(); !strings.HasSuffix(said, c.want) {
			t.Errorf("%v, %s: it said %q", c.args, c.end, said)
		}
		// There may have been just enough room for the count.
		if got := content(d.path("log")); got != want && (len(c.args) == 0 || got != want+c.want) {
			t.Errorf("%v, %s: the log is %q", c.args, c.end, got)
		}
	}
}

// A line in pieces is dropped whole, and counts as one.
func TestF78LongLinesAreDroppedWhole(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"-t"}, {"-p", "> "}} {
		p := newPipe(t)
		d := startOnDisk(t, p, append([]string{"--on-error", "drop"}, args...)...)
		d.fill(t)
		put(t, p, strings.Repeat("x", 3<<20)+"\n"+strings.Repeat("y", 600<<10)+"\n")
		eventually(t, "all is taken", func() bool { return drained(t, p) })
		d.free(t)
		put(t, p, "after\n")
		eventually(t, "the next line is there", func() bool { return strings.HasSuffix(content(d.path("log")), "after\n") })
		d.term(t)
		got := content(d.path("log"))
		if strings.Contains(got, "xafter") || strings.Contains(got, "\nx") || strings.HasPrefix(got, "x") || strings.Count(got, "2 lines dropped") != 1 || strings.Count(got, "\n") != 2 {
			t.Errorf("%v: the log is %.200q", args, got)
		}
	}
}

// A line longer than a file may be is cut, with a newline, and fills no disk:
// security 23.
func TestALineLongerThanAFileIsCut(t *testing.T) {
	for _, size := range []int{1000, 1001, 5000, 70_000, 600_000} {
		for _, args := range [][]string{{"-b"}, {"-p", "> "}} {
			path := filepath.Join(t.TempDir(), "log")
			p := newPipe(t)
			d := startDlog(t, p, append(args, "-s", "1000", "-m", "0", path)...)
			input := "short\n" + strings.Repeat("x", size) + "\nafter\n"
			put(t, p, input)
			closeWrite(t, p)
			d.wantStatus(t, 0)
			for _, name := range append(rotatedFiles(t, path), path) {
				if text := content(name); len(text) > 1000 || !strings.HasSuffix(text, "\n") {
					t.Fatalf("%v, %d: a file has %d bytes and ends with %q", args, size, len(text), text[max(0, len(text)-3):])
				}
			}
			got := strings.ReplaceAll(everything(t, path), "> ", "")
			if strings.ReplaceAll(got, "\n", "") != strings.ReplaceAll(input, "\n", "") || strings.Contains(got, "\n\n") {
				t.Errorf("%v, %d: %d bytes became %d", args, size, len(input), len(got))
			}
		}
	}
}

// What has no name of its own is written, and never rotated.
func TestKernelLinksAreWritten(t *testing.T) {
	for _, name := range []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"} {
		dir := t.TempDir()
		file := func() *os.File {
			f, err := os.Create(dir + "/out")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			return f
		}
		p := newPipe(t)
		cmd := helper("dlog", name)
		cmd.Stdout = file()
		d := start(t, cmd, p)
		put(t, p, "one\n")
		eventually(t, "it is there", func() bool { return content(dir+"/out") == "one\n" })
		d.signal(t, syscall.SIGALRM)
		d.signal(t, syscall.SIGHUP)
		put(t, p, "two\n")
		eventually(t, "it is there", func() bool { return content(dir+"/out") == "one\ntwo\n" })
		d.term(t)
		for _, option := range []string{"-s200", "-T1"} {
			cmd := helper("dlog", option, name)
			cmd.Stdout = file()
			d := start(t, cmd, newPipe(t))
			d.wantStatus(t, 125)
			if !strings.Contains(d.errors.String(), "cannot rotate "+name) {
				t.Errorf("%s %s: it said %q", option, name, d.errors.String())
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("%s: %v", name, entries)
		}
	}
}

// An output that takes nothing for a while and then goes on loses no part of a
// line to TERM, whether it waits or not.
func TestTermAndAnOutputThatMovesSlowly(t *testing.T) {
	for _, kind := range []string{"FIFO", "nonblocking"} {
		fifo := filepath.Join(t.TempDir(), "fifo")
		if err := unix.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := os.OpenFile(fifo, os.O_RDWR|unix.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		p := newPipe(t)
		cmd := helper("dlog", fifo)
		if kind == "nonblocking" {
			w, err := os.OpenFile(fifo, os.O_WRONLY|unix.O_NONBLOCK, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			cmd = helper("dlog", "-i", "0")
			cmd.Stdout = w
		}
		d := start(t, cmd, p)
		line := func(i int) string { return fmt.Sprintf("%08d %s\n", i, strings.Repeat("x", 990)) }
		const count = 200
		for i := range count {
			put(t, p, line(i))
		}
		eventually(t, "it is full", func() bool {
			fds := []unix.PollFd{{Fd: int32(r.Fd()), Events: unix.POLLOUT}}
			n, _ := unix.Poll(fds, 0)
			return n == 0
		})
		d.signal(t, syscall.SIGTERM)
		var got strings.Builder
		buf := make([]byte, 64<<10)
		eventually(t, "it ends", func() bool {
			n, _ := unix.Read(int(r.Fd()), buf)
			got.Write(buf[:max(0, n)])
			select {
			case <-d.done:
				return n <= 0
			default:
				return false
			}
		})
		d.wantStatus(t, 0)
		// What was not written is in the pipe, from the beginning of a line.
		rest := make([]byte, 1<<20)
		in := duplicate(t, p.ReadEnd)
		n := 0
		if !drained(t, p) {
			n, _ = in.Read(rest)
		}
		all := got.String() + string(rest[:n])
		want := ""
		for i := range count {
			want += line(i)
		}
		if !strings.HasSuffix(got.String(), "\n") || all != want {
			t.Errorf("%s: %d bytes came and %d are left of %d", kind, got.Len(), n, len(want))
		}
	}
}

func TestNamesThatAreTooLong(t *testing.T) {
	for _, c := range []struct {
		size int
		args []string
		ok   bool
	}{
		{228, []string{"-s1k", "-z"}, true}, {229, []string{"-s1k", "-z"}, false}, {231, []string{"-s1k"}, true}, {232, []string{"-s1k"}, false},
		{255, nil, true},
	} {
		p := newPipe(t)
		d := startDlog(t, p, append(c.args, filepath.Join(t.TempDir(), strings.Repeat("n", c.size)))...)
		closeWrite(t, p)
		if ok := d.status(t) == 0; ok != c.ok {
			t.Errorf("%d bytes, %v: %v, %q", c.size, c.args, ok, d.errors.String())
		}
	}
}

func TestClosedStandardOutput(t *testing.T) {
	p := newPipe(t)
	d := start(t, exec.Command("sh", "-c", `exec "$0" >&-`, binary(t)), p)
	put(t, p, "kept\n")
	d.wantStatus(t, 125)
	if drained(t, p) || !strings.Contains(d.errors.String(), "standard output: it is closed") {
		t.Errorf("taken %v; it said %q", drained(t, p), d.errors.String())
	}
	// The null device is no closed one.
	p = newPipe(t)
	d = start(t, exec.Command("sh", "-c", `exec "$0" >/dev/null`, binary(t)), p)
	put(t, p, "gone\n")
	closeWrite(t, p)
	d.wantStatus(t, 0)
}

// sinkFor opens what o says, outside of any process.
func sinkFor(t *testing.T, o *options) *sink {
	t.Helper()
	p := &sinks.Program{Name: program, Stdout: io.Discard, Messages: io.Discard, Signals: sinks.NewSignals()}
	s, err := o.open(p, o.format(), o.logfile())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.file.Close(closed()) })
	return s
}

// A file that ends within a line and is old enough has nobody wait for anything.
func TestF81UnfinishedLineAndItsTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("whole\nhalf"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := sinkFor(t, &options{file: path, maxTime: time.Nanosecond})
	if due := s.Due(); due >= 0 {
		t.Errorf("due in %v, and nothing can be done", due)
	}
	if _, err := s.Write([]byte("next\n")); err != nil {
		t.Fatal(err)
	}
	if due := s.Due(); due < 0 {
		t.Errorf("due in %v", due)
	}
	if got := everything(t, path); got != "whole\nhalf\nnext\n" {
		t.Errorf("the log is %q", got)
	}
}
