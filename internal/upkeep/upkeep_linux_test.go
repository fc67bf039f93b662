package upkeep

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

func TestThreads(t *testing.T) {
	for _, row := range []struct {
		log, gate, report bool
		want              int
	}{{false, false, false, 4}, {true, false, false, 5}, {false, true, false, 5}, {true, true, false, 6}, {true, true, true, 7}} {
		if got := Threads(row.log, row.gate, row.report); got != row.want {
			t.Errorf("%+v: %d threads", row, got)
		}
	}
}

// The threads are there afterwards, whatever the runtime had before.
func TestMakeThreads(t *testing.T) {
	const n = 20
	before := threadsNow(t)
	makeThreads(n)
	if now := threadsNow(t); now < n || now < before {
		t.Errorf("there are %d threads, %d before, for %d", now, before, n)
	}
}

func threadsNow(t *testing.T) int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "Threads:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(rest))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("no line Threads")
	return 0
}

func TestBegin(t *testing.T) {
	percent := debug.SetGCPercent(100)
	defer debug.SetGCPercent(percent)
	Begin()
	if p, l := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); p != garbage || l != math.MaxInt64 {
		t.Errorf("the collector has %d, %d", p, l)
	}
}
