package supervise

import (
	"cmp"
	"time"
)

// Readiness says when a run of the command is ready: when its program was executed,
// where it asks for nothing else.
type Readiness struct {
	Told  bool          // when a Readied says so
	Check *Check        // which is also told by this check, that succeeds; may be nil
	After time.Duration // or, not zero, when it has lived so long
	Lacks string        // what a run lacks of which nothing else was heard, in words
	Limit time.Duration // a run that is not told to be ready by then has failed; zero: it has for ever

	// Awaited means that who started us waits for it: where the run ends before the
	// command was ever ready, so do we.
	Awaited bool
}

// Asked reports whether something more than an execution makes a run ready.
func (r *Readiness) Asked() bool { return r.Told || r.After > 0 }

// readiness is what a task's run has come to, and has said of itself.
type readiness struct {
	ready     bool          // it is, or was until it ended
	said      bool          // that it is, before it was known that it was executed
	never     bool          // it cannot become so
	lacks     string        // what keeps it from that, as last heard
	reloading bool          // it says that it is
	text      string        // what it said last of how it is
	watchdog  time.Duration // how long it may say nothing; zero: for ever
}

// executed notes that a run has got as far as its program, unless it is one that
// is over, or whose exit told it already.
func (m *Machine) executed(in Executed) {
	t := m.task(in.Task)
	if in.Run != t.run || t.executed || t.pid == 0 {
		return
	}
	t.executed = true
	r := &m.policy.Ready
	t.ready = t.id == Cmd && !r.Asked()
	m.emit(t, Event{Kind: Started, Pid: t.pid})
	switch {
	case t.id == Log && m.phase == running && !m.begun:
		m.beginCmd()
	case t.id != Cmd || t.state != up:
	case t.ready:
		m.watch(t)
	case t.said:
		m.becomeReady(t)
	case r.After > 0:
		t.clocks.set(ripeClock, t.moment(m.now).Add(r.After))
	case t.never:
		t.clocks.set(lateClock, t.moment(m.now).Add(neverWait))
	}
	m.checkReady()
}

// moment is now on the clocks of t.
func (t *task) moment(now time.Time) time.Time {
	if t.standsStill() {
		return t.frozen
	}
	return now
}

// expect gives a run that was forked its time to become ready.
func (m *Machine) expect(t *task) {
	if r := &m.policy.Ready; t.id == Cmd && r.Told && r.Limit > 0 {
		t.clocks.set(lateClock, m.now.Add(r.Limit))
	}
}

// readied takes in that a run is ready. What it tells may be here before it is known
// that it was executed.
func (m *Machine) readied(in Readied) {
	c := m.cmd()
	switch {
	case in.Run != c.run || c.state != up || c.ready || !m.policy.Ready.Told:
	case !c.executed:
		c.said = true
	default:
		m.becomeReady(c)
	}
}

func (m *Machine) becomeReady(c *task) {
	c.ready = true
	c.clocks[ripeClock], c.clocks[lateClock] = time.Time{}, time.Time{}
	m.emit(c, Event{Kind: BecameReady, Pid: c.pid})
	m.watch(c)
	m.checkReady()
}

// neverWait is how long a run that can never become ready has to end by itself: one
// that dies gives up what it would have told us by a moment before that.
const neverWait = 100 * time.Millisecond

// unready takes in what keeps a run from being ready.
func (m *Machine) unready(in Unready) {
	c := m.cmd()
	if in.Run != c.run || c.state != up || c.ready || c.never || !m.policy.Ready.Told {
		return
	}
	c.lacks, c.never = in.Lacks, in.Never
	if in.Never && c.executed {
		c.clocks.set(lateClock, c.moment(m.now).Add(neverWait))
	}
}

// late is called when a run has had its time to become ready.
func (m *Machine) late(c *task) {
	cause := "the command will never be ready"
	if !c.never {
		// What it has said that it needs came on top of the limit.
		had := max(m.policy.Ready.Limit, c.uptime(m.now).Truncate(time.Second))
		cause = "the command is not ready after " + brief(had)
	}
	if lacks := cmp.Or(c.lacks, m.policy.Ready.Lacks); lacks != "" {
		cause += ": " + lacks
	}
	m.emit(c, Event{Kind: Reached, Pid: c.pid, Why: ByReady, Cause: cause})
	m.end(c, ByReady)
}

// checkReady answers who started us, once: when all that was asked for is done, or
// when a gate is what it waits for.
func (m *Machine) checkReady() {
	c := m.cmd()
	held := m.holds.reason() != "" || !m.wanted // it waits, or was stopped before its exec
	if m.answered || m.phase != running || m.policy.Log && !m.log().executed || !c.executed && !held {
		return
	}
	if c.ready || held {
		m.answered = true
		m.act(Ready{})
		return
	}
	if !m.started {
		m.started = true
		m.act(Settled{})
	}
}

// neverReady reports whether c, whose run has ended, was to be ready for somebody
// who still waits for that.
func (m *Machine) neverReady(c *task) bool {
	return m.policy.Ready.Awaited && !m.answered && !c.ready
}
