package loadctl

import "time"

// turnTime is how often the kernel computes its load averages: every five
// seconds and one tick, which is 4 ms on most machines, and 1 or 10 ms on others.
const turnTime = 5*time.Second + 4*time.Millisecond

const (
	// often is how far looks are apart that are to see when the kernel computes,
	// and so how late that is known.
	often = 100 * time.Millisecond

	// margin is how long before and after a turn is due it is looked for again,
	// after so many: the ticks of other kernels move it by 72 ms in this time.
	margin    = 200 * time.Millisecond
	refreshed = 12
)

// rhythm tells when the kernel computes. Nobody says so: it is seen when the
// average changes, by looking often for a turn at the beginning, and around one
// turn a minute after that. An average that does not change hides it, and then
// it does not matter.
type rhythm struct {
	seen    float64   // at the last look
	turn    time.Time // right after a turn of the kernel's; before any was seen, the first look
	known   bool      // it was seen at least once
	moved   bool      // the average has changed since we stopped looking often
	counted time.Time // the turn that was counted last
	until   time.Time // we look often until then; zero: we do not
	again   time.Time // the turn that is looked for next
	wait    time.Duration
}

// look takes in an average that was read at now, and returns how many turns the
// kernel had since the last look. They may be many, after a suspension.
func (r *rhythm) look(now time.Time, v float64) (turns int64) {
	changed := v != r.seen
	r.seen = v
	switch {
	case r.turn.IsZero():
		r.turn, r.counted = now, now
		r.until = now.Add(turnTime)
	case r.until.IsZero():
		r.moved = r.moved || changed
		if !now.Before(r.again.Add(-margin)) {
			r.until = r.next(now).Add(margin)
		}
	case changed:
		if !r.known {
			r.counted = now.Add(-turnTime) // one turn, whenever we began to look for it
		}
		r.turn, r.known = now, true
		r.settle(now)
	case !now.Before(r.until) && r.moved:
		r.moved = false // it computes, but not when we thought
		r.until = now.Add(turnTime)
	case !now.Before(r.until):
		r.settle(now)
	}
	last := r.next(now).Add(-turnTime)
	turns = int64((last.Sub(r.counted) + turnTime/2) / turnTime)
	r.counted = last
	r.wait = r.rest(now)
	return turns
}

// settle ends the looks that come often.
func (r *rhythm) settle(now time.Time) {
	r.until, r.moved = time.Time{}, false
	r.again = r.next(now).Add((refreshed - 1) * turnTime)
}

// next is the first turn after now.
func (r *rhythm) next(now time.Time) time.Time {
	return r.turn.Add((now.Sub(r.turn)/turnTime + 1) * turnTime)
}

// rest is how long after now to look again: after the next turn, or before it
// when that is to be seen.
func (r *rhythm) rest(now time.Time) time.Duration {
	if !r.until.IsZero() {
		return often
	}
	next := r.next(now)
	if next.Before(r.again) {
		return next.Sub(now)
	}
	return max(often, r.again.Add(-margin).Sub(now))
}
