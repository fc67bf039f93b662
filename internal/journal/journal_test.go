package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(path, "dmon[7]: ")
	if err != nil {
		t.Fatal(err)
	}
	f.now = func() time.Time { return time.Date(2026, 11, 25, 20, 45, 0, 5000, time.UTC) }
	return f
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func say(t *testing.T, f *File, text string) {
	t.Helper()
	if err := f.Say(text); err != nil {
		t.Fatalf("%.40s: %v", text, err)
	}
}

const stamp = "2026-11-25 20:45:00.000005 +0000 dmon[7]: "

// A line has its time, and goes into whatever file has the name by then.
func TestSay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "messages")
	f := open(t, path)
	say(t, f, "one")
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	say(t, f, "two")
	if got := read(t, path+".old") + read(t, path); got != stamp+"one\n"+stamp+"two\n" {
		t.Errorf("%q", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	say(t, f, strings.Repeat("é", maxLine))
	if got := read(t, path); got != stamp+strings.Repeat("é", maxLine/2)+"...\n" {
		t.Errorf("a long line has %d bytes", len(got))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o133 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Three files, and none is larger than maxSize: also with two processes at one.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "messages")
	a, b := open(t, path), open(t, path)
	text := strings.Repeat("x", 5000)
	for i := range 1000 {
		say(t, []*File{a, b}[i%2], fmt.Sprintf("%d %s", i, text))
	}
	sum, last := int64(0), 1000
	for _, name := range []string{"messages", "messages.1", "messages.2"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Size() > maxSize {
			t.Fatalf("%s: %v, %v", name, info, err)
		}
		sum += info.Size()
		lines := regexp.MustCompile(`(?m)^.*\]: (\d+) x+$`).FindAllStringSubmatch(read(t, filepath.Join(dir, name)), -1)
		for i := len(lines) - 1; i >= 0; i-- {
			if last--; lines[i][1] != fmt.Sprint(last) {
				t.Fatalf("%s has %s where %d should be", name, lines[i][1], last)
			}
		}
	}
	if sum < 2*maxSize {
		t.Errorf("%d bytes are kept", sum)
	}
	if files, _ := os.ReadDir(dir); len(files) != 3 {
		t.Errorf("%d files", len(files))
	}
}

// What cannot be written says so, and all goes on when it can be again.
func TestTrouble(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "messages")
	f := open(t, path)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.Say("lost"); err == nil {
		t.Error("there is no directory, and no error")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it made a directory")
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	say(t, f, "again")
	// What was left of a line by others ends before the next.
	f.torn = true
	say(t, f, "more")
	if got := read(t, path); got != stamp+"again\n\n"+stamp+"more\n" {
		t.Errorf("%q", got)
	}
	// An old file that cannot be replaced stops all: the bound holds.
	if err := os.Truncate(path, maxSize); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(path+".1/full", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(path+".2/full", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Say("too much"); err == nil || !strings.Contains(err.Error(), "cannot rotate") {
		t.Errorf("%v", err)
	}
}

// What is no file, and what somebody else may have put there, is refused.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := unix.Mkfifo(at("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(at("open"), 0o777); err != nil || os.Chmod(at("open"), 0o777|os.ModeSticky) != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("mine"), []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(at("mine"), at("open/hard")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(at("mine"), at("open/theirs")); err != nil || os.Lchown(at("open/theirs"), 65534, 65534) != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("open/file"), nil, 0o666); err != nil || os.Chown(at("open/file"), 65534, 65534) != nil {
		t.Fatal(err)
	}
	for name, why := range map[string]string{
		"fifo": "FIFO", "open": "directory", "none/x": "no such", "open/hard": "hard links", "open/theirs": "", "open/file": "somebody else", "../../../../../dev/null": "device",
	} {
		if _, err := Open(at(name), ""); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := read(t, at("mine")); got != "mine\n" {
		t.Errorf("%q", got)
	}
}
