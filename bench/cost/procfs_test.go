//go:build linux && (amd64 || arm64)

package main

import (
	"os"
	"testing"
)

func TestKilobytes(t *testing.T) {
	got := kilobytes([]byte("5607e59b7000-7ffd29827000 ---p 00000000 00:00 0 [rollup]\n" +
		"Pss:                 503 kB\nPss_Anon:            112 kB\nThreads:\t5\nName:\ttini\nempty:\n"))
	for name, want := range map[string]int64{"Pss": 503, "Pss_Anon": 112, "Threads": 5} {
		if got[name] != want {
			t.Errorf("%s is %d, want %d", name, got[name], want)
		}
	}
	if _, ok := got["Name"]; ok {
		t.Error("a name is taken for a number")
	}
}

func TestSince(t *testing.T) {
	before := map[int]activity{1: {10, 100}, 2: {5, 50}}
	after := map[int]activity{1: {13, 140}, 3: {2, 7}} // 2 ended, 3 began
	if got, want := since(before, after), (activity{5, 47}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReadingOurselves(t *testing.T) {
	pid := os.Getpid()
	f, err := footprintOf([]int{pid})
	if err != nil {
		t.Fatal(err)
	}
	if f.processes != 1 || f.threads < 2 || f.rss < f.pss || f.pss < f.anonymous || f.anonymous == 0 || f.tables == 0 {
		t.Errorf("unlikely: %+v", f)
	}
	if a := since(nil, activities([]int{pid})); a.switches == 0 || a.cpu == 0 {
		t.Errorf("a running test has done %+v", a)
	}
	if m, err := meminfo(); err != nil || m["Slab"] == 0 || m["MemAvailable"] == 0 {
		t.Errorf("the machine has slab %d, available %d kB: %v", m["Slab"], m["MemAvailable"], err)
	}
}
