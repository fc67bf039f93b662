package loadctl

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// settler is what a Guard or a Sampler may be besides: one that knows how long
// the effect of a resume needs until it is in what it measures.
type settler interface{ Settle() time.Duration }

func settleOf(x any) time.Duration {
	if s, ok := x.(settler); ok {
		return s.Settle()
	}
	return 0
}

// crowded is what a Guard may be besides: one that can tell whether others,
// who have resumed of late, will fill the room that it still sees.
type crowded interface{ Crowded() (why string, yes bool) }

// longest bounds the wait after resumes that failed.
const longest = 5 * time.Minute

// reluctance is what stands between a gate that could open and one that does:
// the turns that watches take, and a wait after resumes that did not last. A
// pause takes the job's own share off the machine, so that room alone may be
// no more than the hole it has left.
type reluctance struct {
	turns  *turns // nil: none are taken
	settle time.Duration
	pid    int

	opened    time.Time     // the last resume
	wait      time.Duration // how long the pause that began last has to be
	until     time.Time     // the end of that wait
	refused   time.Time     // since when others have had their turn, zero: they have not
	queued    bool          // another had its turn during this pause
	turnEnds  time.Time     // of ours, zero: it is not ours
	turnsGone error         // there is no place to take turns at
}

// close takes in that the gate has closed, and returns what to say of it.
func (r *reluctance) close(now time.Time) (more string) {
	r.queued, r.refused = false, time.Time{}
	base := 2 * r.settle
	switch {
	case base == 0 || r.opened.IsZero() || now.Sub(r.opened) > 3*base+r.wait:
		r.wait = 0
		return ""
	case r.wait == 0:
		r.wait = base
	default:
		r.wait = min(2*r.wait, longest)
	}
	r.until = now.Add(r.wait)
	return fmt.Sprintf(", not before %s since the last resume lasted %s", span(r.wait), span(now.Sub(r.opened)))
}

// mayOpen reports whether the gate may open at now, and if not, why.
func (r *reluctance) mayOpen(now time.Time, places []*place) (why string, ok bool) {
	if r.wait > 0 && now.Before(r.until) {
		return "waits " + span(r.until.Sub(now)) + " more, since the last resume did not last", false
	}
	if r.turns != nil && r.settle > 0 {
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
		return "", true
	}
	err := r.turns.take()
	if errors.Is(err, errTaken) {
		r.queued = true
		if r.refused.IsZero() {
			r.refused = now
		}
		if now.Sub(r.refused) < turnPatience(r.settle, r.pid) {
			return "waits for its turn to resume", false
		}
		return "", true
	}
	r.refused = time.Time{}
	if r.turnsGone = err; err != nil {
		return "", true
	}
	for i := range places {
		c, is := places[i].guard.(crowded)
		if !r.queued || !is {
			continue
		}
		if why, yes := c.Crowded(); yes {
			r.turns.drop()
			return why, false
		}
	}
	r.turnEnds = now.Add(r.settle)
	return "", true
}

// tick ends our turn when it is over.
func (r *reluctance) tick(now time.Time) {
	if !r.turnEnds.IsZero() && !now.Before(r.turnEnds) {
		r.turns.drop()
		r.turnEnds = time.Time{}
	}
}

// end gives up what is held of the system.
func (r *reluctance) end() {
	if r.turns != nil {
		r.turns.drop()
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
