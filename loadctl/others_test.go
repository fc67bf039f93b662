package loadctl

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"
)

// The kernel's own figures: loads in its fixed point, as its formula gives them.
func TestTurn(t *testing.T) {
	for _, row := range []struct{ load, exp, active, want uint64 }{
		{0, 1884, 0, 0},
		{0, 1884, 1 << 11, 164},
		{164, 1884, 1 << 11, 315},   // 164*1884+2048*164+2047 over 2048, rounded up
		{2048, 1884, 0, 1884},       // and down when the load falls
		{1, 1884, 0, 0},             // or else it would never reach nothing
		{2047, 1884, 1 << 11, 2048}, // nor the number of tasks
		{2048, 2014, 4096, 2082},
		{2048, 2037, 4096, 2059},
	} {
		if got := turn(row.load, row.exp, row.active); got != row.want {
			t.Errorf("turn(%d, %d, %d) = %d, want %d", row.load, row.exp, row.active, got, row.want)
		}
	}
}

// mix is a kernel with two kinds of tasks, whose turns are out of step with
// the looks by phase.
type mix struct {
	w             Window
	phase         time.Duration
	own, foreign  func(at time.Duration) int
	now, turned   time.Duration
	load, without uint64
}

func (m *mix) wind(to time.Duration) {
	for m.turned+turnTime <= to-m.phase {
		m.turned += turnTime
		at := m.turned + m.phase
		f := uint64(m.foreign(at)) << fixedBits
		m.load = turn(m.load, decay[m.w], f+uint64(m.own(at))<<fixedBits)
		m.without = turn(m.without, decay[m.w], f)
	}
	m.now = to
}

func (m *mix) Name() string         { return "load" }
func (m *mix) Every() time.Duration { return loadEvery }

// Sample rounds to a hundredth, as /proc/loadavg does.
func (m *mix) Sample() (float64, error) { return math.Round(float64(m.load)*100/fixedOne) / 100, nil }

// What others do is told to a tenth a minute after the job has changed what it
// does, wherever the kernel's turns lie between the looks, and exactly where
// they are in step.
func TestLoadOfOthers(t *testing.T) {
	always := func(n int) func(time.Duration) int { return func(time.Duration) int { return n } }
	from := func(start time.Duration, n int) func(time.Duration) int {
		return func(at time.Duration) int {
			if at < start {
				return 0
			}
			return n
		}
	}
	for _, row := range []struct {
		name         string
		own, foreign func(time.Duration) int
		settled      time.Duration // from then on it has to be right
	}{
		{"two of ours, one of theirs", always(2), always(1), time.Minute},
		{"only ours", always(4), always(0), time.Minute},
		{"only theirs", always(0), always(3), 0},
		{"theirs come later", always(2), from(2*time.Minute, 3), time.Minute},
		{"ours come later", from(90*time.Second, 2), always(1), 150 * time.Second},
	} {
		for _, w := range []Window{OneMinute, FiveMinutes, FifteenMinutes} {
			for _, phase := range []time.Duration{0, time.Second, 2500 * time.Millisecond, 4900 * time.Millisecond} {
				m := &mix{w: w, phase: phase, own: row.own, foreign: row.foreign}
				start := time.Unix(0, 0)
				s := &loadOfOthers{all: m, window: w, own: own{exp: decay[w]},
					tree: func() (int, time.Duration, error) { return m.own(m.now), 0, nil },
					now:  func() time.Time { return start.Add(m.now) },
				}
				for at := time.Duration(0); at < 2*time.Hour; at += loadEvery + time.Millisecond {
					m.wind(at)
					got, err := s.Sample()
					if err != nil {
						t.Fatal(err)
					}
					want := float64(m.without) / fixedOne
					if at >= row.settled && math.Abs(got-want) > 0.1 {
						t.Fatalf("%s, %d min, phase %v: at %v got %.3f, want %.3f", row.name, w, phase, at, got, want)
					}
				}
			}
		}
	}
}

// A job that has left the machine leaves its trace in the average: that is
// still not the work of others.
func TestLoadOfOthersAfterTheEnd(t *testing.T) {
	o := own{exp: decay[OneMinute]}
	now := time.Unix(0, 0)
	for range 1000 {
		o.follow(now, 2)
		now = now.Add(turnTime)
	}
	if got := o.follow(now, 0); got < 1.8 || got > 1.85 {
		t.Errorf("one turn after its end it is %v", got)
	}
	// A machine that slept: all turns are made up for.
	if got := o.follow(now.Add(10*time.Minute), 0); got != 0 {
		t.Errorf("ten minutes after its end it is %v", got)
	}
}

func TestLoadOfOthersSaysWhatItCannot(t *testing.T) {
	root := rootWith(t, "loadavg", "3.00 1 1 1/1 1\n")
	blind := func() (int, time.Duration, error) { return 0, 0, errors.New("no tree") }
	_, err := LoadOfOthers(root, OneMinute, blind).Sample()
	if got := fmt.Sprint(err); got != "cannot tell the load of others: no tree" {
		t.Error(got)
	}
	idle := func() (int, time.Duration, error) { return 0, 0, nil }
	s := LoadOfOthers(root, OneMinute, idle)
	if v, err := s.Sample(); v != 3 || err != nil || s.Name() != "load of others" {
		t.Errorf("%v, %v, %s", v, err, s.Name())
	}
	if _, err := LoadOfOthers(root, 3, idle).Sample(); err == nil {
		t.Error("there is an average over three minutes")
	}
	if _, err := LoadOfOthers(t.TempDir(), OneMinute, idle).Sample(); err == nil {
		t.Error("no file, no error")
	}
}

// The trail of an average tells what it moves towards.
func TestHeading(t *testing.T) {
	h := headingOf(LoadAverage("", OneMinute))
	if _, known := h.value(); known {
		t.Error("known before the first sample")
	}
	load := uint64(0)
	for range 2 {
		h.add(0)
	}
	for range 2 {
		load = turn(load, decay[OneMinute], 3<<fixedBits)
		h.add(math.Round(float64(load)*100/fixedOne) / 100)
	}
	if v, known := h.value(); !known || math.Abs(v-3) > 0.1 {
		t.Errorf("two turns after three tasks began it is %v, %v", v, known)
	}
	h.forget()
	if _, known := h.value(); known {
		t.Error("known after it was forgotten")
	}
	h = headingOf(&told{every: time.Second, values: []any{1.0}})
	for range 10 {
		h.add(1)
	}
	if _, known := h.value(); known {
		t.Error("known of what is no average")
	}
}
