package supervise

import (
	"fmt"
	"testing"
	"time"
)

var phaseNames = [...]string{
	idle: "idle", running: "running", leaving: "leaving", draining: "draining", closing: "closing", done: "done",
}

func (p phase) String() string { return phaseNames[p] }

// checkedStep steps m and fails where the step breaks a rule that holds
// whatever happens.
func checkedStep(t testing.TB, m *Machine, now time.Time, in Input) []Action {
	t.Helper()
	before := new(Machine)
	before.become(m)
	out := m.Step(now, in)
	for _, fault := range append(stepFaults(before, m, in, out), unsound(m)...) {
		t.Fatalf("%s\n after %T%+v\n    at %v, in %s -> %s\n answer %v", fault, in, in, now.Sub(epoch), describe(before), describe(m), out)
	}
	return out
}

func describe(m *Machine) string {
	s := fmt.Sprintf("%v gate=%q asked=%v wanted=%v suspended=%v", m.phase, m.holds.reason(), !m.requests.first.IsZero(), m.wanted, !m.suspended.IsZero())
	for t := range m.timed {
		s += fmt.Sprintf(" [%v %v pid=%d run=%d rung=%d left=%d frozen=%v due=%v why=%v]", t.id, t.state, t.pid, t.run, t.rung, t.left, !t.frozen.IsZero(), t.clocks.least() != clockCount, t.why)
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
	starts := map[Task]int{}
	for _, a := range out {
		switch a := a.(type) {
		case Start:
			starts[a.Task]++
			faults = append(faults, startFaults(before, a, in)...)
		case Send:
			if t := before.task(a.Task); !t.live() && starts[a.Task] == 0 {
				complain("a signal for %v, which is %v", a.Task, t.state)
			}
		case Freeze:
			if s := before.task(a.Task).state; s != up && s != stopping {
				complain("%v is frozen, which is %v", a.Task, s)
			}
		case Settled:
			if before.started || before.answered {
				complain("settled twice, or after all was ready")
			}
		case Ready:
			if before.answered {
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
	t := before.task(a.Task)
	switch {
	case a.Task == Cmd && before.phase != idle && before.phase != running:
		faults = append(faults, "the command is started while "+before.phase.String())
	case a.Task == Cmd && before.holds.reason() != "":
		g, ok := in.(Gate)
		met, unmet := in.(Met)
		tried, checked := in.(Exit)
		if (!ok || g.Closed) && (!unmet || met.Now) && (!checked || tried.Task < FirstJob) {
			faults = append(faults, "the command is started while the gate is closed")
		}
	case a.Task == Cmd && !before.wanted:
		switch in.(type) {
		case Up, Restart:
		default:
			faults = append(faults, "the command is started and not wanted")
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
	for t := range m.timed {
		if !t.live() && (t.pid != 0 || t.standsStill()) {
			complain("%v is %v and has a process", t.id, t.state)
		}
		if t.state == down && t.clocks.least() != clockCount {
			complain("%v is down and due", t.id)
		}
		if t.clocks.on(timeoutClock) && (t.id != Cmd || t.state != up) {
			complain("%v is timed and not up", t.id)
		}
		if (t.clocks.on(ripeClock) || t.clocks.on(lateClock)) && (t.id != Cmd || t.state != up || t.ready || !m.policy.Ready.Asked()) {
			complain("%v is to become ready and is not up, or is ready", t.id)
		}
		if t.clocks.on(watchdogClock) && (t.id != Cmd || t.state != up || !t.ready || t.watchdog == 0) {
			complain("%v is watched and not ready", t.id)
		}
		if t.id != Cmd && t.ready {
			complain("%v is ready", t.id)
		}
		if t.clocks.on(ageClock) && (t.id != Cmd || t.state != up) {
			complain("%v has an age and is not up", t.id)
		}
		if t.clocks.on(awaitClock) && (t.state != stopping || t.rung < 0 && !t.asked || t.rung == len(m.ladder(t))-1 || !t.clocks.on(stateClock)) {
			complain("%v is awaited, but nothing comes", t.id)
		}
		if t.run < 0 || t.pid != 0 && t.run == 0 {
			complain("%v is in run %d", t.id, t.run)
		}
		if t.resting && (t.state != waiting || t.id >= FirstJob || !m.policy.AfterGiveUp.stays()) {
			complain("%v rests and is %v", t.id, t.state)
		}
		held := t.id == Cmd && t.state == up && m.holds.reason() != ""
		if t.standsStill() && m.suspended.IsZero() && !held {
			complain("%v is frozen for no reason", t.id)
		}
		if t.paused && !t.standsStill() {
			complain("%v is paused and not frozen", t.id)
		}
		if t.pending && (t.id != Cmd || t.state != waiting || !t.clocks.on(stateClock) || m.phase != running) {
			complain("the end of %v is never judged", t.id)
		}
	}
	for i := range m.lanes {
		if j := &m.lanes[i]; j.live() != j.clocks.on(limitClock) && j.state != stopping && j.state != waiting || len(j.queue) > queueMax || j.state == down && len(j.queue) > 0 {
			complain("the jobs of lane %d are forgotten", i)
		}
	}
	c, asks := m.cmd(), m.lanes[StopLane].busy()
	if asks && c.state != stopping {
		complain("the stop command runs while the command is %v", c.state)
	}
	if c.asked && (!asks || c.state != stopping || c.rung >= 0 || !c.clocks.on(stateClock)) {
		complain("the command is asked by nobody")
	}
	if c.state == stopping && !c.remains() && !asks && !c.clocks.on(stateClock) {
		complain("the end of the command is forgotten")
	}
	if m.phase != done && m.health != m.healthNow() {
		complain("the health is %v", m.health)
	}
	for i := range m.checks {
		k := &m.checks[i]
		l := &m.lanes[k.lane]
		if m.phase != done && k.on != m.matters(k) {
			complain("a check is on: %v", k.on)
		}
		if k.on && l.state == down || !k.on && (l.state == up || l.state == waiting) {
			complain("a check is on (%v) and %v", k.on, l.state)
		}
		if l.rests && (l.state == up || l.state == stopping) || l.state == waiting && !l.clocks.on(stateClock) {
			complain("a check is never asked again")
		}
	}
	return append(faults, unsoundPhase(m)...)
}

func unsoundPhase(m *Machine) []string {
	var faults []string
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	c, l := m.cmd(), m.log()
	if m.phase < draining && (l.state == stopping && l.pid != 0 || l.state == up && withoutWoken(l.clocks).least() != clockCount) {
		complain("the log command is stopped before the command is gone")
	}
	if m.phase != draining && l.clocks.on(drainClock) {
		complain("the log command's time to read on begins too early")
	}
	switch m.phase {
	case idle:
		if c.state != down || l.state != down || c.run+l.run > 0 || m.begun {
			complain("something runs before the beginning")
		}
	case running:
		if c.state == waiting && !c.clocks.on(stateClock) && m.holds.reason() == "" {
			complain("the command waits for nothing")
		}
		if l.state == waiting && !l.clocks.on(stateClock) && (!l.resting || m.wanted) {
			complain("the log command waits for nothing")
		}
		if c.state == down && m.begun && m.wanted || !m.begun && (c.state != down || c.run > 0 || l.state == down || l.state == up && l.executed) {
			complain("the command is forgotten")
		}
		if !m.wanted && (c.state == waiting && !c.pending || c.state == up && c.pid == 0) {
			complain("what is not wanted waits, or is started")
		}
		if m.policy.Log != (l.state != down) {
			complain("the log command is forgotten")
		}
	case leaving:
		if c.state != stopping || !c.clocks.on(stateClock) && (c.remains() || !m.lanes[StopLane].busy()) {
			complain("dmon leaves and waits for nothing")
		}
	case draining:
		if c.state != down || l.state == down {
			complain("draining without a log command, or with a command")
		}
		outstanding := l.state == up && l.pid == 0
		if l.state != waiting && l.clocks.least() == clockCount && !outstanding || l.state == stopping && !l.clocks.on(stateClock) {
			complain("the log command is waited for without end")
		}
	case closing:
		if c.state != down || l.state != down || !m.employed() {
			complain("dmon waits for jobs and has none, or there is more")
		}
	}
	return faults
}

// withoutWoken leaves out the clock that any task can have which was paused.
func withoutWoken(c clocks) *clocks {
	c[wokenClock] = time.Time{}
	return &c
}
