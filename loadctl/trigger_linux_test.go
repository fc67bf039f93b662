package loadctl

import (
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// spin keeps all processors busy, and one more task waiting, until the test
// ends.
func spin(t *testing.T) {
	t.Helper()
	for range 2*runtime.NumCPU() + 1 {
		c := exec.Command("sh", "-c", "while :; do :; done")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			c.Process.Kill()
			c.Wait()
		})
	}
}

func idleTree() (int, time.Duration, error) { return 0, 0, nil }

// The kernel calls when there is pressure, and nothing calls after the end.
func TestKernelCalls(t *testing.T) {
	p := newPressure("", CPU, 10, 5, idleTree)
	called := make(chan bool, 1000)
	end := p.call(func() { called <- true })
	if !p.armed.Load() {
		t.Fatal("the kernel refuses to call")
	}
	spin(t)
	for range 3 {
		receive(t, called, "a call")
	}
	end()
	n := len(called)
	if _, _, err := idleTree(); err != nil || len(called) != n {
		t.Error("called after the end")
	}
}

// Real pressure closes a real watch, by itself and soon: without the call it
// would sleep for five seconds.
func TestPressureOfTheRealKernel(t *testing.T) {
	g, err := Pressure("", CPU, 30, 10, idleTree)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWatch(g)
	if _, err := w.First(); err != nil {
		t.Fatal(err)
	}
	w.Start()
	defer w.Stop()
	spin(t)
	for {
		v := receive(t, w.C(), "a verdict")
		if v.Closed {
			return
		}
	}
}

// Where the file is no file of the kernel's nobody calls, and the guard looks
// more often.
func TestNobodyCalls(t *testing.T) {
	m := newMachine(t)
	m.pass(t, time.Second, 0, 0, 0)
	g := cpuGuard(t, m)
	end := g.call(func() { t.Error("called") })
	end()
	for range 3 {
		m.pass(t, time.Second, 0, 0, 0)
		if _, err := g.look(m.at); err != nil {
			t.Fatal(err)
		}
		g.slow = 0
	}
	if got := g.every(); g.armed.Load() && got != doze || !g.armed.Load() && got != brisk {
		t.Errorf("the next look comes after %v", got)
	}
}
