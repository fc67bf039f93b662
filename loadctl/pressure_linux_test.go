package loadctl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// machine is a /proc of two processors, wound on by hand.
type machine struct {
	root          string
	at            time.Time
	stalled, used time.Duration
	idle, busy    time.Duration
	blind         bool
}

func newMachine(t *testing.T) *machine {
	m := &machine{root: t.TempDir(), at: time.Unix(1000, 0)}
	if err := os.Mkdir(filepath.Join(m.root, "pressure"), 0o777); err != nil {
		t.Fatal(err)
	}
	m.write(t, 0)
	return m
}

func (m *machine) write(t *testing.T, recent float64) {
	t.Helper()
	stalls := fmt.Sprintf("some avg10=%.2f avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", recent, m.stalled.Microseconds())
	stat := fmt.Sprintf("cpu  %d 0 0 %d 0 0 0 0 0 0\ncpu0 1 2 3\ncpu1 1 2 3\n", m.busy/tick, m.idle/tick)
	for name, text := range map[string]string{"pressure/cpu": stalls, "pressure/io": stalls, "pressure/memory": stalls, "stat": stat} {
		if err := os.WriteFile(filepath.Join(m.root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// pass lets a time pass with so much pressure, in percent, and so many
// processors taken by the job and by others.
func (m *machine) pass(t *testing.T, d time.Duration, pressure, own, others float64) {
	t.Helper()
	part := func(f float64) time.Duration { return time.Duration(f * float64(d)) }
	m.at = m.at.Add(d)
	m.stalled += part(pressure / 100)
	m.used += part(own)
	m.busy += part(own + others)
	m.idle += part(2 - own - others)
	m.write(t, pressure)
}

func (m *machine) tree() (int, time.Duration, error) {
	if m.blind {
		return 0, 0, errors.New("no tree")
	}
	return 0, m.used, nil
}

// step is some time, what went on in it, and what a look at its end says.
type step struct {
	seconds               float64
	pressure, own, others float64
	want                  string
}

func play(t *testing.T, m *machine, g Guard, steps []step) {
	t.Helper()
	for i, s := range steps {
		m.pass(t, time.Duration(s.seconds*float64(time.Second)), s.pressure, s.own, s.others)
		v, err := g.Look(m.at)
		got := map[bool]string{true: "closed: ", false: "open: "}[v.Closed] + v.Reason
		if err != nil {
			got = "error: " + strings.ReplaceAll(err.Error(), m.root, "ROOT")
		}
		if got != s.want {
			t.Errorf("look %d:\n got %q\nwant %q", i+1, got, s.want)
		}
	}
}

func cpuGuard(t *testing.T, m *machine) *pressure {
	t.Helper()
	if _, err := Pressure(m.root, CPU, 20, 10, m.tree); err != nil {
		t.Fatal(err)
	}
	return newPressure(m.root, CPU, 20, 10, m.tree)
}

func TestPressureOfTheProcessors(t *testing.T) {
	m := newMachine(t)
	g := cpuGuard(t, m)
	play(t, m, g.guard(), []step{
		{1, 0, 0, 0, "open: cpu pressure 0% is not above 20%"},
		{1, 5, 1.9, 0.1, "open: cpu pressure 5% is not above 20%"},
		// Another job comes, and has half of the machine.
		{1, 80, 1, 1, "closed: cpu pressure 80% is above 20%, resumes below 10% with 1.7 processors idle"},
		// The pause takes the pressure away, and leaves no room.
		{1, 0, 0, 2, "closed: cpu pressure 80% was above 20%, resumes below 10% with 1.7 processors idle"},
		{1, 0, 0, 2, "closed: cpu pressure 0%, resumes below 10% with 1.7 processors idle, 0.0 are"},
		{1, 0, 0, 1, "closed: cpu pressure 0%, resumes below 10% with 1.7 processors idle, 0.5 are"},
		{1, 0, 0, 0, "closed: cpu pressure 0%, resumes below 10% with 1.6 processors idle, 1.5 are"},
		// Room, but pressure.
		{1, 50, 0, 0, "closed: cpu pressure 25%, resumes below 10% with 1.6 processors idle, 2.0 are"},
		{1, 0, 0, 0, "closed: cpu pressure 25%, resumes below 10% with 1.6 processors idle, 2.0 are"},
		{1, 0, 0, 0, "open: cpu pressure 0% is below 10% and 2.0 processors are idle"},
		{1, 0, 1.9, 0, "open: cpu pressure 0% is not above 20%"},
	})
}

// What a job does to itself is nobody else's trouble.
func TestPressureThatTheJobMakesAlone(t *testing.T) {
	m := newMachine(t)
	play(t, m, cpuGuard(t, m).guard(), []step{
		{1, 0, 0, 0, "open: cpu pressure 0% is not above 20%"},
		{1, 100, 1.95, 0.05, "open: cpu pressure 100% is not above 20%"},
		{1, 100, 1.8, 0.2, "closed: cpu pressure 100% is above 20%, resumes below 10% with 1.8 processors idle"},
	})
}

// At the start there is nothing to compare with but the kernel's own average,
// and a job that was never seen needs a processor.
func TestPressureAtTheStart(t *testing.T) {
	m := newMachine(t)
	play(t, m, cpuGuard(t, m).guard(), []step{
		{1, 40, 0, 2, "closed: cpu pressure 40% is above 20%, resumes below 10% with 0.9 processors idle"},
		{1, 0, 0, 1, "closed: cpu pressure 40% was above 20%, resumes below 10% with 0.9 processors idle"},
		{1, 0, 0, 1, "open: cpu pressure 0% is below 10% and 1.0 processors are idle"},
	})
}

// Who waits long may try with less room.
func TestRoomShrinks(t *testing.T) {
	m := newMachine(t)
	g := cpuGuard(t, m)
	m.pass(t, time.Second, 0, 0, 0)
	g.look(m.at)
	m.pass(t, time.Second, 90, 1, 1)
	if v, _ := g.look(m.at); !v.Closed {
		t.Fatal("open")
	}
	var opened int
	for i := 1; i < 600 && opened == 0; i++ {
		m.pass(t, time.Second, 0, 0, 1.7)
		if v, _ := g.look(m.at); !v.Closed {
			opened = i
		}
	}
	if opened != 96 { // a minute halves 0.9, another half minute and more to 0.3
		t.Errorf("it opened after %d s", opened)
	}
	// But to a crowded machine nobody goes back, however long it takes.
	m.pass(t, time.Second, 90, 1, 1)
	g.look(m.at)
	for range 600 {
		m.pass(t, time.Second, 0, 0, 1.9)
		if v, _ := g.look(m.at); !v.Closed {
			t.Fatal("opened without room")
		}
	}
}

// Without a measure of room the pressure of the others is all there is.
func TestPressureOfDisks(t *testing.T) {
	m := newMachine(t)
	g, err := Pressure(m.root, IO, 50, 5, m.tree)
	if err != nil {
		t.Fatal(err)
	}
	play(t, m, g, []step{
		{1, 0, 0, 0, "open: io pressure 0% is not above 50%"},
		{1, 60, 0, 0, "closed: io pressure 60% is above 50%, resumes below 5%"},
		{1, 60, 0, 0, "closed: io pressure 60% was above 50%, resumes below 5%"},
		{1, 20, 0, 0, "closed: io pressure 40%, resumes below 5%"},
		{1, 0, 0, 0, "closed: io pressure 10%, resumes below 5%"},
		{1, 0, 0, 0, "open: io pressure 0% is below 5%"},
	})
}

// How often it looks: seldom while the job sleeps, if the kernel calls.
func TestPressurePaces(t *testing.T) {
	m := newMachine(t)
	g := cpuGuard(t, m)
	look := func(seconds, pressure, own, others float64, want time.Duration) {
		t.Helper()
		m.pass(t, time.Duration(seconds*float64(time.Second)), pressure, own, others)
		if _, err := g.look(m.at); err != nil {
			t.Fatal(err)
		}
		g.slow = 0
		if got := g.every(); got != want {
			t.Errorf("next after %v, want %v", got, want)
		}
	}
	look(1, 0, 0, 0, brisk)
	look(1, 0, 0, 0, brisk)
	g.armed.Store(true)
	look(1, 0, 0.01, 1, doze)
	look(5, 1, 0.01, 1, doze)
	look(5, 0, 0.5, 1, brisk)
	look(1, 0, 0.01, 1, doze)
	// Called in the middle of the nap: something may have just begun.
	look(3, 8, 0.01, 1, brisk/2)
	look(0.5, 0, 0.01, 1, doze)
	look(0.2, 0, 0.01, 1, brisk/2) // too soon to tell anything
	look(3, 90, 1, 1, brisk)
	if !g.gate.closed {
		t.Error("open")
	}
	g.slow = 30 * time.Millisecond
	if got := g.every(); got != 3*time.Second {
		t.Errorf("a look of 30 ms is followed by the next after %v", got)
	}
}

func TestPressureTroubles(t *testing.T) {
	m := newMachine(t)
	g := cpuGuard(t, m)
	if got := g.state(); got != "cpu pressure unknown, pauses above 20%, resumes below 10%" {
		t.Error(got)
	}
	steps := []step{{1, 90, 0, 2, "closed: cpu pressure 90% is above 20%, resumes below 10% with 0.9 processors idle"}}
	play(t, m, g.guard(), steps)
	if got := g.state(); got != "cpu pressure 90%, pauses above 20%, resumes below 10% with 0.9 processors idle, 0.0 are" {
		t.Error(got)
	}
	m.blind = true
	play(t, m, g.guard(), []step{{1, 90, 0, 2, "error: cannot tell what the job takes: no tree"}})
	m.blind = false
	play(t, m, g.guard(), steps)
	for _, row := range []struct{ name, text, want string }{
		{"stat", "intr 1\n", "error: cannot tell what the processors do: read ROOT/stat: no line of processors"},
		{"stat", "", "error: cannot tell what the processors do: read ROOT/stat: cut short"},
		{"pressure/cpu", "full\n", "error: cannot tell the cpu pressure: read ROOT/pressure/cpu: no line of pressure"},
	} {
		m.pass(t, time.Second, 0, 0, 0)
		if err := os.WriteFile(filepath.Join(m.root, row.name), []byte(row.text), 0o666); err != nil {
			t.Fatal(err)
		}
		v, err := g.look(m.at)
		if got := "error: " + strings.ReplaceAll(fmt.Sprint(err), m.root, "ROOT"); got != row.want || v.Closed {
			t.Errorf("got %q, %v", got, v.Closed)
		}
	}
	_, err := Pressure(t.TempDir(), CPU, 20, 10, m.tree)
	if err == nil || !strings.HasSuffix(err.Error(), "no such file or directory (the kernel lacks it, or was not started with psi=1)") {
		t.Errorf("without the file: %v", err)
	}
}
