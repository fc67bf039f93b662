package condition

import (
	"math"
	"sync/atomic"
	"time"

	"dmon/loadctl"
	"dmon/supervise"
)

// Watched is a condition about the command's tree, by its index in the policy.
type Watched struct {
	Condition int
	Rule
}

// Enough is how much memory none of list asks for more of: whether there is more
// has to be known exactly.
func Enough(list []Watched) int64 {
	enough := int64(math.MaxInt64)
	for _, one := range list {
		if one.Kind == Memory {
			enough = min(enough, int64(one.Limit))
		}
	}
	return enough
}

// Watcher looks at the command's tree once a second while a run of it is up, in
// one goroutine of its own, and tells what has come true and what no longer is. It
// has to be told of all events, in the loop's goroutine.
type Watcher struct {
	measure func(*Sample) error
	tell    chan<- supervise.Input
	clock   *loadctl.Clock
	run     atomic.Pointer[stretch] // that is up; never nil

	// The goroutine's alone.
	judges []judged
	seen   *stretch // that the judges know
	sample Sample
}

type judged struct {
	Judge
	condition int
	met       bool
}

// stretch is a part of a run without a pause in it.
type stretch struct {
	run int
	up  bool
}

const (
	period = time.Second
	never  = 1 << 62 * time.Nanosecond
	// A look that is so late has not been put off by a busy machine: dmon stood still.
	stoodStill = 4 * period
)

// Watch begins to watch. measure takes a sample, and may say that it
// was taken before now; it is called from one goroutine.
func Watch(list []Watched, measure func(*Sample) error, tell chan<- supervise.Input) *Watcher {
	w := &Watcher{measure: measure, tell: tell}
	for _, one := range list {
		w.judges = append(w.judges, judged{Judge: Judge{Rule: one.Rule}, condition: one.Condition})
	}
	w.run.Store(&stretch{})
	w.clock = loadctl.NewClock(never, func() time.Duration { return w.look(time.Now()) })
	return w
}

// Event hears where runs and pauses begin and end.
func (w *Watcher) Event(e supervise.Event) {
	was := w.run.Load()
	if e.Task != supervise.Cmd {
		return
	}
	now := *was
	switch e.Kind {
	case supervise.Started:
		if was.up && was.run == e.Run {
			return // its main process is another now
		}
		now = stretch{run: e.Run, up: true}
	case supervise.Resumed:
		now.up = true
	case supervise.Paused, supervise.Stopping, supervise.Exited:
		now.up = false
	default:
		return
	}
	w.run.Store(&now)
	if now.up {
		w.clock.Now()
	}
}

// look takes a sample and returns how long to the next.
func (w *Watcher) look(now time.Time) time.Duration {
	run := w.run.Load()
	if !run.up {
		w.seen = run
		return never
	}
	if run != w.seen || now.Sub(w.sample.At) > stoodStill {
		w.begin(run)
	}
	w.sample.At = now
	if err := w.measure(&w.sample); err != nil {
		return period // it is gone, or there is no room to look now
	}
	for i := range w.judges {
		j := &w.judges[i]
		met, text := j.Look(&w.sample)
		if met != j.met {
			j.met = met
			w.tell <- supervise.Met{Condition: j.condition, Run: run.run, Now: met, Text: text}
		}
	}
	return period
}

// begin forgets what was seen before. What was true is no longer, which a machine
// that knows nothing of a new run or a pause has to be told.
func (w *Watcher) begin(run *stretch) {
	w.seen = run
	for i := range w.judges {
		j := &w.judges[i]
		if j.met {
			w.tell <- supervise.Met{Condition: j.condition, Run: run.run}
		}
		j.Begin()
		j.met = false
	}
}
