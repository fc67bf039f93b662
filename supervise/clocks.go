package supervise

import "time"

// clock names a time at which a task needs a tick.
type clock int

const (
	stateClock    clock = iota // the next start while waiting, the next step while stopping
	timeoutClock               // the run has lasted as long as it may
	awaitClock                 // somebody at a terminal wonders why nothing happens
	drainClock                 // the log command's time to read on is over
	limitClock                 // the job's time is over
	wokenClock                 // who was woken late has had time to stop itself
	ageClock                   // the run is as old as a condition says
	ripeClock                  // the run has lived long enough to be ready
	lateClock                  // the run is not ready in time
	watchdogClock              // the run has been silent for as long as it may
	clockCount
)

// outlasts are the clocks that go on from one state to the next.
var outlasts = [clockCount]bool{drainClock: true, limitClock: true}

// clocks are when each is due; zero: never.
type clocks [clockCount]time.Time

func (c *clocks) set(k clock, when time.Time) { c[k] = when }

func (c *clocks) on(k clock) bool { return !c[k].IsZero() }

// clear turns off those of a state that is over.
func (c *clocks) clear() {
	for k := range c {
		if !outlasts[k] {
			c[k] = time.Time{}
		}
	}
}

// shift lets d pass without them, for those that which wants.
func (c *clocks) shift(d time.Duration, which func(clock) bool) {
	for k := range c {
		if c.on(clock(k)) && which(clock(k)) {
			c[k] = c[k].Add(d)
		}
	}
}

func every(clock) bool            { return true }
func lasting(k clock) bool        { return outlasts[k] }
func (t *task) standsStill() bool { return !t.frozen.IsZero() }

// least is the one that is due first; clockCount where none is.
func (c *clocks) least() clock {
	first := clockCount
	for k := range clockCount {
		if c.on(k) && (first == clockCount || c[k].Before(c[first])) {
			first = k
		}
	}
	return first
}

// Deadline is the earliest time at which a Tick is needed, if any is.
func (m *Machine) Deadline() (when time.Time, ok bool) {
	if m.phase == done {
		return when, false
	}
	when, ok = m.beats, !m.beats.IsZero()
	if next := m.mail.next(); !next.IsZero() && (!ok || next.Before(when)) {
		when, ok = next, true
	}
	for t := range m.timed {
		if k := t.clocks.least(); k != clockCount && !t.standsStill() && (!ok || t.clocks[k].Before(when)) {
			when, ok = t.clocks[k], true
		}
	}
	return when, ok
}

// timed are the tasks that have clocks, in the order in which they are asked.
func (m *Machine) timed(yield func(*task) bool) {
	if !yield(m.cmd()) || !yield(m.log()) {
		return
	}
	for i := range m.lanes {
		if !yield(&m.lanes[i].task) {
			return
		}
	}
}

// tick asks the clocks until none is due, in the order of their time within a task.
// What one brings about may turn others off; what it turns on is later, but for
// steps of a ladder without a wait, which come to their end.
func (m *Machine) tick() {
	if !m.beats.IsZero() && !m.beats.After(m.now) {
		m.beat()
	}
	m.mailTick()
	for t := range m.timed {
		for m.phase != done && !t.standsStill() {
			k := t.clocks.least()
			if k == clockCount || t.clocks[k].After(m.now) {
				break
			}
			due := t.clocks[k]
			t.clocks[k] = time.Time{}
			m.struck(t, k, due)
		}
	}
}

// struck is called when a clock of t is due, since when, and off again.
func (m *Machine) struck(t *task, k clock, due time.Time) {
	switch k {
	case stateClock:
		switch {
		case t.asked:
			m.firstRung(t)
		case t.state == stopping:
			m.nextRung(t)
		default:
			m.waited(t)
		}
	case timeoutClock:
		m.emit(t, Event{Kind: TimedOut, Pid: t.pid, Why: ByTimeout})
		m.end(t, ByTimeout)
	case awaitClock:
		m.awaited(t)
	case drainClock:
		m.drainOver(t)
	case limitClock:
		m.jobOver(t)
	case wokenClock:
		m.act(Thaw{t.id})
	case ageClock:
		m.aged(t)
	case ripeClock:
		m.becomeReady(t)
	case lateClock:
		m.late(t)
	case watchdogClock:
		m.silent(t, due)
	}
}
