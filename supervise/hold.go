package supervise

import (
	"slices"
	"syscall"
	"time"
)

// Source is a gate: what may hold the command.
type Source int

// Sources, in the order in which their reasons are told.
const (
	LoadGate      Source = iota // the machine is too busy
	ConditionGate               // a condition is true
	UserGate
	sourceCount
)

// holds are the reasons of the gates that are closed; "" is an open one. The
// command is held as long as one is.
type holds [sourceCount]string

// reason is why the command is held; "" where it is not.
func (h *holds) reason() string {
	for _, why := range h {
		if why != "" {
			return why
		}
	}
	return ""
}

// gateMoved takes in what a gate says. A closed one may say so again and again:
// each time, what has appeared in the paused tree is stopped too.
func (m *Machine) gateMoved(in Gate) {
	was := m.holds.reason() != ""
	c := m.cmd()
	if in.Trouble != nil {
		m.emit(c, Event{Kind: Blind, Err: in.Trouble})
	}
	h := &m.holds[in.Source]
	switch *h = ""; {
	case in.Closed && in.Reason == "":
		*h = "the gate is closed"
	case in.Closed:
		*h = in.Reason
	}
	switch {
	case m.holds.reason() != "":
		if in.Closed {
			m.hold(c)
		}
	case was:
		m.release(c, in.Reason)
	}
}

// hold stops a command that runs.
func (m *Machine) hold(c *task) {
	switch c.state {
	case up:
		m.freeze(c)
		if !c.paused {
			c.paused = true
			m.emit(c, Event{Kind: Paused, Pid: c.pid, Cause: m.holds.reason()})
		}
		m.checkReady()
	default: // launch asks the gates, and a stop goes before a pause
	}
}

// release lets the command go on, or start.
func (m *Machine) release(c *task, cause string) {
	switch c.state {
	case up:
		if c.standsStill() {
			m.thaw(c, cause)
		}
	case waiting:
		if !c.clocks.on(stateClock) {
			m.launch(c)
		}
	default: // nothing is held
	}
}

// freeze stops what there is of t. Said again, it stops what has appeared.
func (m *Machine) freeze(t *task) {
	m.act(Freeze{t.id})
	t.clocks.set(wokenClock, time.Time{})
	if t.frozen.IsZero() {
		t.frozen = m.now
	}
}

// thaw lets t go on; its clocks go on too, later by as long as they stood.
func (m *Machine) thaw(t *task, cause string) {
	m.act(Thaw{t.id})
	stood := m.now.Sub(t.frozen)
	t.stood += stood
	t.clocks.shift(stood, every)
	t.frozen = time.Time{}
	if t.paused {
		t.paused = false
		m.emit(t, Event{Kind: Resumed, Pid: t.pid, Cause: cause})
	}
	if t.clocks.on(watchdogClock) {
		m.watch(t)
	}
	m.goOn(t)
}

// wokenTime is far more than a process that was woken needs to come to its
// senses, and nothing to who waits for it.
const wokenTime = 300 * time.Millisecond

// woken hears that a Thaw should be said again.
func (m *Machine) woken(in Woken) {
	if t := m.task(in.Task); t.live() && !t.standsStill() {
		t.clocks.set(wokenClock, m.now.Add(wokenTime))
	}
}

// suspend is ^Z: everything stops, and dmon with it. It is over in resume, since
// nothing comes between the two.
func (m *Machine) suspend() {
	for i := range m.tasks {
		if t := &m.tasks[i]; t.live() {
			m.freeze(t)
		}
	}
	m.suspended = m.now
	m.act(SuspendSelf{})
}

// halted is ^Z for a command that has the terminal to itself: what stops it
// stops us too, so that the shell gets its turn. It may be our own doing.
func (m *Machine) halted(in Halted) {
	t := m.task(in.Task)
	if m.policy.Terminal && t.id == Cmd && in.Pid == t.pid && !t.standsStill() {
		m.suspend()
	}
}

// resume is fg: everything goes on, but a pause by a gate is put back, since
// the shell has woken the command together with us. Nobody had time meanwhile,
// nor had those who were not stopped because there was nothing to stop.
func (m *Machine) resume() {
	if m.suspended.IsZero() {
		return
	}
	for t := range m.timed {
		switch {
		case !t.standsStill():
			t.clocks.shift(m.now.Sub(m.suspended), lasting)
		case t.paused:
			m.freeze(t)
		default:
			m.thaw(t, "")
		}
	}
	m.suspended = time.Time{}
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
	c := m.cmd()
	s := Snapshot{Now: m.now, Gate: m.holds.reason(), Cmd: c.snapshot()}
	if m.policy.Log {
		s.Log = m.log().snapshot()
	}
	switch {
	case c.state == waiting && !c.clocks.on(stateClock):
		s.Cmd.State = "held"
	case c.state == up && m.policy.Ready.Asked() && !c.ready && !c.standsStill():
		s.Cmd.State = "starting"
	}
	return s
}

func (t *task) snapshot() TaskSnapshot {
	s := TaskSnapshot{State: t.state.String(), Pid: t.pid, Run: t.run, Since: t.since}
	if k := t.clocks.least(); k != clockCount {
		s.Due = t.clocks[k]
	}
	if t.standsStill() {
		s.State, s.Since, s.Due = "paused", t.frozen, time.Time{}
	}
	return s
}
