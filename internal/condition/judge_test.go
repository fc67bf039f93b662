package condition

import (
	"testing"
	"time"
)

// play feeds a sample a second and returns the seconds at which j was met.
func play(j *Judge, seconds int, sample func(second int, s *Sample)) (met []int) {
	j.Begin()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range seconds {
		s := Sample{At: start.Add(time.Duration(n) * time.Second)}
		sample(n, &s)
		if yes, _ := j.Look(&s); yes {
			met = append(met, n)
		}
	}
	return met
}

func first(met []int) int {
	if len(met) == 0 {
		return -1
	}
	return met[0]
}

func TestHeld(t *testing.T) {
	j := &Judge{Rule: Rule{Kind: Memory, Limit: 100, Window: 10 * time.Second}}
	if got := first(play(j, 60, func(n int, s *Sample) { s.Memory = int64(90 + n) })); got != 11+10 {
		t.Errorf("a leak is met after %d s", got)
	}
	// Peaks of nine seconds do nothing.
	if met := play(j, 60, func(n int, s *Sample) { s.Memory = 50 + 100*int64(oneIf(n%10 != 0)) }); len(met) > 0 {
		t.Errorf("a peak is met at %v", met)
	}
	j = &Judge{Rule: Rule{Kind: Procs, Limit: 5, Window: 0}}
	if got := first(play(j, 10, func(n int, s *Sample) { s.Procs = n })); got != 6 {
		t.Errorf("processes are met at %d", got)
	}
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestAverage(t *testing.T) {
	for _, window := range []time.Duration{5 * time.Second, time.Minute, 10 * time.Minute} {
		j := &Judge{Rule: Rule{Kind: CPU, Limit: 0.5, Window: window}}
		w := int(window / time.Second)
		// Idle for two windows, then a whole processor: above half after half a window.
		at := first(play(j, 4*w, func(n int, s *Sample) { s.Used = time.Duration(max(0, n-2*w)) * time.Second }))
		if at < 2*w+w/2 || at > 2*w+w/2+w/30+2 {
			t.Errorf("%v: met at %d", window, at)
		}
		// Never before the window is full, however busy.
		if at := first(play(j, 2*w, func(n int, s *Sample) { s.Used = time.Duration(n) * time.Second })); at != w {
			t.Errorf("%v: from the start, met at %d", window, at)
		}
		if len(j.points) > pointsKept+3 {
			t.Errorf("%v: %d points", window, len(j.points))
		}
	}
}

func TestIdle(t *testing.T) {
	j := &Judge{Rule: Rule{Kind: Idle, Limit: 0.005, Window: 30 * time.Second}}
	busyUntil := func(end int) func(n int, s *Sample) {
		return func(n int, s *Sample) {
			s.Used = time.Duration(min(n, end)) * time.Second
			s.Each = []Usage{{1, 1, 0}, {2, 1, s.Used}}
		}
	}
	if at := first(play(j, 120, busyUntil(40))); at < 70 || at > 74 {
		t.Errorf("idle since 40, met at %d", at)
	}
	// A tick each four seconds is a quarter of a percent; one each second is one percent.
	for every, idle := range map[int]bool{4: true, 1: false} {
		met := play(j, 120, func(n int, s *Sample) {
			s.Used = time.Duration(n/every) * grain
			s.Each = []Usage{{1, 1, s.Used}}
		})
		if (len(met) > 0) != idle {
			t.Errorf("a tick each %d s: met at %v", every, met)
		}
	}
	// Short-lived processes work although none of them is ever seen.
	if met := play(j, 120, func(n int, s *Sample) { s.Used = time.Duration(n) * 100 * time.Millisecond }); len(met) > 0 {
		t.Errorf("a build is idle at %v", met)
	}
	// Many that each do next to nothing are idle, and so is nobody at all.
	if met := play(j, 120, func(n int, s *Sample) {
		for p := range 40 {
			u := time.Duration(n) * time.Millisecond
			s.Each = append(s.Each, Usage{p, 1, u})
			s.Used += u
		}
	}); len(met) == 0 {
		t.Error("forty clocks on the screen are busy")
	}
	if at := first(play(j, 60, func(int, *Sample) {})); at != 30 {
		t.Errorf("sleep is idle at %d", at)
	}
	// A number that comes round is another process.
	met := play(j, 120, func(n int, s *Sample) {
		s.Used = time.Duration(n) * 20 * time.Millisecond
		s.Each = []Usage{{7, uint64(n), 20 * time.Millisecond}}
	})
	if len(met) > 0 {
		t.Errorf("one process a second is idle at %v", met)
	}
}
