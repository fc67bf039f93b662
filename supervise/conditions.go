package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// Doing is what a condition brings about.
type Doing int

// What there is to be done: the run ends for the sake of the next one, dmon
// leaves, the command is held for as long as it is true, the main process gets a
// signal, or the world is told and no more. None that holds is about a run.
const (
	DoRestart Doing = iota
	DoStop
	DoPause
	DoSend
	DoTell
)

// Condition is something that may come true, and what is done then. Whether it is
// true is measured elsewhere and comes as a Met, but for an age, which is a clock
// of the machine.
type Condition struct {
	Text   string // as the user wrote it
	Do     Doing
	Signal syscall.Signal // of DoSend
	Why    Why            // what it is about; none: the world around, and no run

	Check    *Check        // says whether it is true; nil: something else does
	Failures int           // in a row, which make it true; 0: a success does
	Grace    time.Duration // but not so soon after the start of a run, or a resume, where none has succeeded

	Age    time.Duration                     // of ByAge: how long a run lasts before it is true,
	Spread time.Duration                     // and a part of this more,
	Chance func(time.Duration) time.Duration // which is drawn for each run; may be nil
}

// condition is what the machine knows of one of them.
type condition struct {
	met  bool      // it was told; it has to be false before it is told again
	text string    // of one that holds: why, while it is met
	due  time.Time // of an age; zero: never

	owing string    // a change that came in a pause, in words
	acted time.Time // when a change was acted on last
	rows  int       // of them in a row, each soon after the one before or after a start
	aside bool      // there were too many
}

// conditions are in the order of the policy. None that is about a run is met while
// there is none, or while it stands still.
type conditions struct{ list []condition }

// shy is how many changes in a row, each within MinUptime of a start or a signal, are
// taken for what the command does itself.
const shy = 5

func (c *conditions) at(i int) *condition { return &c.list[i] }

// begin begins anew with a run, or where it goes on after a pause.
func (m *Machine) beginConditions(c *task) {
	if c.id != Cmd {
		return
	}
	for i := range m.conditions.list {
		k, have := &m.policy.Conditions[i], m.conditions.at(i)
		if k.Why == none {
			continue
		}
		m.untell(i)
		have.due = time.Time{}
		if k.Why == ByAge {
			have.due = m.now.Add(k.Age)
			if k.Spread > 0 && k.Chance != nil {
				have.due = have.due.Add(k.Chance(k.Spread))
			}
		}
	}
	m.setAge(c)
}

// goOn acts on what came during a pause that is over, and begins anew unless that
// was the end of the run.
func (m *Machine) goOn(c *task) {
	for i := range m.conditions.list {
		have := m.conditions.at(i)
		if text := have.owing; text != "" && c.id == Cmd && c.state == up {
			have.owing = ""
			m.changed(i, text, 0)
		}
	}
	if c.state == up {
		m.beginConditions(c)
	}
}

