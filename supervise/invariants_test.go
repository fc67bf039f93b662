package supervise

import (
	"fmt"
	"testing"
	"time"
)

// checkedStep steps m and fails where the step breaks a rule that holds
// whatever happens.
func checkedStep(t testing.TB, m *Machine, now time.Time, in Input) []Action {
	t.Helper()
	before := *m
	out := m.Step(now, in)
	for _, fault := range append(stepFaults(&before, m, in, out), unsound(m)...) {
		t.Fatalf("%s\n after %T%+v\n    at %v, in %s -> %s\n answer %v", fault, in, in, now.Sub(epoch), describe(&before), describe(m), out)
	}
	return out
}

func describe(m *Machine) string {
	s := fmt.Sprintf("%v gate=%q stops=%d", m.phase, m.gate, m.stops)
	for i := range m.tasks {
		t := &m.tasks[i]
		s += fmt.Sprintf(" [%v %v pid=%d run=%d rung=%d left=%d frozen=%v due=%v]", t.id, t.state, t.pid, t.run, t.rung, t.left, !t.frozen.IsZero(), !t.due.IsZero())
	}
	return s
}

// endFaults are broken rules that hold in every state, even in one that
// cannot come about.
func endFaults(before, after *Machine, out []Action) []string {
	var faults []string
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if before.phase == done && len(out) > 0 {
		complain("a machine that is done answers")
	}
	if after.phase < before.phase {
		complain("the phase goes back")
	}
	finishes := 0
	for i, a := range out {
		if _, ok := a.(Finish); ok {
			finishes++
			if i != len(out)-1 {
				complain("something follows finish")
			}
		}
	}
	if (finishes == 1) != (before.phase != done && after.phase == done) || finishes > 1 {
		complain("%d times finish", finishes)
	}
	if _, ok := after.Deadline(); ok && after.phase == done {
		complain("something is due when all is done")
	}
	return faults
}

// stepFaults are the rules that a step from one sound state broke.
func stepFaults(before, after *Machine, in Input, out []Action) []string {
	faults := endFaults(before, after, out)
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	var starts [2]int
	for _, a := range out {
		switch a := a.(type) {
		case Start:
			starts[a.Task]++
			faults = append(faults, startFaults(before, a, in)...)
		case Send:
			if t := before.tasks[a.Task]; t.state != up && t.state != stopping && starts[a.Task] == 0 {
				complain("a signal for %v, which is %v", a.Task, t.state)
			}
		case Freeze:
			if s := before.tasks[a.Task].state; s != up && s != stopping {
				complain("%v is frozen, which is %v", a.Task, s)
			}
		case Ready:
			if before.ready {
				complain("ready twice")
			}
		case Emit:
			faults = append(faults, eventFaults(after, a.Event)...)
		}
	}
	for id, n := range starts {
		if n > 1 {
			complain("%v is started twice in one step", Task(id))
		}
	}
	_, ticked := in.(Tick)
	if when, ok := after.Deadline(); ok && ticked && when.Before(after.now) {
		complain("after a tick something is still due %v ago", after.now.Sub(when))
	}
	return faults
}

func startFaults(before *Machine, a Start, in Input) []string {
	var faults []string
	t := &before.tasks[a.Task]
	switch {
	case a.Task == Cmd && before.phase != idle && before.phase != running:
		faults = append(faults, "the command is started while "+before.phase.String())
	case a.Task == Cmd && before.gate != "":
		if g, ok := in.(Gate); !ok || g.Closed {
			if _, ok := in.(Continue); !ok {
				faults = append(faults, "the command is started while the gate is closed")
			}
		}
	}
	_, exits := in.(Exit)
	_, refused := in.(NotForked)
	if t.pid != 0 && !exits {
		faults = append(faults, "a second "+a.Task.String()+" is started beside the first")
	}
	if t.state == up && t.pid == 0 && !refused {
		faults = append(faults, "a start of "+a.Task.String()+" is outstanding")
	}
	return faults
}

func eventFaults(m *Machine, e Event) []string {
	var faults []string
	switch e.Kind {
	case Started, Stopping, Exited, Sent, TimedOut, Paused, Resumed:
		if e.Pid == 0 {
			faults = append(faults, "an event without a pid: "+e.String())
		}
	}
	if !e.Time.Equal(m.now) {
		faults = append(faults, "an event of another time: "+e.String())
	}
	return faults
}

// unsound says what is wrong with the state itself. Every state that can come
// about is sound; above all, one that has to end will.
func unsound(m *Machine) []string {
	var faults []string
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	for i := range m.tasks {
		t := &m.tasks[i]
		if alive := t.state == up || t.state == stopping; !alive && (t.pid != 0 || !t.frozen.IsZero()) {
			complain("%v is %v and has a process", t.id, t.state)
		}
		if t.state == down && !t.due.IsZero() {
			complain("%v is down and due", t.id)
		}
		if t.run < 0 || t.pid != 0 && t.run == 0 {
			complain("%v is in run %d", t.id, t.run)
		}
	}
	c, l := m.cmd(), m.log()
	for i := range m.tasks {
		t := &m.tasks[i]
		held := t.id == Cmd && t.state == up && m.gate != ""
		if !t.frozen.IsZero() && m.suspended.IsZero() && !held {
			complain("%v is frozen for no reason", t.id)
		}
		if t.paused && t.frozen.IsZero() {
			complain("%v is paused and not frozen", t.id)
		}
	}
	if m.phase < draining && (l.state == stopping && l.pid != 0 || l.state == up && !l.due.IsZero()) {
		complain("the log command is stopped before the command is gone")
	}
	switch m.phase {
	case idle:
		if c.state != down || l.state != down || c.run+l.run > 0 {
			complain("something runs before the beginning")
		}
	case running:
		if c.state == waiting && c.due.IsZero() && m.gate == "" && m.suspended.IsZero() {
			complain("the command waits for nothing")
		}
		if l.state == waiting && l.due.IsZero() {
			complain("the log command waits for nothing")
		}
		if c.state == down && (c.run != 0 || l.state == down || l.state == stopping || l.state == up && l.executed) {
			complain("the command is forgotten")
		}
		if m.policy.Log != (l.state != down) {
			complain("the log command is forgotten")
		}
	case leaving:
		if c.state != stopping || c.due.IsZero() {
			complain("dmon leaves and waits for nothing")
		}
	case draining:
		if c.state != down || l.state == down {
			complain("draining without a log command, or with a command")
		}
		outstanding := l.state == up && l.pid == 0
		if l.state != waiting && l.due.IsZero() && !outstanding {
			complain("the log command is waited for without end")
		}
	}
	return faults
}
