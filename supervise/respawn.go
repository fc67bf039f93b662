package supervise

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Exit statuses of dmon that no command gave.
const (
	statusTimeout    = 124 // --timeout ended the last run
	statusOwnFailure = 125 // dmon could not do its work
)

// settle is called when nothing of t is left, and decides what comes next.
func (m *Machine) settle(t *task) {
	m.thawDead(t)
	m.enter(t, down)
	t.pid = 0
	if t.id == Log {
		m.settleLog(t)
	} else {
		m.settleCmd(t)
	}
}

// settleCmd applies the rules in the order of their weight: what ends dmon
// goes before what delays the next run.
func (m *Machine) settleCmd(c *task) {
	m.status = exitStatus(c.end)
	if m.phase != running {
		m.drain()
		return
	}
	p := &m.policy
	good := c.ended && c.failure == nil && p.Success.Has(c.end)
	switch {
	case c.failure != nil && c.run == 1:
		m.leave("the command cannot be started")
	case p.Once && good:
		m.leave("the command succeeded")
	case p.NoRespawnOn.Has(c.end):
		m.leave("the command ended in a way that is not followed by a respawn")
	case p.MaxRespawns >= 0 && m.respawns >= p.MaxRespawns:
		m.leave("no respawn is left")
	case !good && m.givesUp(c):
		m.surrender(c)
	case good && p.Interval > 0:
		// A success that is followed by an interval ends a series of failures.
		m.respawns++
		c.delay = 0
		m.wait(c, p.Interval)
	default:
		m.respawns++
		m.respawn(c)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func (m *Machine) settleLog(l *task) {
	good := l.failure == nil && m.policy.Success.Has(l.end)
	switch {
	case m.phase == draining:
		m.redrain(l)
	case l.failure != nil && l.run == 1:
		m.fatal = l.failure.Status
		m.leave("the log command cannot be started")
	case !good && m.givesUp(l):
		m.fatal = statusOwnFailure
		m.surrender(l)
	default:
		m.respawn(l)
	}
}

// givesUp notes a failed run and reports whether it was one too many.
func (m *Machine) givesUp(t *task) bool {
	g := m.policy.GiveUp
	if g.Failures == 0 {
		return false
	}
	t.failures = append(t.failures, m.now)
	if len(t.failures) < g.Failures {
		return false
	}
	t.failures = t.failures[len(t.failures)-g.Failures:]
	return m.now.Sub(t.failures[0]) <= g.Window
}

// surrender leaves because t failed too often, which is worth an error.
func (m *Machine) surrender(t *task) {
	g := m.policy.GiveUp
	cause := fmt.Sprintf("%s failed %s within %v", t.id, times(g.Failures), g.Window)
	m.emit(t, Event{Kind: GaveUp, Err: errors.New(cause)})
	if m.phase == running {
		m.leave(cause)
	}
}

// respawn starts t again, after the delay that its run calls for.
func (m *Machine) respawn(t *task) {
	m.backOff(t)
	m.wait(t, max(t.delay, m.keyWait(t)))
}

func (m *Machine) keyWait(t *task) time.Duration {
	if t.id != Cmd || !t.end.Signaled() {
		return 0
	}
	if sig := t.end.Signal(); sig != syscall.SIGINT && sig != syscall.SIGHUP {
		return 0
	}
	return m.policy.KeyWait
}

// backOff sets the delay before the next start of t: none after a run that was
// long enough, else the backoff's.
func (m *Machine) backOff(t *task) {
	if t.lasted >= m.policy.MinUptime {
		t.delay = 0
	} else {
		t.delay = m.policy.Backoff.next(t.delay)
	}
}

// wait lets d pass before the next start of t, but not more time than the log
// command has to read on.
func (m *Machine) wait(t *task, d time.Duration) {
	if d == 0 {
		m.launch(t)
		return
	}
	m.enter(t, waiting)
	t.due = m.now.Add(d)
	if m.phase == draining && t.due.After(m.drainBy) {
		t.due = m.drainBy
	}
	m.emit(t, Event{Kind: Delayed, Delay: d})
}

// waited is called when the delay of t is over.
func (m *Machine) waited(t *task) {
	if m.phase == draining && !m.now.Before(m.drainBy) {
		m.finish()
		return
	}
	m.launch(t)
}

// ranLong is called when t has been up until its due time: the command's
// --timeout, or the end of the log command's time to read on.
func (m *Machine) ranLong(t *task) {
	if t.id == Cmd {
		t.late = true
		m.emit(t, Event{Kind: TimedOut, Pid: t.pid})
	}
	m.climb(t)
}
