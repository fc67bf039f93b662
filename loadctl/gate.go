// Package loadctl says when the machine is too busy for a job, and when there
// is room again.
//
// A Sampler measures one thing. A Guard judges: Limit is the plain one, a
// Sampler under a Gate, and a guard that needs more than two thresholds stands
// beside it. A Watch looks at its guards when they are due, in one goroutine,
// and says so when their verdict changes. Who is stopped, how, and what else
// follows is not known here.
package loadctl

// Gate is hysteresis and nothing else: closed above High, open again below
// Low, and as it was between the two. Low must not be above High. The zero
// state is open.
type Gate struct {
	High, Low float64
	closed    bool
}

// Move takes in a value and reports whether the gate is closed now. A value
// that is not a number opens a gate and closes none.
func (g *Gate) Move(v float64) (closed bool) {
	if g.closed {
		g.closed = v >= g.Low
	} else {
		g.closed = v > g.High
	}
	return g.closed
}

// Open opens the gate, whatever the last value was.
func (g *Gate) Open() { g.closed = false }

// Close closes the gate, whatever the last value was.
func (g *Gate) Close() { g.closed = true }
