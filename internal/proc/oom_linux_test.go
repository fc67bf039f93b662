package proc

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The count is that of the cgroup which the memory is booked to, the nearest above
// that has the controller.
func TestMemoryEvents(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "a", "b")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(path, text string) string {
		t.Helper()
		path = filepath.Join(top, path)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, d := range []string{"", "a", "a/b"} {
		put(filepath.Join(d, "cgroup.procs"), "")
	}
	if got := memoryEvents(dir); got != "" {
		t.Errorf("%q without any", got)
	}
	above := put("a/memory.events", "low 0\nhigh 4\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n")
	if got := memoryEvents(dir); got != above {
		t.Errorf("%q, not %q", got, above)
	}
	s := starvation{path: above}
	if !s.grown() || s.count != 2 || s.grown() {
		t.Errorf("%+v", s)
	}
	put("a/memory.events", "oom_kill 3\n")
	if s.ended(0) || s.ended(15) || s.ended(1<<8) || s.count != 2 {
		t.Error("an end that was none of it is")
	}
	if !s.ended(9) || s.ended(9) {
		t.Error("KILL")
	}
	put("a/memory.events", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n")
	if !s.ended(137 << 8) {
		t.Error("a shell whose child was killed")
	}
	if s = (starvation{}); s.grown() || s.ended(syscall.WaitStatus(9)) {
		t.Error("the zero value")
	}
	if err := os.Remove(above); err != nil {
		t.Fatal(err)
	}
	if s = (starvation{path: above}); s.grown() {
		t.Error("without the file")
	}
}
