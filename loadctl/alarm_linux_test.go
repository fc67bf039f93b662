package loadctl

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// timerFds counts the timer descriptors of this process.
func timerFds(t *testing.T) (n int) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == "anon_inode:[timerfd]" {
			n++
		}
	}
	return n
}

// A watch has one descriptor while it runs, and none before and after.
func TestWatchHoldsOneDescriptor(t *testing.T) {
	before := timerFds(t)
	w := NewWatch(Limit(&told{every: time.Hour, values: []any{0.0}}, 4, 2))
	if _, err := w.First(); err != nil || timerFds(t) != before {
		t.Fatalf("first: %v, and %d descriptors", err, timerFds(t)-before)
	}
	for range 10 {
		w.Start()
		if n := timerFds(t) - before; n != 1 {
			t.Errorf("%d descriptors while it runs", n)
		}
		w.Stop()
	}
	if n := timerFds(t) - before; n != 0 {
		t.Errorf("%d descriptors after the stop", n)
	}
}
