package supervise

import (
	"fmt"
	"time"
)

// Check is a command that is asked again and again whether all is well: then it
// exits with 0. Each try is a job in a lane of the check's own.
type Check struct {
	Argv  []string
	Every time.Duration // from the beginning of a try to that of the next
	First Backoff       // in place of Every until one succeeds; zero: there is no difference
	Limit time.Duration // a try that takes longer has failed
}

// check is what the machine knows of one.
type check struct {
	*Check
	condition int // that it is of: the index in the policy; ofReady: what makes a run ready
	lane      int // in which it is asked
	on        bool
	since     time.Time     // it is on, and what follows counts from then
	began     time.Time     // the latest try
	delay     time.Duration // the latest of First
	well      bool          // a try has succeeded
	bad       int           // tries that failed since then
}

// onCheck is what a check is about, in the environment of its command.
const onCheck = "check"

// ofReady stands for the condition of the check that makes a run ready.
const ofReady = -1

// addCheck makes room for k.
func (m *Machine) addCheck(k *Check, condition int) {
	m.checks = append(m.checks, check{Check: k, condition: condition, lane: len(m.lanes)})
	m.lanes = append(m.lanes, lane{})
}

// mindChecks begins to ask the checks that matter now, and ends the others: nobody
// is asked about a run that is not up, nor about one that stands still. What holds
// the command is asked also while it does.
func (m *Machine) mindChecks() {
	for i := range m.checks {
		k := &m.checks[i]
		switch matters := m.matters(k); {
		case matters && !k.on:
			*k = check{Check: k.Check, condition: k.condition, lane: k.lane, on: true, since: m.now}
			m.try(k)
		case !matters && k.on:
			k.on = false
			m.forgetTry(&m.lanes[k.lane])
		}
	}
	m.tellHealth()
}

// health of a run, as its checks see it.
type health int

const (
	unknown health = iota // there are none, or they have not said so far
	well
	ill
)

// healthNow is what the checks that are about the run say together: one is enough for
// illness, health takes all of them.
func (m *Machine) healthNow() health {
	all, good := 0, 0
	for i := range m.checks {
		k := &m.checks[i]
		if k.condition == ofReady || m.policy.Conditions[k.condition].Why == none {
			continue
		}
		all++
		switch {
		case k.on && m.conditions.at(k.condition).met:
			return ill
		case k.on && k.well:
			good++
		}
	}
	if all > 0 && good == all {
		return well
	}
	return unknown
}

// tellHealth tells what they say now, unless that is nothing.
func (m *Machine) tellHealth() {
	was := m.health
	if m.health = m.healthNow(); m.health != was && m.health != unknown {
		m.emit(m.cmd(), Event{Kind: Checked, Pid: m.cmd().pid, Met: m.health == well})
	}
}

// matters reports whether somebody wants to know now what k says.
func (m *Machine) matters(k *check) bool {
	c := m.cmd()
	switch {
	case m.phase != running, !m.suspended.IsZero():
		return false
	case k.condition == ofReady:
		return c.state == up && c.executed && !c.ready && !c.standsStill()
	case m.policy.Conditions[k.condition].Do == DoPause: // it has to end what it began
		return true
	case c.standsStill():
		return false
	case m.policy.Conditions[k.condition].Why == none:
		return m.holds.reason() == ""
	default:
		return c.state == up && c.ready
	}
}

// try asks k now, or when nothing is left of its latest try.
func (m *Machine) try(k *check) {
	l := &m.lanes[k.lane]
	if l.state != down {
		return
	}
	c := m.cmd()
	k.began = m.now
	l.job = Job{Argv: k.Argv, Limit: k.Limit, Lane: k.lane, Word: onCheck, Run: c.run, Pid: c.pid, Kept: true}
	m.employ(l)
}

// forgetTry ends a try whose answer nobody waits for.
func (m *Machine) forgetTry(l *lane) {
	l.stale = l.state != down
	switch l.state {
	case waiting:
		m.settle(&l.task)
	case up:
		m.end(&l.task, ByStop)
	default: // it is being ended, or there is none
	}
}

// tried is called when nothing is left of a try. One that found no room for a
// process says nothing; nor does one of before, in whose place the next is due.
func (m *Machine) tried(k *check, t *task) {
	l := &m.lanes[k.lane]
	switch {
	case !k.on:
		return
	case l.stale:
		m.try(k)
		return
	}
	good := t.end == 0
	said := t.run > 0
	switch {
	case said && good:
		k.well, k.bad = true, 0
	case said:
		k.bad++
	}
	m.tryLater(k)
	if said {
		m.judgeCheck(k, t, good)
	}
}

// tryLater waits for the time of the next try.
func (m *Machine) tryLater(k *check) {
	d := k.Every
	if !k.well && k.First != (Backoff{}) {
		k.delay = k.First.next(k.delay)
		d = k.delay
	}
	l := &m.lanes[k.lane]
	l.rests = true
	m.enter(&l.task, waiting)
	l.clocks.set(stateClock, m.now.Add(max(0, d-m.now.Sub(k.began))))
}

// tryAgain is called when that time has come.
func (m *Machine) tryAgain(l *lane) {
	l.state = down
	m.try(m.checkIn(l))
}

// checkIn is the check that is asked in l, nil where l is for other jobs.
func (m *Machine) checkIn(l *lane) *check {
	for i := range m.checks {
		if k := &m.checks[i]; l == &m.lanes[k.lane] {
			return k
		}
	}
	return nil
}

// judgeCheck says what the answer means for the condition.
func (m *Machine) judgeCheck(k *check, t *task, good bool) {
	if k.condition == ofReady {
		m.judgeReady(k, t, good)
		return
	}
	p, have := &m.policy.Conditions[k.condition], m.conditions.at(k.condition)
	l := &m.lanes[k.lane]
	if missing := isUnexecuted(t); k.bad == 1 && (missing || p.Failures > 0) {
		m.emit(t, Event{Kind: JobFailed, Why: t.why, Status: t.end, Err: l.failure(t), Again: !missing})
	}
	met, text := good, "the check has succeeded"
	if p.Failures > 0 {
		met = k.bad >= p.Failures && (k.well || m.now.Sub(k.since) >= p.Grace)
		text = "the check " + l.ending(t)
		if k.bad > 1 {
			text = fmt.Sprintf("the check has failed %d times in a row, it %s", k.bad, l.ending(t))
		}
	}
	if met != have.met {
		m.became(k.condition, met, text)
	}
}

// judgeReady says what the answer means for a run that is to become ready.
func (m *Machine) judgeReady(k *check, t *task, good bool) {
	c, l := m.cmd(), m.laneOf(t.id)
	if good {
		m.becomeReady(c)
		return
	}
	if k.bad == 1 && isUnexecuted(t) {
		m.emit(t, Event{Kind: JobFailed, Why: t.why, Status: t.end, Err: l.failure(t)})
	}
	c.lacks = l.job.String() + " " + l.ending(t)
}

// isUnexecuted reports whether a try had no program, which somebody has to mend.
func isUnexecuted(t *task) bool {
	s := exitStatus(t.end)
	return t.failure != nil || s == statusNotExec || s == statusNotFound
}
