package loadctl

import "time"

// queue is one dmon among those that share a machine: who has waited longest
// goes first, and who has had its turn yields to those who wait. Nobody
// arbitrates: each sees the others' signs, and does what is right by itself.
type queue struct {
	line   line
	stamp  func(time.Time) int64 // of the clock that all share
	number int64                 // ours since we began to wait, kept until our turn is used up; 0: none
	had    [lanes]time.Duration  // when this turn began
	before int64                 // who we let go first; 0: nobody
	since  time.Time             // from when on
	room   time.Time             // since when there is room that we leave to others
	passed []passed
	met    bool // others were seen in the last pause, or since
}

const (
	// chance is how long one that is first in line has for taking the room that
	// another sees, and pardon how long it is passed over after that: twice, and
	// then twice as long each time.
	chance = 3 * time.Second
	pardon = time.Minute
	// patience bounds all that together: who shows more signs than there can be
	// dmons holds nobody up for ever.
	patience = 10 * chance
	// recent is how long ago that was which may not have had its effect yet.
	recent = 3 * time.Second
	// handover is how soon the first in line looks again when room was made.
	handover = 500 * time.Millisecond
)

// lately reports whether somebody else showed a sign since a time d ago.
func (q *queue) lately(now time.Time, lane Lane, what sign, d time.Duration) bool {
	_, found := q.line.see(lane, what, max(1, q.stamp(now)-d.Milliseconds()), eternity)
	return found
}

// begin takes in that the job runs, from now on.
func (q *queue) begin(now time.Time, places []*place) {
	q.before = 0
	if q.number == 0 {
		q.restart(places)
	}
	for _, pl := range places {
		s := pl.guard.Shared
		if s == nil {
			continue
		}
		if q.met {
			q.line.show(s.Lane, came, q.stamp(now))
		}
		for _, over := range []sign{waits, yielded} {
			q.line.show(s.Lane, over, 0)
		}
	}
}

// restart begins a turn.
func (q *queue) restart(places []*place) {
	for _, pl := range places {
		if s := pl.guard.Shared; s != nil {
			q.had[s.Lane] = s.Had()
		}
	}
}

// part is how much of its turn the job has had: 1 is all of it.
func (q *queue) part(s *Shared) float64 { return float64(s.Had()-q.had[s.Lane]) / float64(s.Turn) }

// grace is how long the job may stay although there are too many, with so much
// left of its turn to resume: those who share do not all make room at once. Who
// has waited may stay for that turn; one with many threads would never find as
// much room as it takes. Who has rested stays a little longer than those who
// have not.
func (q *queue) grace(now time.Time, s *Shared, turn time.Duration) time.Duration {
	woke := s.Woke()
	if woke {
		q.line.show(s.Lane, came, q.stamp(now))
	}
	switch {
	case !q.met:
		return 0
	case turn > 0:
		return turn
	case woke:
		return 2 * handover
	default:
		return 0
	}
}

// yields reports whether the job, which runs, has to make room for others now:
// one after the other, since what was made a moment ago may not be taken yet.
func (q *queue) yields(now time.Time, places []*place) bool {
	for _, pl := range places {
		s := pl.guard.Shared
		if s == nil || q.part(s) < 1 {
			continue
		}
		_, someone := q.line.see(s.Lane, waits, 1, eternity)
		if someone && !q.lately(now, s.Lane, yielded, recent) && s.Busy() {
			return true
		}
	}
	return false
}

// wait takes in that the job is paused, since now if it left just now, perhaps
// to make room. ready means that nothing but the machine holds it up: only then
// others are to let it go first.
func (q *queue) wait(now time.Time, places []*place, ready bool) {
	for _, pl := range places {
		s := pl.guard.Shared
		switch {
		case s == nil:
		case !ready || !pl.paused && !pl.verdict.Closed:
			q.line.show(s.Lane, waits, 0)
		default:
			q.line.show(s.Lane, waits, q.number)
			if q.lately(now, s.Lane, yielded, recent) {
				q.met = true
				q.hurry(now, pl)
			}
		}
	}
}

// made reports whether another has made room of late.
func (q *queue) made(now time.Time, places []*place) bool {
	for _, pl := range places {
		if s := pl.guard.Shared; s != nil && pl.paused && q.lately(now, s.Lane, yielded, recent) {
			return true
		}
	}
	return false
}

// again has the room looked at from now on, since another takes of it.
func (q *queue) again(now time.Time, places []*place) {
	for _, pl := range places {
		if s := pl.guard.Shared; s != nil && pl.paused && q.lately(now, s.Lane, yielded, recent) {
			q.hurry(now, pl)
		}
	}
}

// leave takes in that the job was paused.
func (q *queue) leave(now time.Time, places []*place, yields bool) {
	number := q.stamp(now)
	again := q.number == 0
	q.met = false
	for _, pl := range places {
		if s := pl.guard.Shared; s != nil {
			again = again || q.part(s) >= 1
			q.line.show(s.Lane, came, 0)
			if yields {
				q.line.show(s.Lane, yielded, number)
			}
		}
	}
	if again {
		q.number = number
		q.restart(places)
	}
}

// hurry has the first in line look again soon.
func (q *queue) hurry(now time.Time, pl *place) {
	if _, older := q.older(now, pl.guard.Shared.Lane); older {
		return
	}
	pl.guard.Shared.Made(now)
	if soon := now.Add(handover); soon.Before(pl.due) {
		pl.due = soon
	}
}

// overdue reports whether the turn to resume of somebody else has ended by what
// he shows, and is his still.
func (q *queue) overdue(now time.Time) bool {
	end := q.stamp(now) - recent.Milliseconds()/2
	if _, fresh := q.line.see(Processors, resumes, end, eternity); fresh {
		return false
	}
	_, stale := q.line.see(Processors, resumes, 1, end)
	return stale
}

// excused reports whether one of us who came when the job left, or shortly
// before, is there still.
func (q *queue) excused(then time.Time, places []*place) bool {
	for _, pl := range places {
		if s := pl.guard.Shared; s != nil && q.lately(then, s.Lane, came, recent) {
			return true
		}
	}
	return false
}
