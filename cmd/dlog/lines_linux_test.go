package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// through runs dlog over input to the end and returns what it wrote to a file
// that held before.
func through(t *testing.T, before, input string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	if before != "" {
		if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := newPipe(t)
	d := startDlog(t, p, append(args, path)...)
	put(t, p, input)
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if said := d.errors.String(); said != "" {
		t.Errorf("it said %q", said)
	}
	return content(path)
}

func TestLines(t *testing.T) {
	cases := []struct {
		name   string
		before string
		input  string
		args   []string
		want   string // a regular expression
	}{
		{"plain", "", "a\n\nb\n", nil, `a\n\nb\n`},
		{"newline added at the end", "", "a\nb", nil, `a\nb\n`},
		{"nothing", "", "", nil, ``},
		{"appends", "old\n", "new\n", nil, `old\nnew\n`},
		{"a file that ends within a line gets a newline", "old", "new\n", nil, `old\nnew\n`},
		{"also if nothing follows", "old", "", nil, `old\n`},
		{"skip empty", "", "\n\na\n\n\nb\n\n", []string{"-e"}, `a\nb\n`},
		{"buffered", "", "a\n", []string{"-b"}, `a\n`},
		{"prefix", "", "a\n\n", []string{"-p", "x: "}, `x: a\nx: \n`},
		{"timestamp", "", "a\nb", []string{"-t"}, `(\d{4}-\d\d-\d\d/\d\d:\d\d:\d\d [ab]\n){2}`},
		{"prefix after timestamp", "", "a\n", []string{"-t", "-p", "x "}, `\d{4}-\d\d-\d\d/\d\d:\d\d:\d\d x a\n`},
		{"iso", "", "a\n", []string{"-t", "--time-format", "iso"}, `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z a\n`},
		{"tai64n alone", "", "a\n", []string{"--time-format=TAI64N"}, `@4[0-9a-f]{23} a\n`},
		{"unix", "", "a\n", []string{"--time-format", "unix"}, `\d{10}\.\d{6} a\n`},
		{"local", "", "a\n", []string{"--time-format", "local"}, `\d{4}-\d\d-\d\d/\d\d:\d\d:\d\d a\n`},
		{"any bytes", "", "\x00\xff\r\n\r\x1b[0m\n", nil, "\x00\\xff\\r\\n\\r\x1b\\[0m\\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := through(t, c.before, c.input, c.args...)
			if c.name == "any bytes" {
				if got != c.input {
					t.Errorf("got %q, want %q", got, c.input)
				}
				return
			}
			if !regexp.MustCompile(`\A` + c.want + `\z`).MatchString(got) {
				t.Errorf("got %q, want %s", got, c.want)
			}
		})
	}
}

func TestF45EveryByteIsKept(t *testing.T) {
	input := strings.Repeat("0123456789abcdef", 10<<20/16) + "\nshort\n" +
		strings.Repeat("\x00\xff", 1<<20) + "\r\n\n\nend without newline"
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := start(t, exec.Command(binary(t), "-s", "11m", "-m", "0", path), p)
	put(t, p, input)
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if got := everything(t, path); got != input+"\n" {
		t.Errorf("%d bytes came out as %d", len(input), len(got))
	}
	// No line is divided between two files, however long.
	for _, name := range rotatedFiles(t, path) {
		if !strings.HasSuffix(content(name), "\n") {
			t.Errorf("%s ends within a line", name)
		}
	}
}

func TestStandardOutput(t *testing.T) {
	p := newPipe(t)
	d := startDlog(t, p, "-p", "> ")
	put(t, p, "a\nb")
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if got := d.out.String(); got != "> a\n> b\n" {
		t.Errorf("standard output is %q", got)
	}
}

func TestInputDescriptor(t *testing.T) {
	p, other := newPipe(t), newPipe(t)
	path := filepath.Join(t.TempDir(), "log")
	cmd := helper("dlog", "-i", "3", path)
	cmd.ExtraFiles = []*os.File{duplicate(t, other.ReadEnd)}
	d := start(t, cmd, p)
	put(t, other, "through 3\n")
	waitContent(t, path, "through 3\n")
	d.term(t)
}

func TestALineIsThereAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := startDlog(t, p, path)
	put(t, p, "first\nsec")
	waitContent(t, path, "first\n")
	put(t, p, "ond\n")
	waitContent(t, path, "first\nsecond\n")
	put(t, p, "unfinished")
	d.term(t)
	if got := content(path); got != "first\nsecond\n" {
		t.Errorf("the file holds %q", got)
	}
	// What was not a line yet is the successor's.
	d = startDlog(t, p, path)
	put(t, p, " line\n")
	waitContent(t, path, "first\nsecond\nunfinished line\n")
	d.term(t)
}

func TestTermWhileNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	p, stuck := newPipe(t), newPipe(t)
	cmd := helper("dlog", "-i", "0")
	cmd.Stdout = duplicate(t, stuck.WriteEnd)
	d := start(t, cmd, p)
	input := strings.Repeat("x", 1<<20) + "\n"
	fed := make(chan error, 1)
	go func() { fed <- write(p, input+input+input) }()
	// The reader of standard output sleeps; wait until dlog is stuck.
	eventually(t, "the output is full", func() bool { return stuck.Say("full?") != nil })
	d.signal(t, syscall.SIGTERM)
	d.signal(t, syscall.SIGTERM)
	d.wantStatus(t, 125)
	if said := d.errors.String(); !strings.Contains(said, "dlog: cannot finish: the output does not move\n") {
		t.Errorf("it said %q", said)
	}
	// Take the rest out of the way of the feeder.
	rest := duplicate(t, p.ReadEnd)
	go func() { _, _ = io.Copy(io.Discard, rest) }()
	if err := <-fed; err != nil {
		t.Error(err)
	}
}

// A predecessor was killed while it wrote a long line, which is still in the
// pipe: the line is completed, not cut, and comes again.
func TestALongLineThatWasBegunIsCompleted(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, 70_000, 700_000} {
		long := "0000000001 " + strings.Repeat("x", size) + "\n"
		for _, stamp := range []string{"", "2026-11-20/16:27:33 "} {
			path := filepath.Join(t.TempDir(), "log")
			begun := stamp + "before\n" + stamp + long[:len(long)/2]
			if err := os.WriteFile(path, []byte(begun), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{path}
			if stamp != "" {
				args = []string{"-t", path}
			}
			p := newPipe(t)
			d := startDlog(t, p, args...)
			put(t, p, long)
			closeWrite(t, p)
			d.wantStatus(t, 0)
			got := content(path)
			if want := stamp + "before\n" + stamp + long; !strings.HasPrefix(got, want) ||
				strings.Count(got, "\n") != 3 || !strings.HasSuffix(got, long) {
				t.Errorf("%d bytes became %d, %d lines", len(begun), len(got), strings.Count(got, "\n"))
			}
		}
	}
}
