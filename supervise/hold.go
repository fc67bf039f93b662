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
	if !in.Closed {
		m.gate = ""
		if wasClosed {
			m.release(c, in.Reason)
		}
		return
	}
	if m.gate = in.Reason; m.gate == "" {
		m.gate = "the gate is closed" // the zero string means open
	}
	switch c.state {
	case up:
		m.act(Freeze{Cmd})
		if c.frozen.IsZero() {
			c.frozen = m.now
			m.emit(c, Event{Kind: Paused, Pid: c.pid, Cause: m.gate})
		}
	default: // launch asks the gate, and a stop goes before a pause
	}
}

// release lets the command go on, or start.
func (m *Machine) release(c *task, reason string) {
	switch c.state {
	case up:
		if !c.frozen.IsZero() {
			m.act(Thaw{Cmd})
			m.clocksGo(c)
			m.emit(c, Event{Kind: Resumed, Pid: c.pid, Cause: reason})
		}
	case waiting:
		if c.due.IsZero() && m.phase == running {
			m.launch(c)
		}
	default: // nothing is held
	}
}

// clocksGo sets the clocks of a run going again, later by as long as they stood.
func (m *Machine) clocksGo(t *task) {
	stood := m.now.Sub(t.frozen)
	t.since = t.since.Add(stood)
	if !t.due.IsZero() {
		t.due = t.due.Add(stood)
	}
	t.frozen = time.Time{}
}

// suspend is ^Z: everything stops, and dmon with it.
func (m *Machine) suspend() {
	for i := range m.tasks {
		t := &m.tasks[i]
		if t.state != up && t.state != stopping {
			continue
		}
		m.act(Freeze{t.id})
		if t.frozen.IsZero() {
			t.frozen = m.now
		}
	}
	m.act(SuspendSelf{})
}

// resume is fg: everything goes on, but a pause of the gate is put back, since
// the shell has woken the command together with us.
func (m *Machine) resume() {
	for i := range m.tasks {
		t := &m.tasks[i]
		if t.frozen.IsZero() {
			continue
		}
		if t.id == Cmd && t.state == up && m.gate != "" {
			m.act(Freeze{Cmd})
			continue
		}
		m.act(Thaw{t.id})
		m.clocksGo(t)
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
