package ready

import (
	"sync/atomic"
	"time"

	"dmon/loadctl"
	"dmon/supervise"
)

// Looker looks again and again whether a run is ready, in one goroutine, and rests
// when no run is awaited. It has to be told of all events, in the loop's goroutine.
type Looker struct {
	probe func(s *stretch) (ready bool, lacks string)
	tell  chan<- supervise.Input
	clock *loadctl.Clock
	run   atomic.Pointer[stretch] // that is awaited; nil: none is

	// The goroutine's alone.
	seen  *stretch // that was looked at last
	done  bool     // it is ready
	lacks string   // as was told last
}

// stretch is a run that is not ready yet.
type stretch struct {
	run    int
	pid    int
	began  time.Time
	before mark // what there was of the file before it
}

const (
	shortest = 10 * time.Millisecond
	longest  = time.Second
	never    = 1 << 62 * time.Nanosecond
)

// newLooker looks with probe.
func newLooker(probe func(*stretch) (bool, string), tell chan<- supervise.Input) *Looker {
	l := &Looker{probe: probe, tell: tell}
	l.clock = loadctl.NewClock(never, l.look)
	return l
}

// begin awaits a run.
func (l *Looker) begin(s *stretch) {
	l.run.Store(s)
	l.clock.Now()
}

// Event hears when nothing is awaited any more.
func (l *Looker) Event(e supervise.Event) {
	if e.Task != supervise.Cmd {
		return
	}
	switch e.Kind {
	case supervise.BecameReady, supervise.Exited, supervise.Stopping, supervise.Failed:
		l.run.Store(nil)
	}
}

// look returns how long to the next look: a tenth of the time that the run has taken
// so far, so that who waits for it waits hardly longer.
func (l *Looker) look() time.Duration {
	s := l.run.Load()
	if s != l.seen {
		l.seen, l.done, l.lacks = s, false, ""
	}
	if s == nil || l.done {
		return never
	}
	ready, lacks := l.probe(s)
	switch {
	case ready:
		l.done = true
		l.tell <- supervise.Readied{Run: s.run}
		return never
	case lacks != l.lacks:
		l.lacks = lacks
		l.tell <- supervise.Unready{Run: s.run, Lacks: lacks}
	}
	return min(max(time.Since(s.began)/10, shortest), longest)
}
