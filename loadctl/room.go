package loadctl

import (
	"math"
	"time"
)

// most is the largest part of the processors that the job took of late: what
// it got when it was already in others' way is less than what it wants.
func (g *pressure) most() (n float64) {
	for i := 1; i < len(g.past); i++ {
		n = max(n, between(g.past[i-1], g.past[i]).used)
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

func (g *pressure) remember(m moment) {
	for len(g.past) > 1 && m.at.Sub(g.past[1].at) > memorySpan {
		g.past = g.past[1:]
	}
	g.past = append(g.past, m)
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