// setAge sets the clock for the age that is reached first.
func (m *Machine) setAge(c *task) {
	first := time.Time{}
	for _, have := range m.conditions.list {
		if due := have.due; !due.IsZero() && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	c.clocks.set(ageClock, first)
}

// aged is called when an age is reached. Others may be by the same moment.
func (m *Machine) aged(c *task) {
	for i := range m.conditions.list {
		have := m.conditions.at(i)
		if c.state != up || have.due.IsZero() || have.due.After(m.now) {
			continue
		}
		have.due, have.met = time.Time{}, true
		m.fire(i, "the run has lasted "+brief(c.uptime(m.now).Round(time.Millisecond)))
	}
	if c.state == up {
		m.setAge(c)
	}
}

// met takes in what was measured.
func (m *Machine) met(in Met) {
	if in.Condition >= len(m.conditions.list) {
		return
	}
	k, have, c := &m.policy.Conditions[in.Condition], m.conditions.at(in.Condition), m.cmd()
	switch {
	case in.Trouble != nil:
		m.emit(c, Event{Kind: Blind, Err: in.Trouble})
		return
	case k.Why == none && have.met != in.Now, k.Why == ByChanged && in.Now:
	case k.Why == none, k.Why == ByChanged, have.met == in.Now, in.Run != c.run, c.state != up, c.standsStill():
		return
	}
	if k.Why == ByChanged {
		m.changed(in.Condition, in.Text, in.Ago)
		return
	}
	m.became(in.Condition, in.Now, in.Text)
}

// became takes in that a condition is true now, or no longer is.
func (m *Machine) became(i int, met bool, text string) {
	k, have := &m.policy.Conditions[i], m.conditions.at(i)
	switch {
	case k.Do == DoPause:
		have.met, have.text = met, text+" ("+k.Text+")"
		m.holdBy("no longer: " + k.Text)
	case met:
		have.met = true
		m.fire(i, text)
	default:
		m.untell(i)
	}
}

// holdBy closes the gate of the conditions while one of them is true; opened is what
// is told where none is.
func (m *Machine) holdBy(opened string) {
	in := Gate{Source: ConditionGate, Reason: opened}
	for i := range m.conditions.list {
		if have := m.conditions.at(i); have.met && m.policy.Conditions[i].Do == DoPause && !in.Closed {
			in.Closed, in.Reason = true, have.text
		}
	}
	m.gateMoved(in)
}

// changed is a condition that is true for a moment only. In a pause it is kept for
// later, and one that follows each start was brought about by it. Whoever is started
// later begins with what there is now.
func (m *Machine) changed(i int, text string, ago time.Duration) {
	k, have, c := &m.policy.Conditions[i], m.conditions.at(i), m.cmd()
	switch {
	case !m.wanted, have.aside:
	case c.standsStill():
		have.owing = text
	case k.Do == DoSend && !c.executed, k.Do != DoTell && c.state == up && !m.bears(i, ago):
	default:
		have.acted = m.now
		m.fire(i, text)
	}
}

// bears reports whether another change is to be acted on, that began so long ago.
func (m *Machine) bears(i int, ago time.Duration) bool {
	k, have, c := &m.policy.Conditions[i], m.conditions.at(i), m.cmd()
	quiet := c.uptime(m.now)
	if k.Do == DoSend {
		quiet = min(quiet, m.now.Sub(have.acted))
	}
	if have.rows++; quiet-ago >= m.policy.MinUptime {
		have.rows = 0
	}
	if have.rows < shy {
		return true
	}
	have.aside = true
	after := "starts: no more restarts"
	if k.Do == DoSend {
		after = "starts or signals: no more signals"
	}
	m.emit(c, Event{Kind: Blind, Err: fmt.Errorf("%s: changed by the command itself, it seems, soon after each of the last %s for that", k.Text, after)})
	return false
}

// untell says that a condition is no longer true, if it was told that it is.
func (m *Machine) untell(i int) {
	k, have := &m.policy.Conditions[i], m.conditions.at(i)
	if have.met && k.Do == DoTell {
		m.emit(m.cmd(), Event{Kind: Told, Pid: m.cmd().pid, Why: k.Why, Cause: "no longer: " + k.Text})
	}
	have.met, have.owing = false, ""
}

// fire does what is asked for when a condition is true; text says what was
// measured.
func (m *Machine) fire(i int, text string) {
	k, c := &m.policy.Conditions[i], m.cmd()
	told := Event{Kind: Reached, Pid: c.pid, Why: k.Why, Cause: text + " (" + k.Text + ")", Ends: k.Do == DoStop}
	if k.Do == DoTell {
		told.Kind, told.Met = Told, true
	}
	switch {
	case m.phase == idle && k.Do == DoStop: // nothing is to be started
		m.finish()
		return
	case m.phase != running:
		return
	}
	m.emit(c, told)
	switch k.Do {
	case DoRestart:
		m.restart(Restart{k.Why})
	case DoSend:
		m.deliver(Deliver{Signal: k.Signal, Target: Main})
	case DoStop:
		m.leaveFor(k, told.Cause)
	case DoPause, DoTell:
	}
}

// leaveFor leaves because of a condition. A limit of ours that ended a run is what
// dmon's status tells.
func (m *Machine) leaveFor(k *Condition, cause string) {
	if k.Why == none {
		m.leave(cause)
		return
	}
	m.fatal = statusTimeout
	m.leaveBy(cause, k.Why)
}
