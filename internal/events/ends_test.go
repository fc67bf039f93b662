package events

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dmon/supervise"
)

func long(n, size int) supervise.Event {
	return supervise.Event{Time: noon, Kind: supervise.Failed, Run: n, Err: errors.New(strings.Repeat("é\n", size/3))}
}

// TestF90LongLines: a line that a pipe would take in pieces is cut so that it is
// taken whole, whoever else writes there.
func TestF90LongLines(t *testing.T) {
	path := fifo(t)
	r := openReader(t, path)
	a, b := open(t, path, true), open(t, path, true)
	got := ""
	for n := 1; n <= 60; n++ {
		a.Write(long(n, 100000))
		b.Write(event(n))
		if n%10 == 0 {
			got += r.read(5000)
		}
	}
	got += r.read(everything)
	a.Write(event(61))
	b.Write(event(61))
	got += r.read(everything)
	events := 0
	for line := range strings.Lines(got) {
		events += countOf(t, line)
	}
	if events != 2*61 {
		t.Errorf("of %d events %d came or were counted", 2*61, events)
	}
	// A file takes it as it is.
	file := filepath.Join(t.TempDir(), "events")
	open(t, file, true).Write(long(1, 100000))
	if text, _ := os.ReadFile(file); len(text) < 100000 {
		t.Errorf("in a file it has %d bytes", len(text))
	}
}

// countOf is how many events a line of JSON tells of, which must be whole.
func countOf(t *testing.T, line string) int {
	t.Helper()
	r := parse(t, line)
	if r.Event == "dropped" {
		return r.Count
	}
	return 1
}

// TestF90HalfRead: what a reader leaves in a FIFO when he goes is counted, and the
// next one begins with a whole line.
func TestF90HalfRead(t *testing.T) {
	path := fifo(t)
	r := openReader(t, path)
	s := open(t, path, false)
	for n := 1; n <= 5; n++ {
		s.Write(event(n))
	}
	if got := r.read(17); got != "cmd start 1\ncmd s" {
		t.Fatalf("%q", got)
	}
	r.close()
	s.Write(event(6))
	r = openReader(t, path)
	s.Write(event(7))
	if got := r.read(everything); got != "dmon dropped 5\ncmd start 7\n" {
		t.Errorf("%q", got)
	}
}

// A cause that is cut is cut between two letters.
func TestF90CutBetweenLetters(t *testing.T) {
	for text, want := range map[string]string{"abc": "abc", "abcd": "abc...", "ab\u00e9": "ab...", "a\u20ac": "a...", "\U0001f600": "..."} {
		if got := cut(text, 3); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// TestF90RestOfALine: a line that a socket takes in part goes on where it was,
// also when other events come meanwhile, which are counted.
func TestF90RestOfALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := open(t, path, true)
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.Write(event(1))
	s.Write(long(2, 4<<20)) // more than a socket holds
	if len(s.rest) == 0 {
		t.Fatal("it was not taken in part")
	}
	s.Write(event(3))
	s.Write(event(4))
	text := make(chan string)
	go func() {
		var all []byte
		b := make([]byte, 1<<16)
		for {
			n, err := conn.Read(b)
			if all = append(all, b[:n]...); err != nil {
				text <- string(all)
				return
			}
		}
	}()
	for n := 5; len(s.rest) > 0 || s.dropped > 0; n++ {
		s.Write(event(n))
	}
	s.Close()
	got := strings.SplitAfter(<-text, "\n")
	if len(got) != 5 { // and "" after the last
		t.Fatalf("%d lines", len(got))
	}
	for i, want := range []string{"start", "fail", "dropped", "start"} {
		if r := parse(t, got[i]); r.Event != want || want == "fail" && len(r.Cause) < 3<<20 {
			t.Errorf("line %d is of %s, %d bytes", i, r.Event, len(got[i]))
		}
	}
}

// TestF90FullDisk: a disk that is full is waited for, and not opened again.
func TestF90FullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		return // another system
	}
	s := open(t, "/dev/full", false)
	fd := s.fd
	s.Write(event(1))
	s.Write(event(2))
	if s.fd != fd || s.dropped != 2 {
		t.Errorf("descriptor %d was %d, %d are counted", s.fd, fd, s.dropped)
	}
}

// TestF90HalfALine: whatever is in the way in the file, one's own lines are whole.
func TestF90HalfALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	write := func(text string) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	write("half of a")
	s := open(t, path, false)
	s.Write(event(1))
	write("half of another")
	s.Write(event(2))
	text, _ := os.ReadFile(path)
	if want := "half of a\ncmd start 1\nhalf of another\ncmd start 2\n"; string(text) != want {
		t.Errorf("%q, not %q", text, want)
	}
}

