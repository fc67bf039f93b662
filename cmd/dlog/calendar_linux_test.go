package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// zoneWith is the TZ of a place where it is midnight then, at a whole second.
func zoneWith(midnight time.Time) string {
	west, sign := midnight.Unix()%(24*60*60), ""
	if west > 12*60*60 {
		west, sign = 24*60*60-west, "-"
	}
	return fmt.Sprintf("TZ=XYZ%s%d:%02d:%02d", sign, west/3600, west/60%60, west%60)
}

// TestRotatesAtMidnight has a file rotated while nothing comes, an empty one that
// is not, and one by the dlog that comes after midnight.
func TestRotatesAtMidnight(t *testing.T) {
	binary(t)
	idle, empty, later, tz := "", "", "", ""
	begin := func(path string, input string) (end func()) {
		p := newPipe(t)
		c := exec.Command(binary(t), "--rotate-at", "daily", path)
		c.Env = append(c.Environ(), tz)
		d := start(t, c, p)
		put(t, p, input)
		return func() {
			put(t, p, "after\n")
			closeWrite(t, p)
			d.wantStatus(t, 0)
		}
	}
	var ends []func()
	for wait := 2 * time.Second; ; wait *= 2 {
		dir := t.TempDir()
		idle, empty, later = filepath.Join(dir, "idle"), filepath.Join(dir, "empty"), filepath.Join(dir, "later")
		midnight := time.Now().Add(wait).Truncate(time.Second)
		tz = zoneWith(midnight)
		ends = []func(){begin(idle, "before\n"), begin(empty, "")}
		begin(later, "before\n")()
		eventually(t, "it is stored", func() bool { return content(idle) == "before\n" })
		if time.Now().Before(midnight) {
			break // or else the machine has other things to do
		}
	}
	eventually(t, "it is midnight", func() bool { return len(rotatedFiles(t, idle)) == 1 })
	for _, end := range append(ends, begin(later, "")) {
		end()
	}
	for path, want := range map[string]string{idle: "before\n", later: "before\nafter\n"} {
		rotated := rotatedFiles(t, path)
		if len(rotated) != 1 || content(rotated[0]) != want || content(path) != "after\n" {
			t.Errorf("%s holds %q beside %q", path, content(path), rotated)
		}
	}
	if n := len(rotatedFiles(t, empty)); n != 0 || content(empty) != "after\n" {
		t.Errorf("the empty one holds %q beside %d others", content(empty), n)
	}
}
