package condition

import (
	"fmt"
	"time"
)

// Sample is what was measured of a tree at one moment.
type Sample struct {
	At     time.Time     // of a clock that does not jump
	Memory int64         // bytes that the tree holds
	Used   time.Duration // processor time of the tree so far, that of ended processes included
	Procs  int
	Each   []Usage // the processes that live, in no order
}

// Usage is the processor time of one process.
type Usage struct {
	Pid   int
	Start uint64 // tells it from a later one with its number
	Used  time.Duration
}

// Judge says whether a condition about a tree is met, from samples about a second
// apart. It is pure: it knows no clock but that of the samples. The zero value
// with a Rule is ready; Begin makes it forget, for a new run or after a pause.
type Judge struct {
	Rule
	since  time.Time // the measure has been above since then
	points []point   // of cpu, oldest first, over a little more than the window
	last   map[key]time.Duration
	base   point // of idle: when last was taken, and what the tree had used
	quiet  time.Time
}

// Rule is a limit for a tree: more than Limit (bytes, processors, processes) for
// Window.
type Rule struct {
	Kind   Kind
	Limit  float64 // memory: bytes; cpu, idle: processors, 0.5 is half of one; procs: processes
	Window time.Duration
}

type point struct {
	at   time.Time
	used time.Duration
}

type key struct {
	pid   int
	start uint64
}

// Begin forgets all that was seen.
func (j *Judge) Begin() { *j = Judge{Rule: j.Rule, points: j.points[:0]} }

// Look takes in a sample and reports whether the condition is met now, and by
// what, in words.
func (j *Judge) Look(s *Sample) (met bool, text string) {
	switch j.Kind {
	case Memory:
		return j.held(s, float64(s.Memory)), fmt.Sprintf("memory %s", megabytes(s.Memory))
	case Procs:
		return j.held(s, float64(s.Procs)), fmt.Sprintf("%d processes", s.Procs)
	case CPU:
		return j.average(s)
	case Idle:
		return j.idle(s)
	}
	return false, ""
}

// held reports whether v has been above the limit all through the window. What
// falls below it for one look begins anew: a peak that is shorter does nothing.
func (j *Judge) held(s *Sample, v float64) bool {
	if v <= j.Limit {
		j.since = time.Time{}
		return false
	}
	if j.since.IsZero() {
		j.since = s.At
	}
	return s.At.Sub(j.since) >= j.Window
}

// pointsKept is how many readings cover a window: a long one is seen coarser.
const pointsKept = 60

// average compares with what the tree had used a window ago.
func (j *Judge) average(s *Sample) (bool, string) {
	if n := len(j.points); n == 0 || s.At.Sub(j.points[n-1].at) >= j.Window/pointsKept {
		j.points = append(j.points, point{s.At, s.Used})
	}
	first := 0
	for first+1 < len(j.points) && s.At.Sub(j.points[first+1].at) >= j.Window {
		first++
	}
	j.points = append(j.points[:0], j.points[first:]...)
	past := s.At.Sub(j.points[0].at)
	if past < j.Window || past == 0 {
		return false, ""
	}
	part := float64(s.Used-j.points[0].used) / float64(past)
	return part > j.Limit, fmt.Sprintf("%.0f%% of a processor over %v", 100*part, past.Round(time.Second))
}

// grain is how exactly the kernel tells processor time: a part of a processor is
// asked for over so long a time that one grain is no more than half of it.
const grain = 10 * time.Millisecond

// idle looks, over steps of the window, whether any process has used more than
// the limit; what ended meanwhile is taken for one process.
func (j *Judge) idle(s *Sample) (bool, string) {
	if j.last == nil {
		j.quiet = s.At
		j.note(s)
		return false, ""
	}
	past := s.At.Sub(j.base.at)
	step := max(j.Window/10, time.Duration(2*float64(grain)/max(j.Limit, 1e-4)))
	if past < min(step, j.Window) {
		return j.judgeIdle(s)
	}
	var known, most time.Duration
	for _, u := range s.Each {
		used := u.Used - j.last[key{u.Pid, u.Start}]
		known += used
		most = max(most, used)
	}
	most = max(most, s.Used-j.base.used-known)
	if float64(most) > j.Limit*float64(past) {
		j.quiet = s.At
	}
	j.note(s)
	return j.judgeIdle(s)
}

func (j *Judge) judgeIdle(s *Sample) (bool, string) {
	quiet := s.At.Sub(j.quiet)
	return quiet >= j.Window, fmt.Sprintf("idle for %v", quiet.Round(time.Second))
}

func (j *Judge) note(s *Sample) {
	if j.last == nil {
		j.last = map[key]time.Duration{}
	}
	clear(j.last)
	for _, u := range s.Each {
		j.last[key{u.Pid, u.Start}] = u.Used
	}
	j.base = point{s.At, s.Used}
}

func megabytes(n int64) string {
	if n < 10<<20 {
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}
