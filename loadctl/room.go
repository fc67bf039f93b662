package loadctl

import (
	"math"
	"time"
)

// most is the largest part of the processors that the job took of late: what
// it got when it was already in others' way is less than what it wants. It
// cannot have taken more than was taken at all, though processes that were
// reaped a moment ago look like it.
func (g *pressure) most() (n float64) {
	for i := 1; i < len(g.past); i++ {
		r := between(g.past[i-1], g.past[i])
		n = max(n, min(r.used, r.busy))
	}
	return n
}

// Room is less than what the job took by a tenth, since a machine is never
// quite idle, and it shrinks by half each minute: who waited long enough may
// try with less. Should that fail, the next try comes later.
const (
	spare    = 0.9
	halfLife = time.Minute
	leastFit = 0.2
)

func (g *pressure) needs(now time.Time) float64 {
	aged := math.Exp2(-float64(now.Sub(g.closed)) / float64(halfLife))
	return max(leastFit, g.need*spare*aged)
}

// woke is Shared.Woke: the job has rested within the time that is remembered.
func (g *pressure) woke() bool {
	n := len(g.past)
	if n < 3 {
		return false
	}
	last := between(g.past[n-2], g.past[n-1]).used
	for i := 1; i < n-1; i++ {
		if between(g.past[i-1], g.past[i]).used < last/2 {
			return true
		}
	}
	return false
}

// remember keeps m. Moments that are close to one another would tell, in ticks
// of the kernel's, anything of what went on between them: of those the first
// counts.
func (g *pressure) remember(m moment) {
	if n := len(g.past); n > 0 {
		last := g.past[n-1]
		if m.at.Sub(last.at) < shortest {
			return
		}
		g.count(last, m)
	}
	for len(g.past) > 1 && m.at.Sub(g.past[1].at) > memorySpan {
		g.past = g.past[1:]
	}
	g.past = append(g.past, m)
}

// count adds what the job has had between two moments: processors or, of
// another resource, the time in which it did something.
func (g *pressure) count(a, b moment) {
	r := between(a, b)
	t := b.at.Sub(a.at)
	switch {
	case g.resource == CPU:
		g.had += time.Duration(min(r.used, r.busy) * float64(t))
	case !g.gate.closed && (b.active > 0 || r.used >= 0.02):
		g.had += t
	}
}

// before is the moment since when there must have been room at m: a window
// ago, and after the job was gone. Where another job has made room a moment ago
// what was before that does not count, and a shorter time will do: the room is
// seen all the same.
func (g *pressure) before(m moment) (first moment, ok bool) {
	least, since := window-tick, g.closed
	if m.at.Sub(g.room) < recent && g.room.After(since) {
		least, since = shortest, g.room
	}
	for _, p := range g.past {
		if !p.at.Before(since) && m.at.Sub(p.at) >= least {
			first, ok = p, true
		}
	}
	return first, ok
}

// rates are what went on between two moments: pressure in percent of the time,
// all else in processors.
type rates struct{ pressure, idle, busy, used, others float64 }

func between(a, b moment) rates {
	t := float64(b.at.Sub(a.at))
	part := func(d time.Duration) float64 { return max(0, float64(d)/t) }
	r := rates{
		pressure: min(100, 100*part(b.stalled-a.stalled)),
		idle:     part(b.processors.idle - a.processors.idle),
		busy:     part(b.processors.busy - a.processors.busy),
		used:     part(b.used - a.used),
	}
	r.others = max(0, r.busy-r.used)
	return r
}
