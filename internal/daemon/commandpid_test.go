package daemon

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// Whoever reads a pid that is replaced finds the old one or the new one.
func TestCommandPid(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/c.pid"
	c, err := OpenCommandPid(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("the check left %v", entries)
	}
	if err := c.Write(1000000); err != nil {
		t.Fatal(err)
	}
	over := make(chan bool)
	go func() {
		defer close(over)
		for n := range 1000 {
			if err := c.Write(1000000 + n); err != nil {
				t.Error(err)
			}
		}
	}()
	for reading := true; reading; {
		select {
		case <-over:
			reading = false
		default:
		}
		if text := mustRead(t, path); len(text) != 8 || text[7] != '\n' {
			t.Fatalf("read %q", text)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left: %v", entries)
	}
	if err := errors.Join(c.Remove(), c.Remove(), (*CommandPid)(nil).Remove()); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("in the end: %v", entries)
	}
}

// A stale one goes before the command is there, and another's stays.
func TestCommandPidOfOthers(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/c.pid"
	write(t, path, "1\n")
	a, err := OpenCommandPid(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the stale file stayed")
	}
	b, err := OpenCommandPid(path, nil)
	if err := errors.Join(err, a.Write(17), b.Write(18), a.Remove()); err != nil {
		t.Fatal(err)
	}
	if text := mustRead(t, path); text != "18\n" {
		t.Errorf("after the end of the first it holds %q", text)
	}
	// The number of the file may come round: what it holds counts too.
	write(t, path, "19\n")
	if err := b.Remove(); err != nil {
		t.Error(err)
	}
	if text := mustRead(t, path); text != "19\n" {
		t.Errorf("what somebody wrote to it is %q", text)
	}
}

// The pid file of a dmon, this one or another, is not for the command's pid,
// and asking takes nothing from its lock.
func TestCommandPidOnPidFile(t *testing.T) {
	path := t.TempDir() + "/x.pid"
	p, err := LockPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCommandPid(path, p); err == nil || !strings.Contains(err.Error(), "holds the pid of dmon itself") {
		t.Errorf("ours: %v", err)
	}
	if said := elsewhere(t, "note", path); !strings.Contains(said, "already running as process") {
		t.Errorf("another's: %q", said)
	}
	if said := elsewhere(t, "lock", path); !strings.Contains(said, "already running as process") {
		t.Errorf("the lock is lost: %q", said)
	}
	if err := p.Remove(); err != nil {
		t.Error(err)
	}
}
