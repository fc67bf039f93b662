package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func ourLine() string { return strconv.Itoa(os.Getpid()) + "\n" }

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPidFile(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/x.pid"
	for _, before := range []string{"none", "", "1\n", " 12 \n", "4194304\n\n", "4194304"} {
		if before != "none" {
			write(t, path, before)
		}
		p, err := LockPidFile(path)
		if err != nil {
			t.Fatalf("after %q: %v", before, err)
		}
		if text := mustRead(t, path); text != ourLine() {
			t.Errorf("after %.10q it holds %.30q", before, text)
		}
		// A second one is refused and told who holds it; the file stays as it is.
		want := fmt.Sprintf("already running as process %d (%s is locked)", os.Getpid(), path)
		if said := elsewhere(t, "lock", path); said != want {
			t.Errorf("the second lock: %q", said)
		}
		if text := mustRead(t, path); text != ourLine() {
			t.Errorf("after a refusal it holds %q", text)
		}
		if err := p.Remove(); err != nil {
			t.Error(err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Errorf("after Remove there is %v", entries)
		}
	}
	var none *PidFile
	if err := none.Remove(); err != nil {
		t.Errorf("removing none: %v", err)
	}
}

func TestRunningError(t *testing.T) {
	for pid, want := range map[int]string{7: "already running as process 7 (x is locked)", 0: "already running (x is locked)"} {
		if got := (&RunningError{Path: "x", Pid: pid}).Error(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// Somebody who removes the file of a dmon that runs, and somebody who removes
// the directory, do no harm at the end.
func TestPidFileGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := LockPidFile(dir + "/x.pid")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := p.Remove(); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
}

// The file that came after one that was removed is another dmon's, and stays.
func TestPidFileSucceeded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	first, err := LockPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second, err := LockPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the second file: %v", err)
	}
	if err := second.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the second file is left")
	}
}
