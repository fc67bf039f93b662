package events

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func openWith(t *testing.T, path string, o Options) *Stream {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// files are those of path, old ones first, the one in use last.
func files(t *testing.T, path string) []string {
	t.Helper()
	old, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(old)
	return append(old, path)
}

// linesOf are all lines of all files, which must be whole, and none of the files
// larger than most.
func linesOf(t *testing.T, path string, most int) (lines []string) {
	t.Helper()
	for _, name := range files(t, path) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > most {
			t.Errorf("%s has %d bytes", name, len(text))
		}
		if len(text) > 0 && text[len(text)-1] != '\n' {
			t.Errorf("%s ends with half a line", name)
		}
		lines = append(lines, slices.Collect(strings.Lines(string(text)))...)
	}
	return lines
}

// series checks that the lines tell of all events of each pid, in order, from
// the first that is there to last.
func series(t *testing.T, lines []string, last uint64) {
	t.Helper()
	seen := map[int]uint64{}
	for _, line := range lines {
		r := parse(t, line)
		if before, ok := seen[r.Pid]; ok && r.Seq != before+1 {
			t.Errorf("pid %d: %d comes after %d", r.Pid, r.Seq, before)
		}
		seen[r.Pid] = r.Seq
	}
	for pid, n := range seen {
		if n != last {
			t.Errorf("pid %d: the last is %d", pid, n)
		}
	}
}

func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	s := openWith(t, path, Options{JSON: true, MaxSize: 2000, Files: 3})
	for range 500 {
		s.Write(event(1))
	}
	if n := len(files(t, path)); n != 4 {
		t.Errorf("%d files", n)
	}
	lines := linesOf(t, path, 2000)
	if len(lines) < 3*10 {
		t.Errorf("%d lines", len(lines))
	}
	series(t, lines, 500)
	// A line that is longer than a file may be has one of its own, whole.
	longer := long(1, 5000)
	longer.Pid = 1
	s.Write(longer)
	s.Write(event(1))
	series(t, linesOf(t, path, 20000), 502)
	if text, _ := os.ReadFile(path); strings.Count(string(text), "\n") != 1 {
		t.Errorf("behind a long line %q", text)
	}
}

// Several that share the file rotate it together, whoever gets there first.
func TestF75RotationShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	const streams, each = 4, 400
	done := make(chan bool)
	for pid := 1; pid <= streams; pid++ {
		s := openWith(t, path, Options{JSON: true, MaxSize: 3000, Trouble: func(err error) { t.Error(err) }})
		go func() {
			for range each {
				s.Write(event(pid))
			}
			done <- s.dropped == 0
		}()
	}
	for range streams {
		if !<-done {
			t.Error("something was dropped")
		}
	}
	// Who did not get the lock in time writes without it, and then a line too many.
	lines := linesOf(t, path, 3000+(streams-1)*200)
	if len(lines) != streams*each {
		t.Errorf("%d lines", len(lines))
	}
	series(t, lines, each)
}

// TestF76OthersRotate: what others do to the name is noticed before the next line.
func TestF76OthersRotate(t *testing.T) {
	for name, rotate := range map[string]func(path string) error{
		"rename":         func(p string) error { return os.Rename(p, p+".1") },
		"rename, create": func(p string) error { return errors.Join(os.Rename(p, p+".1"), os.WriteFile(p, nil, 0o600)) },
		"truncate":       func(p string) error { return os.Truncate(p, 0) },
		"remove":         os.Remove,
	} {
		for _, size := range []int64{0, 1 << 20} {
			path := filepath.Join(t.TempDir(), "events")
			s := openWith(t, path, Options{MaxSize: size, Trouble: func(err error) { t.Error(err) }})
			s.Write(event(1))
			if err := rotate(path); err != nil {
				t.Fatal(err)
			}
			s.Write(event(2))
			s.Write(event(3))
			if text, _ := os.ReadFile(path); string(text) != "cmd start 2\ncmd start 3\n" {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

// A directory that goes is told once, and what had no place is counted. One
// that was renamed still has the file.
func TestF76DirectoryGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	path := dir + "/events"
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	told := 0
	s := openWith(t, path, Options{Trouble: func(error) { told++ }})
	s.Write(event(1))
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	s.Write(event(2))
	if text, _ := os.ReadFile(dir + ".away/events"); string(text) != "cmd start 1\ncmd start 2\n" {
		t.Errorf("renamed: %q", text)
	}
	if err := os.RemoveAll(dir + ".away"); err != nil {
		t.Fatal(err)
	}
	// That it is gone for good is found out with the next attempt.
	for deadline := time.Now().Add(30 * time.Second); s.dropped < 2; {
		if s.Write(event(3)); time.Now().After(deadline) {
			t.Fatal("it is written to still")
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); s.dropped > 0; {
		if s.Write(event(4)); time.Now().After(deadline) {
			t.Fatal("it is not opened again")
		}
	}
	if text, _ := os.ReadFile(path); !strings.HasPrefix(string(text), "dmon dropped ") || !strings.HasSuffix(string(text), "\ncmd start 4\n") {
		t.Errorf("back: %q", text)
	}
}

// What is no file of its own name is not rotated, and said so at the start.
func TestRotationRefused(t *testing.T) {
	for _, path := range []string{fifo(t), "/dev/null", "/dev/stdout"} {
		if s, err := Open(path, Options{MaxSize: 1}); err == nil {
			s.Close()
			t.Errorf("%s can be rotated", path)
		}
	}
}

// TestF59LockOnEvents: whoever holds a lock on the file keeps nobody waiting for
// long, and nothing is lost by it.
func TestF59LockOnEvents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	s := openWith(t, path, Options{JSON: true, MaxSize: 2000})
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for range 200 {
		s.Write(event(1))
	}
	if d := time.Since(begun); d > 3*time.Second {
		t.Errorf("200 events took %v", d)
	}
	lines := linesOf(t, path, 2000)
	if len(lines) != 200 {
		t.Errorf("%d lines", len(lines))
	}
	series(t, lines, 200)
}
