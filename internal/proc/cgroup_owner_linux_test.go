package proc

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestF59ReadersLockOnGroup: whoever has a lock on the directory of the group
// that the pid file names, what is in it is found. A dmon whose pid file was
// removed keeps its group.
func TestF59ReadersLockOnGroup(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.pid")
	g := OpenGroup(file)
	if g == nil {
		t.Fatal("cannot have a cgroup, which takes root and a mount of version 2")
	}
	path := g.path
	left := exec.Command("sleep", "1000")
	if err := left.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = left.Process.Kill(); _ = left.Wait(); _ = unix.Rmdir(path) }()
	moveTo(t, path, left.Process.Pid)

	// A dmon that lives: this process, by another descriptor.
	again := OpenGroup(file)
	if again == nil || again.path == path || again.Left() != 0 {
		t.Errorf("a group that another dmon has was taken: %+v", again)
	}
	if err := again.Remove(); err != nil {
		t.Error(err)
	}
	g.close() // as if killed

	dir, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	holder := exec.Command("sh", "-c", "flock -x 3 || exit; echo; read x")
	holder.ExtraFiles = []*os.File{dir}
	in, err1 := holder.StdinPipe()
	out, err2 := holder.StdoutPipe()
	if err := errors.Join(err1, err2, holder.Start()); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = holder.Wait() }()
	if n, _ := out.Read(make([]byte, 1)); n != 1 {
		t.Fatal("nobody holds the lock")
	}
	dir.Close()
	found := OpenGroup(file)
	if found == nil || found.path != path || found.Left() != 1 {
		t.Fatalf("what was left is not found behind a lock: %+v", found)
	}
	found.close()
}

// TestLocksFile reads lines of /proc/locks.
func TestLocksFile(t *testing.T) {
	for line, want := range map[string]int{
		"1: FLOCK  ADVISORY  WRITE 1234 00:1b:5 0 EOF\n":    1234,
		"1: FLOCK  ADVISORY  READ 1234 00:1b:5 0 EOF\n":     0,
		"1: POSIX  ADVISORY  WRITE 1234 00:1b:5 0 EOF\n":    0,
		"1: FLOCK  ADVISORY  WRITE 1234 00:1b:55 0 EOF\n":   0,
		"1: FLOCK  ADVISORY  WRITE 0 00:1b:5 0 EOF\n":       0,
		"1: -> FLOCK  ADVISORY  WRITE 1234 00:1b:5 0 EOF\n": 0,
		"": 0, "1: FLOCK": 0,
	} {
		if pid, ok := flockOf([]byte(line), "00:1b:5"); pid != want || ok != (want > 0) {
			t.Errorf("%q: %d, %v", line, pid, ok)
		}
	}
}
