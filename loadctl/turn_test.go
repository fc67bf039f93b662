package loadctl

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// shared returns a directory that is open to all, as /tmp is.
func shared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTurnsOneAtATime(t *testing.T) {
	dir := shared(t)
	defer syscall.Umask(syscall.Umask(0o777)) // others have to read it all the same
	a, b := &turns{dirs: []string{dir}}, &turns{dirs: []string{dir}}
	for range 3 {
		if err := a.take(); err != nil {
			t.Fatal(err)
		}
		if err := b.take(); !errors.Is(err, errTaken) {
			t.Errorf("two at a time: %v", err)
		}
		a.drop()
		a.drop() // twice is once
		if err := b.take(); err != nil {
			t.Errorf("after the turn of the first: %v", err)
		}
		b.drop()
	}
	info, err := os.Stat(filepath.Join(dir, turnFile))
	if err != nil || info.Mode().Perm() != 0o444 || info.Size() != 0 {
		t.Errorf("%v, %v", info, err)
	}
}

// Nothing that somebody may have put there is opened, changed or waited for.
func TestTurnsTrustNobody(t *testing.T) {
	for name, put := range map[string]func(path, victim string) error{
		"a link":           func(path, victim string) error { return os.Symlink(victim, path) },
		"a dangling link":  func(path, victim string) error { return os.Symlink(victim+".new", path) },
		"a second name":    func(path, victim string) error { return os.Link(victim, path) },
		"a FIFO":           func(path, _ string) error { return syscall.Mkfifo(path, 0o666) },
		"a directory":      func(path, _ string) error { return os.Mkdir(path, 0o777) },
		"no entry allowed": func(path, _ string) error { return os.Chmod(filepath.Dir(path), 0o755) },
	} {
		dir := shared(t)
		victim := filepath.Join(t.TempDir(), "victim")
		if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := put(filepath.Join(dir, turnFile), victim); err != nil {
			t.Fatal(err)
		}
		turn := &turns{dirs: []string{dir}}
		err := turn.take()
		if err == nil || errors.Is(err, errTaken) || !strings.HasPrefix(err.Error(), "cannot take turns: ") {
			t.Errorf("%s: %v", name, err)
		}
		turn.drop()
		if text, err := os.ReadFile(victim); string(text) != "precious" || err != nil {
			t.Errorf("%s: the victim is %q, %v", name, text, err)
		}
		if _, err := os.Stat(victim + ".new"); err == nil {
			t.Errorf("%s: a file was made behind it", name)
		}
	}
}

// The first directory that serves is it; those that lack something are not.
func TestTurnsChoosePlace(t *testing.T) {
	private, good := t.TempDir(), shared(t)
	file := filepath.Join(private, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	turn := &turns{dirs: []string{private + "/missing", file, private, good, shared(t)}}
	if err := turn.take(); err != nil {
		t.Fatal(err)
	}
	defer turn.drop()
	if dir := filepath.Dir(turn.file.Name()); dir != good {
		t.Errorf("it was %s", dir)
	}
	if err := (&turns{dirs: []string{private}}).take(); err == nil {
		t.Error("a private directory served")
	}
	open := t.TempDir() // where anybody could remove the file of another
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := (&turns{dirs: []string{open}}).take(); err == nil {
		t.Error("a directory without the sticky bit served")
	}
}

// The real places, on the machine that this runs on.
func TestTurnsHere(t *testing.T) {
	turn := &turns{dirs: RunDirs()}
	if err := turn.take(); err != nil && !errors.Is(err, errTaken) {
		t.Error(err)
	}
	turn.drop()
}
