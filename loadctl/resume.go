package loadctl

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// longest bounds the wait after resumes that failed.
const (
	longest       = 5 * time.Minute
	longestShared = 2 * time.Minute
)

// reluctance is what stands between a gate that could open and one that does:
// a wait after resumes that did not last, those who have waited longer, and the
// turns that watches take. A pause takes the job's own share off the machine,
// so that room alone may be no more than the hole it has left.
type reluctance struct {
	turns  *turns // nil: none are taken
	queue  *queue // nil where turns is
	settle time.Duration
	pid    int

	opened   time.Time     // the last resume
	wait     time.Duration // how long the pause that began last has to be
	until    time.Time     // the end of that wait
	closed   time.Time     // when it began
	refused  time.Time     // since when others have had their turn, zero: they have not
	queued   bool          // another had its turn during this pause
	turnEnds time.Time     // of ours, zero: it is not ours
}

// close takes in that the gate was closed by guards the slowest of which needs
// settle to see what a resume does, and returns what to say of it. Of one that
// sees nothing of that the last resume was not the cause.
func (r *reluctance) close(now time.Time, settle time.Duration) (more string) {
	r.queued, r.refused = false, time.Time{}
	base := 2 * settle
	switch {
	case base == 0:
		return ""
	case r.opened.IsZero() || now.Sub(r.opened) > 3*base+r.wait:
		r.wait = 0
		return ""
	case r.wait == 0:
		r.wait = base
	default:
		r.wait = min(2*r.wait, r.longest())
	}
	r.until, r.closed = now.Add(r.wait), now
	return fmt.Sprintf(", not before %s since the last resume lasted %s", span(r.wait), span(now.Sub(r.opened)))
}

// longest bounds the wait after resumes that failed. Among those who share
// others use the time meanwhile, and would get more than their share.
func (r *reluctance) longest() time.Duration {
	if r.fair() && r.queue.met {
		return longestShared
	}
	return longest
}

// excuse ends the wait when one of those who share was the reason: they have
// a line that sees to it that nothing swings. Of that one can be sure when he
// is still there after his turn, and it was not our own resume that failed.
func (r *reluctance) excuse(now time.Time, places []*place) {
	if r.waits(now) && now.Sub(r.closed) > r.settle && r.closed.Sub(r.opened) > 2*r.settle && r.queue.excused(r.closed, places) {
		r.wait = 0
	}
}

// waits reports whether the last resume forbids the next.
func (r *reluctance) waits(now time.Time) bool { return r.wait > 0 && now.Before(r.until) }

// mayOpen reports whether the gate may open at now, and if not, why.
func (r *reluctance) mayOpen(now time.Time, places []*place) (why string, ok bool) {
	if r.waits(now) {
		return "waits " + span(r.until.Sub(now)) + " more, since the last resume did not last", false
	}
	if r.turns != nil && r.settle > 0 {
		if r.queue != nil && !r.queue.goes(now, places) {
			return "lets those resume first who have waited longer", false
		}
		if why, ok := r.takeTurn(now, places); !ok {
			return why, false
		}
	}
	r.opened, r.refused = now, time.Time{}
	return "", true
}

func (r *reluctance) takeTurn(now time.Time, places []*place) (why string, ok bool) {
	if !r.turnEnds.IsZero() { // ours from the last resume
		r.turnEnds = now.Add(r.settle)
		r.showTurn(now)
		return "", true
	}
	err := r.takeLock(now)
	if errors.Is(err, errTaken) {
		r.queued = true
		if r.refused.IsZero() {
			r.refused = now
		}
		if r.fair() {
			r.queue.again(now, places)
		}
		if now.Sub(r.refused) < turnPatience(r.settle, r.pid) {
			return "waits for its turn to resume", false
		}
		return "", true
	}
	r.refused = time.Time{}
	if err != nil { // there is no place to take turns at
		return "", true
	}
	for _, pl := range places {
		if !r.queued || pl.guard.Crowded == nil {
			continue
		}
		if why, yes := pl.guard.Crowded(); yes {
			r.turns.drop()
			return why, false
		}
	}
	r.turnEnds = now.Add(r.settle)
	if r.fair() && r.queue.made(now, places) {
		r.turnEnds = now.Add(r.settle / 2) // there is as much room for others as there was
	}
	r.showTurn(now)
	return "", true
}

// takeLock makes it our turn, or says why it is not. Of one who is suspended in
// his turn nobody waits for the end: then the line has to do.
func (r *reluctance) takeLock(now time.Time) error {
	err := r.turns.take()
	if errors.Is(err, errTaken) && r.fair() && r.queue.overdue(now) {
		return nil
	}
	return err
}

// tick ends our turn when it is over.
func (r *reluctance) tick(now time.Time) {
	if !r.turnEnds.IsZero() && !now.Before(r.turnEnds) {
		r.turns.drop()
		r.turnEnds = time.Time{}
		r.showTurn(now)
	}
}

// showTurn has the others know how long our turn lasts.
func (r *reluctance) showTurn(now time.Time) {
	switch {
	case !r.fair():
	case r.turnEnds.IsZero():
		r.queue.line.show(Processors, resumes, 0)
	default:
		r.queue.line.show(Processors, resumes, r.queue.stamp(now)+r.turnEnds.Sub(now).Milliseconds())
	}
}

// end gives up what is held of the system.
func (r *reluctance) end() {
	if r.turns != nil {
		r.turns.drop()
	}
	if r.queue != nil {
		r.queue.line.leave()
	}
}

// span is a length of time as a person reads it.
func span(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func newReluctance() reluctance { return reluctance{pid: os.Getpid()} }

// fair reports whether the job stands in line with others.
func (r *reluctance) fair() bool { return r.queue != nil && r.turns != nil && r.settle > 0 }

// yields reports whether the job, which runs, is to make room for those who
// wait. That takes a turn of its own, a short one: room for two at a time would
// be taken by two at a time.
func (r *reluctance) yields(now time.Time, places []*place) bool {
	if !r.fair() || !r.turnEnds.IsZero() || !r.queue.yields(now, places) || errors.Is(r.takeLock(now), errTaken) {
		return false
	}
	r.turns.drop()
	return true
}
