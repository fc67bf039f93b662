package loadctl

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// herd is a simulated machine: jobs under gates of their own, whose locks are
// real, and a neighbour without one. It knows processors, and the pressure that
// comes of too many threads for them.
type herd struct {
	cpus      int
	jobs      []*herdJob
	neighbour *herdJob // nil: there is none
	now       time.Time
	stalled   time.Duration
	idle      time.Duration
	busy      time.Duration
	possible  time.Duration // what the processors could have done for all who had work
}

// herdJob has work for so many threads, on for a time of work and off for a
// time of rest.
type herdJob struct {
	threads float64
	work    time.Duration // 0: endless
	rest    time.Duration
	panel   *panel
	guard   *pressure
	gone    bool // suspended: its gate is not looked at any more
	dead    bool // with its command
	used    time.Duration
	burst   time.Duration // what is left of it
	resting time.Time     // until then
	paused  bool
	since   time.Time // it has been held up since
	longest time.Duration
	pauses  int
	wanted  time.Duration // it had work for so long
}

const herdStep = 25 * time.Millisecond

func newHerd(t *testing.T, cpus int, jobs ...herdJob) *herd {
	t.Helper()
	h := &herd{cpus: cpus, now: time.Unix(10000, 0)}
	dir := shared(t)
	seed := rand.New(rand.NewPCG(1, uint64(len(jobs))))
	for i := range jobs {
		j := &jobs[i]
		j.burst = j.work
		j.guard = newPressure(t.TempDir(), CPU, 20, 10, nil)
		j.guard.measure = func(now time.Time) (moment, float64, error) {
			ticks := func(d time.Duration) time.Duration { return d.Truncate(tick) }
			return moment{at: now, stalled: h.stalled, used: ticks(j.used),
				processors: processors{idle: ticks(h.idle), busy: ticks(h.busy)}}, 0, nil
		}
		j.panel = &panel{resume: reluctance{pid: i, turns: &turns{dirs: []string{dir}},
			queue: &queue{line: newLine([]string{dir}), stamp: func(now time.Time) int64 { return now.UnixMilli() }}}}
		guard := j.guard.guard()
		guard.Look = func(now time.Time) (Verdict, error) {
			v, err := j.guard.look(now)
			j.guard.slow = 0 // it costs real time, which is none of this machine's
			return v, err
		}
		j.panel.add(guard)
		j.panel.places[0].due = h.now.Add(time.Duration(seed.Int64N(int64(time.Second))))
		t.Cleanup(j.panel.resume.end)
		h.jobs = append(h.jobs, j)
	}
	return h
}

// wants is how many threads of j want a processor.
func (h *herd) wants(j *herdJob) float64 {
	if j == nil || j.dead || h.now.Before(j.resting) {
		return 0
	}
	return j.threads
}

// step lets a moment pass.
func (h *herd) step() {
	run, work := 0.0, 0.0
	all := append(h.jobs[:len(h.jobs):len(h.jobs)], h.neighbour)
	for _, j := range all {
		w := h.wants(j)
		work += w
		if j != nil && !j.paused {
			run += w
		}
	}
	n := float64(h.cpus)
	rate := 1.0
	if run > n {
		rate = n / run
		h.stalled += time.Duration(math.Min(1, (run-n)/n) * float64(herdStep))
	}
	for _, j := range all {
		if j == nil || j.paused {
			continue
		}
		if h.wants(j) > 0 {
			j.wanted += herdStep
		}
		did := time.Duration(h.wants(j) * rate * float64(herdStep))
		j.used += did
		if j.work > 0 && did > 0 {
			if j.burst -= did; j.burst <= 0 {
				j.burst, j.resting = j.work, h.now.Add(j.rest)
			}
		}
	}
	busy := time.Duration(math.Min(n, run) * float64(herdStep))
	h.busy += busy
	h.idle += time.Duration(h.cpus)*herdStep - busy
	h.possible += time.Duration(math.Min(n, work) * float64(herdStep))
	h.now = h.now.Add(herdStep)
	for _, j := range h.jobs {
		h.look(j)
	}
}

func (h *herd) look(j *herdJob) {
	if when, _ := j.panel.next(); j.gone || h.now.Before(when) {
		return
	}
	v, changed := j.panel.look(h.now)
	if !changed {
		return
	}
	if j.paused = v.Closed; v.Closed {
		j.since = h.now
		j.pauses++
	} else {
		j.longest = max(j.longest, h.now.Sub(j.since))
	}
}

func (h *herd) run(d time.Duration) {
	for end := h.now.Add(d); h.now.Before(end); {
		h.step()
	}
	for _, j := range h.jobs {
		if j.paused {
			j.longest = max(j.longest, h.now.Sub(j.since))
		}
	}
}
