package supervise

import (
	"slices"
	"syscall"
	"time"
)

// gateMoved takes in what the load gate says. A closed gate may say so again
// and again: each time, what has appeared in the paused tree is stopped too.
func (m *Machine) gateMoved(in Gate) {
	wasClosed := m.gate != ""
	c := m.cmd()
	if in.Trouble != nil {
		m.emit(c, Event{Kind: Blind, Err: in.Trouble})
	}
	if !in.Closed {
		m.gate, m.opened = "", in.Reason
		if wasClosed && m.suspended.IsZero() {
			m.release(c)
		}
		return
	}
	if m.gate = in.Reason; m.gate == "" {
		m.gate = "the gate is closed" // the zero string means open
	}
	switch c.state {
	case up:
		m.freeze(c)
		if !c.paused {
			c.paused = true
			m.emit(c, Event{Kind: Paused, Pid: c.pid, Cause: m.gate})
		}
		m.checkReady()
	default: // launch asks the gate, and a stop goes before a pause
	}
}

// release lets the command go on, or start.
func (m *Machine) release(c *task) {
	switch c.state {
	case up:
		if !c.frozen.IsZero() {
			m.thaw(c)
		}
	case waiting:
		if c.due.IsZero() {
			m.launch(c)
		}
	default: // nothing is held
	}
}

// freeze stops what there is of t. Said again, it stops what has appeared.
func (m *Machine) freeze(t *task) {
	m.act(Freeze{t.id})
	if t.frozen.IsZero() {
		t.frozen = m.now
	}
}

// thaw lets t go on; its clocks go on too, later by as long as they stood.
func (m *Machine) thaw(t *task) {
	m.act(Thaw{t.id})
	stood := m.now.Sub(t.frozen)
	t.stood += stood
	if !t.due.IsZero() {
		t.due = t.due.Add(stood)
	}
	t.frozen = time.Time{}
	if t.paused {
		t.paused = false
		m.emit(t, Event{Kind: Resumed, Pid: t.pid, Cause: m.opened})
	}
}

// thawDead lets go of what a pause holds of a run that has ended, or that is
// about to be ended and must be able to act on that. It is no resume, and the
// next run is not born into a pause that nobody would end.
func (m *Machine) thawDead(t *task) {
	if !t.frozen.IsZero() {
		m.act(Thaw{t.id})
	}
}

// suspend is ^Z: everything stops, and dmon with it.
func (m *Machine) suspend() {
	for i := range m.tasks {
		t := &m.tasks[i]
		if t.state != up && t.state != stopping {
			continue
		}
		m.freeze(t)
	}
	if m.suspended.IsZero() {
		m.suspended = m.now
	}
	m.act(SuspendSelf{})
}

// halted is ^Z for a command that has the terminal to itself: what stops it
// stops us too, so that the shell gets its turn. It may be our own doing.
func (m *Machine) halted(in Halted) {
	t := &m.tasks[in.Task]
	if m.policy.Terminal && t.id == Cmd && in.Pid == t.pid && t.frozen.IsZero() {
		m.suspend()
	}
}

// resume is fg: everything goes on, but a pause of the gate is put back, since
// the shell has woken the command together with us. The gate may have opened
// while we were suspended; a start that it held comes now.
func (m *Machine) resume() {
	if !m.suspended.IsZero() {
		m.drainBy = m.drainBy.Add(m.now.Sub(m.suspended))
		m.suspended = time.Time{}
	}
	for i := range m.tasks {
		t := &m.tasks[i]
		switch {
		case t.frozen.IsZero():
		case t.id == Cmd && t.state == up && m.gate != "":
			m.freeze(t)
		default:
			m.thaw(t)
		}
	}
	if m.gate == "" {
		m.release(m.cmd())
	}
}

// signalled forwards what the user asked to be forwarded, and nothing else.
func (m *Machine) signalled(in Signalled) {
	forwarded := false
	for i := range m.tasks {
		t := &m.tasks[i]
		if !slices.Contains(m.policy.Forward[t.id], in.Signal) {
			continue
		}
		forwarded = true
		if t.pid != 0 {
			m.act(Send{Task: t.id, Target: Main, Signal: in.Signal})
			m.emit(t, Event{Kind: Sent, Pid: t.pid, Signal: in.Signal})
		}
	}
	if !forwarded && in.Signal == syscall.SIGUSR1 {
		m.act(Report{m.snapshot()})
	}
}

func (m *Machine) snapshot() Snapshot {
	s := Snapshot{Now: m.now, Gate: m.gate, Cmd: m.tasks[Cmd].snapshot()}
	if m.policy.Log {
		s.Log = m.tasks[Log].snapshot()
	}
	if c := m.cmd(); c.state == waiting && c.due.IsZero() {
		s.Cmd.State = "held"
	}
	return s
}

func (t *task) snapshot() TaskSnapshot {
	s := TaskSnapshot{State: t.state.String(), Pid: t.pid, Run: t.run, Since: t.since, Due: t.due}
	if !t.frozen.IsZero() {
		s.State, s.Since, s.Due = "paused", t.frozen, time.Time{}
	}
	return s
}
