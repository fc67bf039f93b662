package loadctl

import (
	"cmp"
	"slices"
	"time"
)

// passed is one that had its chance, and did not take it until then: it needs
// more room than there is, or is suspended.
type passed struct {
	number int64
	times  int
	until  time.Time
}

// older returns one who waits in lane for longer than we do, and was not passed
// over.
func (q *queue) older(now time.Time, lane Lane) (number int64, found bool) {
	first := int64(1)
	for _, p := range q.passed {
		if p.number >= q.number {
			break
		}
		if !now.Before(p.until) { // it has another chance
			continue
		}
		if n, ok := q.line.see(lane, waits, first, p.number); ok {
			return n, true
		}
		first = p.number + 1
	}
	return q.line.see(lane, waits, first, q.number)
}

// goes reports whether the job may take the room that it sees, or lets somebody
// go first.
func (q *queue) goes(now time.Time, places []*place) bool {
	for _, pl := range places {
		s := pl.guard.Shared
		if s == nil || !pl.paused {
			continue
		}
		n, found := q.older(now, s.Lane)
		if !found {
			continue
		}
		q.met = true
		if q.before == 0 {
			q.room = now
		}
		if now.Sub(q.room) >= patience {
			return true
		}
		if n != q.before {
			q.before, q.since = n, now
		}
		if now.Sub(q.since) < chance {
			return false
		}
		q.pass(now, n)
		if n, more := q.older(now, s.Lane); more {
			q.before, q.since = n, now
			return false
		}
	}
	return true
}

// pass notes one that had its chance, in order. Of many only the last count.
func (q *queue) pass(now time.Time, number int64) {
	p := passed{number: number}
	if i := slices.IndexFunc(q.passed, func(p passed) bool { return p.number == number }); i >= 0 {
		p = q.passed[i]
		q.passed = slices.Delete(q.passed, i, i+1)
	} else if len(q.passed) == 16 {
		q.passed = slices.Delete(q.passed, 0, 1)
	}
	p.until = now.Add(pardon << min(max(0, p.times-1), 4))
	p.times++
	q.passed = append(q.passed, p)
	slices.SortFunc(q.passed, func(a, b passed) int { return cmp.Compare(a.number, b.number) })
}

// stay takes in that there is no room: who is first in line has had no chance.
func (q *queue) stay() { q.before = 0 }
