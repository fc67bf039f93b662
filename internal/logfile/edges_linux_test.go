package logfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

func rotatedOf(t *testing.T, path string) []string {
	t.Helper()
	names, err := filepath.Glob(path + ".*")
	must(t, err)
	return names
}

// A name comes once, also when its file is gone and the clock stands still.
func TestF49ANameIsNotUsedAgain(t *testing.T) {
	d, dir := stage(t)
	n, now := &names{}, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	last := ""
	for range 3 {
		create(t, dir+"/log", "x\n", 0o600)
		name, err := n.moveAway(d, "log", now, System())
		if err != nil || name <= last {
			t.Fatalf("%q came after %q, %v", name, last, err)
		}
		must(t, os.Remove(dir+"/"+name))
		last = name
	}
}

func TestOldAtItsTime(t *testing.T) {
	now := time.Now()
	f := &File{o: Options{MaxTime: time.Hour}, opened: &opened{named: true}, at: position{size: 1}, since: now}
	for age, want := range map[time.Duration]bool{time.Hour - 1: false, time.Hour: true, time.Hour + 1: true} {
		at := now.Add(age)
		if got := f.old(at); got != want || (f.Due(at) == 0) != want {
			t.Errorf("after %v: %v, due in %v", age, got, f.Due(at))
		}
	}
}

// The age of a file is that of its first line, however long it was empty.
func TestAgeBeginsWithTheFirstLine(t *testing.T) {
	path := t.TempDir() + "/log"
	f := open(t, path, Options{MaxTime: time.Hour})
	f.since = f.since.Add(-2 * time.Hour)
	for range 2 {
		_, err := f.Write([]byte("x\n"))
		must(t, err)
	}
	if text := contents(t, path); text != "x\nx\n" || len(rotatedOf(t, path)) != 0 {
		t.Errorf("%q in %v and %s", text, rotatedOf(t, path), path)
	}
}

// A newline that nobody asked for is not counted among what has to come again.
func TestUndoAfterACut(t *testing.T) {
	c := System()
	c.Rename = func(*place.Dir, string, string) error { return unix.EACCES } // it stays one file
	path := t.TempDir() + "/log"
	f := open(t, path, Options{MaxSize: 10, Durable: true, Retry: time.Hour, Calls: c})
	line := []byte(strings.Repeat("x", 25))
	n, err := f.Write(line)
	if again := f.Undo(); n != len(line) || err != nil || again != len(line) {
		t.Errorf("%d bytes were written, %v, and %d have to come again", n, err, again)
	}
	if text := contents(t, path); text != "" {
		t.Errorf("%q is in it still", text)
	}
}

// A name that leads to the file again is good news, once.
func TestANameThatComesBackIsToldOnce(t *testing.T) {
	dir := t.TempDir() + "/sub"
	must(t, os.Mkdir(dir, 0o755))
	var told []string
	f := open(t, dir+"/log", Options{Retry: time.Hour, Tell: func(about string, err error) {
		if err == nil {
			about = "good " + about
		}
		told = append(told, about)
	}})
	write := func() {
		t.Helper()
		_, err := f.Write([]byte("x\n"))
		must(t, err)
	}
	write()
	must(t, os.Rename(dir, dir+".away"))
	write()
	must(t, os.Rename(dir+".away", dir))
	f.adrift = f.adrift.Add(-time.Hour)
	told = nil
	for range 3 {
		write()
	}
	if got := strings.Join(told, ", "); got != "good opening" {
		t.Errorf("told %q", got)
	}
}

// A file that no new one can follow has its name still, so that nobody takes it
// for an old one.
func TestRotationTakenBack(t *testing.T) {
	c, full := System(), false
	sound := c.Open
	c.Open = func(d *place.Dir, name string, flags int, mode uint32) (int, place.Info, error) {
		if full {
			return -1, place.Info{}, unix.ENFILE
		}
		return sound(d, name, flags, mode)
	}
	path := t.TempDir() + "/log"
	f := open(t, path, Options{MaxSize: 100, Calls: c})
	_, err := f.Write([]byte("x\n"))
	must(t, err)
	full = true
	f.Rotate()
	f.Attend(time.Now())
	if text, err := os.ReadFile(path); err != nil || string(text) != "x\n" || len(rotatedOf(t, path)) != 0 {
		t.Errorf("%q, %v, and %v", text, err, rotatedOf(t, path))
	}
	full = false
	f.Rotate()
	f.Attend(time.Now())
	if len(rotatedOf(t, path)) != 1 {
		t.Error("it was not rotated later")
	}
}

// What others, who know no lock, have written behind a line of ours that was begun
// is not taken off with it.
func TestF83UndoBehindOthers(t *testing.T) {
	path := t.TempDir() + "/log"
	f := open(t, path, Options{Durable: true})
	_, err := f.Write([]byte("part"))
	must(t, err)
	other, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	defer other.Close()
	_, err = other.WriteString(" of theirs\n")
	must(t, err)
	if again := f.Undo(); again != 4 {
		t.Errorf("%d bytes have to come again", again)
	}
	if text := contents(t, path); !strings.Contains(text, "of theirs\n") {
		t.Errorf("what is there now: %q", text)
	}
}

func TestPauseOfSweeps(t *testing.T) {
	k := &keeper{}
	var pauses []time.Duration
	for range 12 {
		pauses = append(pauses, k.again())
	}
	if pauses[0] != sweepFirst || pauses[1] != 2*sweepFirst || pauses[11] != sweepLast {
		t.Errorf("%v", pauses)
	}
}
