//go:build linux

package stage

import (
	"os"
	"os/exec"
	"testing"
)

func TestKilobytes(t *testing.T) {
	got := Kilobytes([]byte("5607e59b7000-7ffd29827000 ---p 00000000 00:00 0 [rollup]\n" +
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
	before := map[int]Activity{1: {10, 100}, 2: {5, 50}}
	after := map[int]Activity{1: {13, 140}, 3: {2, 7}} // 2 ended, 3 began
	if got, want := Since(before, after), (Activity{5, 47}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReadingOurselves(t *testing.T) {
	pid := os.Getpid()
	f, err := FootprintOf([]int{pid})
	if err != nil {
		t.Fatal(err)
	}
	if f.Processes != 1 || f.Threads < 2 || f.RSS < f.PSS || f.PSS < f.Anonymous || f.Anonymous == 0 || f.Tables == 0 {
		t.Errorf("unlikely: %+v", f)
	}
	if a := Since(nil, Activities([]int{pid})); a.Switches == 0 || a.CPU == 0 {
		t.Errorf("a running test has done %+v", a)
	}
	if m, err := Meminfo(); err != nil || m["Slab"] == 0 || m["MemAvailable"] == 0 {
		t.Errorf("the machine has slab %d, available %d kB: %v", m["Slab"], m["MemAvailable"], err)
	}
}

func TestChildrenBothWays(t *testing.T) {
	c := exec.Command("sleep", "1000")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string]func(int) []int{"files": Children, "scan": childrenByScan} {
		if got := list(os.Getpid()); len(got) != 1 || got[0] != c.Process.Pid {
			t.Errorf("by %s: %v, want %d", name, got, c.Process.Pid)
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = c.Wait()
}