// TestF90Close tells at the end what was dropped, and keeps no half of a line
// for whoever is next.
func TestF90Close(t *testing.T) {
	path := fifo(t)
	s := open(t, path, false)
	s.Write(event(1))
	r := openReader(t, path)
	s.Write(event(2))
	s.dropped = 3
	s.Close()
	if got := r.read(everything); got != "dmon dropped 1\ncmd start 2\ndmon dropped 3\n" {
		t.Errorf("%q", got)
	}
	s.Write(event(3))
	s.rest, s.stands = []byte("half\n"), 2
	r.read(everything)
	s.shut()
	s.Write(event(4))
	if got := r.read(everything); got != "dmon dropped 2\ncmd start 4\n" {
		t.Errorf("%q", got)
	}
}

// A line that was begun is ended before anything else is told, also at the end.
func TestF90CloseInALine(t *testing.T) {
	path := fifo(t)
	r := openReader(t, path)
	s := open(t, path, false)
	s.Write(event(1))
	s.rest, s.stands, s.dropped = []byte("half\n"), 1, 3
	s.Close()
	if got := r.read(everything); got != "cmd start 1\nhalf\ndmon dropped 3\n" {
		t.Errorf("%q", got)
	}
}

// What tells of those that were dropped may itself be taken in part. Here the limit
// of a file's size does that, elsewhere a reader.
func TestF90LostInTwo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "taken")
	s := open(t, fifo(t), false)
	var err error
	if s.fd, err = syscall.Open(path, syscall.O_WRONLY|syscall.O_APPEND|syscall.O_CREAT, 0o600); err != nil {
		t.Fatal(err)
	}
	s.dropped = 3
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 5, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	s.Write(event(1))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	s.Write(event(2))
	text, _ := os.ReadFile(path)
	if want := "dmon dropped 3\ndmon dropped 1\ncmd start 2\n"; string(text) != want {
		t.Errorf("%q, not %q", text, want)
	}
}

// What is in another FIFO, which has come in the place of ours, is its readers'.
func TestUnreadOfAnotherFifo(t *testing.T) {
	path := fifo(t)
	r := openReader(t, path)
	s := open(t, path, false)
	s.Write(event(1))
	other := fifo(t)
	theirs := openReader(t, other)
	w, err := os.OpenFile(other, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.WriteString("theirs\n"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	r.close()
	s.Write(event(2))
	if got := theirs.read(7); got != "theirs\n" {
		t.Errorf("%q is left", got)
	}
}

// A socket whose queue of callers is full is one that nobody reads just now.
func TestBusySocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		open(t, path, false).Write(event(1))
	}
}

// TestF57EventsPlanted: links, files of several names and devices that somebody
// may have put there are left alone, at the start and when a reader is looked for.
func TestF57EventsPlanted(t *testing.T) {
	dir := t.TempDir()
	his := filepath.Join(dir, "his")
	if err := errors.Join(os.Mkdir(his, 0o755), os.WriteFile(dir+"/secret", []byte("x\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	root := os.Geteuid() == 0
	if root {
		if err := os.Chown(his, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(his, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, plant := range map[string]func(string) error{
		"link": func(p string) error {
			err := os.Symlink(dir+"/secret", p)
			if root {
				err = errors.Join(err, os.Lchown(p, 65534, 65534))
			}
			return err
		},
		"hard": func(p string) error { return os.Link(dir+"/secret", p) },
	} {
		if name == "link" && !root {
			continue // to himself nobody is a stranger
		}
		path := his + "/" + name
		if err := plant(path); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(path, Options{}); err == nil {
			t.Errorf("a %s was opened: %v", name, s)
		}
		if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644)); err != nil {
			t.Fatal(err)
		}
		s := open(t, path, false)
		if err := errors.Join(os.Remove(path), plant(path)); err != nil {
			t.Fatal(err)
		}
		s.Write(event(1))
		if s.fd >= 0 || s.file != nil || s.dropped != 1 {
			t.Errorf("a %s was opened later", name)
		}
	}
	if text, _ := os.ReadFile(dir + "/secret"); string(text) != "x\n" {
		t.Errorf("the file holds %q", text)
	}
	// Our own link leads where we like.
	if err := os.Symlink("secret", dir+"/mine"); err != nil {
		t.Fatal(err)
	}
	open(t, dir+"/mine", false).Write(event(1))
	if text, _ := os.ReadFile(dir + "/secret"); string(text) != "x\ncmd start 1\n" {
		t.Errorf("the file holds %q", text)
	}
}
