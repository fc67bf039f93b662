package loadctl

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
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

// mix is a kernel with two kinds of tasks, whose turns come every period, the
// first at phase.
type mix struct {
	w             Window
	phase, period time.Duration
	own, foreign  func(at time.Duration) int
	now           time.Duration
	turns         int
	slept         bool // for two seconds, after an hour: the turns are two seconds later
	load, without uint64
}

func (m *mix) wind(to time.Duration) {
	if to > time.Hour && !m.slept {
		m.phase, m.slept = m.phase+2*time.Second, true
	}
	for {
		at := m.phase + time.Duration(m.turns)*m.period
		if at > to {
			break
		}
		m.turns++
		f := uint64(m.foreign(at)) << fixedBits
		var own uint64
		if at > 0 { // the job begins with the first look
			own = uint64(m.own(at)) << fixedBits
		}
		m.load = turn(m.load, decay[m.w], f+own)
		m.without = turn(m.without, decay[m.w], f)
	}
	m.now = to
}

// sampler is of the load of others, and looks at m.
func (m *mix) sampler() *loadOfOthers {
	start := time.Unix(0, 0)
	return &loadOfOthers{all: m, window: m.w, own: own{exp: decay[m.w]},
		tree: func() (int, time.Duration, error) { return m.own(m.now), 0, nil },
		now:  func() time.Time { return start.Add(m.now) },
	}
}

// watch looks for a time, each time a little too late, and gives judge what is
// told and what is true.
func (m *mix) watch(t *testing.T, s *loadOfOthers, last time.Duration, judge func(at time.Duration, got, want float64)) (looks int) {
	for at := time.Duration(0); at < last; at += s.Every() + time.Millisecond {
		looks++
		m.wind(at)
		got, err := s.Sample()
		if err != nil {
			t.Fatal(err)
		}
		judge(at, got, float64(m.without)/fixedOne)
	}
	return looks
}

// Of kernels with ticks of 1, 4 and 10 ms.
var periods = []time.Duration{5001 * time.Millisecond, 5004 * time.Millisecond, 5010 * time.Millisecond}

var phases = []time.Duration{0, 30 * time.Millisecond, time.Second, 2500 * time.Millisecond, 4960 * time.Millisecond}

func (m *mix) Name() string         { return "load" }
func (m *mix) Every() time.Duration { return loadEvery }
func (m *mix) Average() Average     { return averageOver(m.w) }

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
			for _, phase := range phases {
				for _, period := range periods {
					m := &mix{w: w, phase: phase, period: period, own: row.own, foreign: row.foreign}
					m.watch(t, m.sampler(), 2*time.Hour, func(at time.Duration, got, want float64) {
						if at >= row.settled && math.Abs(got-want) > 0.1 {
							t.Fatalf("%s, %d min, phase %v, period %v: at %v got %.3f, want %.3f", row.name, w, phase, period, at, got, want)
						}
					})
				}
			}
		}
	}
}

// A job that does something else every 1.5 seconds, as a build does: it has to
// be counted when the kernel counts. At any other time the error would be 0.4.
func TestLoadOfOthersInStep(t *testing.T) {
	for _, phase := range phases {
		for _, period := range periods {
			dice := rand.New(rand.NewPCG(1, 2))
			does := make([]int, 2*3600)
			for i := 400; i < 3600; i++ { // an idle machine, before and after, shows nothing
				does[i] = dice.IntN(5)
			}
			m := &mix{w: OneMinute, phase: phase, period: period,
				own:     func(at time.Duration) int { return does[at/(1500*time.Millisecond)] },
				foreign: func(time.Duration) int { return 0 },
			}
			var sum float64
			n := 0
			looks := m.watch(t, m.sampler(), 2*time.Hour, func(at time.Duration, got, want float64) {
				if at < 12*time.Minute || at > 60*time.Minute && at < 62*time.Minute {
					return
				}
				n++
				sum += (got - want) * (got - want)
			})
			if rms := math.Sqrt(sum / float64(n)); rms > 0.12 {
				t.Errorf("phase %v, period %v: off by %.3f", phase, period, rms)
			}
			if most := 2*3600/5 + 2*60*6 + 3*60; looks > most {
				t.Errorf("phase %v, period %v: %d looks, want %d at most", phase, period, looks, most)
			}
		}
	}
}

// A job that has left the machine leaves its trace in the average: that is
// still not the work of others.
func TestLoadOfOthersAfterTheEnd(t *testing.T) {
	o := own{exp: decay[OneMinute]}
	o.follow(1000, 2)
	if o.follow(1, 0); o.value() < 1.8 || o.value() > 1.85 {
		t.Errorf("one turn after its end it is %v", o.value())
	}
	// A machine that slept: all turns are made up for.
	if o.follow(120, 0); o.value() != 0 {
		t.Errorf("ten minutes after its end it is %v", o.value())
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
	at := time.Unix(0, 0)
	now := func() time.Time { at = at.Add(loadEvery); return at }
	if _, known := h.value(); known {
		t.Error("known before the first sample")
	}
	load := uint64(0)
	for range 2 {
		h.add(now(), 0)
	}
	if _, known := h.value(); known {
		t.Error("known after one turn of the kernel's")
	}
	h.add(now(), 0)
	if _, known := h.value(); !known {
		t.Error("unknown after two of them")
	}
	for range 2 {
		load = turn(load, decay[OneMinute], 3<<fixedBits)
		h.add(now(), math.Round(float64(load)*100/fixedOne)/100)
	}
	if v, known := h.value(); !known || math.Abs(v-3) > 0.1 {
		t.Errorf("two turns after three tasks began it is %v, %v", v, known)
	}
	at = at.Add(-loadEvery + often)
	h.add(at, 2) // in place of the last one
	if v, known := h.value(); !known || math.Abs(v-2*1/(1-h.keeps)) > 0.1 {
		t.Errorf("after a sample that came soon it is %v, %v", v, known)
	}
	h.forget()
	if _, known := h.value(); known {
		t.Error("known after it was forgotten")
	}
	h = headingOf(&told{every: time.Second, values: []any{1.0}})
	for range 10 {
		h.add(now(), 1)
	}
	if _, known := h.value(); known {
		t.Error("known of what is no average")
	}
}
