package loadctl

import (
	"sync/atomic"
	"time"
)

// place is where a guard stands in a panel: what the panel knows of it.
type place struct {
	guard   Guard
	due     time.Time
	rung    atomic.Bool // it asked to be looked at, from another goroutine
	verdict Verdict
	paused  bool      // it was closed in this pause, and saw why it is not any more
	above   time.Time // since when it would be closed, but for the grace; zero: it would not
	told    bool      // a failure was told
	seeing  int       // looks in a row that did not fail
}

// soonest bounds how often a guard is looked at, whatever it asks for: the
// watch must not become the load.
const soonest = 50 * time.Millisecond

// calm is how many looks in a row must succeed until a failure is told again:
// one that comes and goes would fill the log.
const calm = 12

// look asks the guard, and returns what is to be told of a failure. It closes
// only when it would have been closed at each look for as long as grace.
//
// A guard that cannot see is open. The job is what the user asked for, and
// giving way a courtesy: to hold a job for ever because a file in /proc cannot
// be read would turn a lost courtesy into an outage that nobody sees.
func (pl *place) look(now time.Time, grace func(*place) time.Duration) error {
	v, err := pl.guard.Look(now)
	pl.due = now.Add(max(pl.guard.Every(), soonest))
	if err == nil {
		v.Trouble, v.Source = nil, pl.guard.Source
		pl.verdict = pl.forgive(now, v, grace)
		pl.paused = pl.paused || pl.verdict.Closed
		pl.seeing++
		return nil
	}
	pl.verdict, pl.paused, pl.above = Verdict{Reason: err.Error()}, false, time.Time{}
	tell := !pl.told || pl.seeing >= calm
	pl.told, pl.seeing = true, 0
	if !tell {
		return nil
	}
	return blind{err}
}

// blind is why a guard cannot see.
type blind struct{ error }

func (b blind) Unwrap() error { return b.error }

// forgive leaves a guard open that has not been above its limit for long
// enough. It has to find itself above at each look: between its two limits it
// is as it was, which is open.
func (pl *place) forgive(now time.Time, v Verdict, graceOf func(*place) time.Duration) Verdict {
	if !v.Closed || pl.verdict.Closed || pl.guard.Open == nil {
		pl.above = time.Time{}
		return v
	}
	if pl.above.IsZero() {
		pl.above = now
	}
	grace := graceOf(pl)
	left := grace - now.Sub(pl.above)
	if left <= 0 {
		pl.above = time.Time{}
		return v
	}
	pl.guard.Open()
	if end := now.Add(max(left, soonest)); end.Before(pl.due) {
		pl.due = end
	}
	return Verdict{Source: v.Source, Reason: v.Reason + ", but not for " + span(grace)}
}

// settle tells a guard what has become of its verdict. As long as the panel is
// closed, one that was closed has to see room again at each look: what it saw
// may be taken by the time that the others open, or that it is our turn.
func (pl *place) settle(now time.Time, closed bool) {
	if pl.guard.Paused != nil {
		pl.guard.Paused(now, closed)
	}
	if !closed {
		pl.paused = false
		return
	}
	if pl.paused && pl.guard.Stay != nil {
		pl.guard.Stay()
	}
}
