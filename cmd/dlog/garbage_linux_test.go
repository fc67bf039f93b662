package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Next to no garbage is made, so that next to none is collected, however many
// lines there are and however much the runtime needs for itself.
func TestGarbageIsHardlyCollected(t *testing.T) {
	const times = 100
	lines := strings.Repeat(strings.Repeat("x", 99)+"\n", 2000)
	for _, args := range [][]string{{"-t"}, {"-t", "-z"}} {
		path := filepath.Join(t.TempDir(), "log")
		cmd := exec.Command(binary(t), append(args, "-b", "-s", "4m", "-m", "2", path)...)
		cmd.Env = append(cmd.Environ(), "GODEBUG=gctrace=1")
		p := newPipe(t)
		d := start(t, cmd, p)
		for range times {
			put(t, p, lines)
		}
		closeWrite(t, p)
		d.wantStatus(t, 0)
		if n := strings.Count(d.errors.String(), "gc "); n > 10 {
			t.Errorf("%v: garbage was collected %d times for %d MB of lines", args, n, times*len(lines)/1_000_000)
		}
	}
}
