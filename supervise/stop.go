package supervise

import (
	"syscall"
	"time"
)

// The last rung is KILL; it is repeated so often, at such intervals, before
// what is left is given up: a process in an uninterruptible sleep, or one that
// we have no right to signal.
const (
	killWait  = time.Second
	killTries = 5
)

// stop takes in a request to leave. The first one is polite.
func (m *Machine) stop(in Stop) {
	m.stops++
	switch m.phase {
	case idle:
		m.status = in.status()
		m.finish()
	case running:
		if c := m.cmd(); c.run == 0 || in.Heard && c.pid == 0 {
			m.status = in.status() // no command has given one, or ^C keeps the next from doing so
		}
		m.heard = in.Heard && m.cmd().frozen.IsZero()
		m.leave(in.Cause)
	case leaving:
		if m.stops > 1 {
			m.hurry(m.cmd())
		}
	case draining:
		// Politeness is what is going on already: to read on for a while
		// belongs to it, and cutting it short would cost lines.
		if m.stops > 1 {
			m.stopDraining()
		}
	default: // Step answers nothing once done
	}
}

// status is dmon's exit status where no command has given one.
func (in Stop) status() int {
	if in.Signal == 0 {
		return statusOwnFailure
	}
	return 128 + int(in.Signal)
}

// stopDraining ends the log command's time to read on.
func (m *Machine) stopDraining() {
	m.drainBy = m.now
	l := m.log()
	switch l.state {
	case up:
		m.mount(l)
		m.hurry(l)
	case stopping:
		m.hurry(l)
	default:
		m.finish()
	}
}

// leave begins the end: the command first, and nothing is started any more
// but the log command, which the command may still write to.
func (m *Machine) leave(cause string) {
	m.phase = leaving
	c := m.cmd()
	m.emit(c, Event{Kind: Leaving, Cause: cause})
	switch c.state {
	case up:
		m.climb(c)
	case stopping:
		if c.due.IsZero() { // it was left alone as unkillable; try again, then go
			m.hurry(c)
		}
	default:
		m.enter(c, down)
		m.drain()
	}
}

// climb stops t, which is up, by the ladder.
func (m *Machine) climb(t *task) {
	if !t.frozen.IsZero() { // when it has something to act on, whoever of it that is for
		defer m.act(Thaw{t.id})
	}
	m.mount(t)
	if t.id == Cmd && m.heard {
		t.due = m.now.Add(heardWait)
		return
	}
	m.nextRung(t)
}

// heardWait is how long a command that has had ^C itself may act on it before
// the ladder begins: most end by it, and then their status says INT, as the
// user's shell expects.
const heardWait = time.Second

// mount puts t, which is up, before the first rung of the ladder.
func (m *Machine) mount(t *task) {
	if t.pid != 0 {
		t.lasted = t.uptime(m.now)
	}
	m.enter(t, stopping)
	t.rung, t.kills = -1, 0
	if t.pid != 0 {
		m.emit(t, Event{Kind: Stopping, Pid: t.pid})
	}
}

// hurry puts t on the last rung. One that is there stays as it is: beginning
// again at every signal, we might never come to the end.
func (m *Machine) hurry(t *task) {
	last := len(m.policy.Ladder) - 1
	if t.rung == last && !t.due.IsZero() {
		return
	}
	t.rung, t.kills = last-1, 0
	m.nextRung(t)
}

func (m *Machine) nextRung(t *task) {
	last := len(m.policy.Ladder) - 1
	if t.rung == last {
		m.killAgain(t)
		return
	}
	t.rung++
	r := m.policy.Ladder[t.rung]
	m.send(t, r)
	if t.rung == last {
		t.due = m.now.Add(killWait)
	} else {
		t.due = m.now.Add(r.Wait)
	}
}

// send carries out a rung. KILL needs no CONT after it; everything else would
// find a stopped process deaf.
func (m *Machine) send(t *task, r Rung) {
	m.act(Send{Task: t.id, Target: r.Target, Signal: r.Signal, Wake: r.Signal != syscall.SIGKILL})
	if t.pid != 0 { // its strays have no number that anyone knows
		m.emit(t, Event{Kind: Sent, Pid: t.pid, Signal: r.Signal})
	}
}

// killAgain repeats the last rung. When that has not helped for long enough, a
// dmon that leaves gives up what is left; one that stays goes on waiting,
// because a second copy of the command beside the first is worse than none.
func (m *Machine) killAgain(t *task) {
	t.kills++
	if t.kills < killTries {
		m.act(Send{Task: t.id, Target: m.policy.everyone(), Signal: syscall.SIGKILL})
		t.due = m.now.Add(killWait)
		return
	}
	left := t.left
	if t.pid != 0 {
		left++
	}
	m.emit(t, Event{Kind: Abandoned, Count: left})
	if m.phase == running {
		return
	}
	if t.pid != 0 { // what it ends with we shall not see
		t.end = exited(statusOwnFailure)
		if t.late {
			t.end = exited(statusTimeout)
		}
	}
	m.settle(t)
}

// drain lets the log command read to the end: our write end of the pipe is
// the last one, and closing it is what tells the log command.
func (m *Machine) drain() {
	l := m.log()
	if l.run == 0 || l.run == 1 && l.failure != nil {
		m.finish() // there never was a log command that could read
		return
	}
	m.phase = draining
	m.drainBy = m.now.Add(m.policy.Drain)
	m.act(ClosePipe{})
	switch l.state {
	case up:
		l.due = m.drainBy
	case stopping: // its strays are on the ladder
		if l.due.IsZero() { // as in leave
			m.hurry(l)
		}
	default: // whether there is anything to read, drained will hear
		l.delay = 0 // there is no time to lose
		m.enter(l, waiting)
	}
}

// redrain is called when the log command ended in the middle of draining. One
// that has read everything is done. What another has left in the pipe is for its
// successor, as at any other time, whatever status it ended with: many exit with
// 0 when somebody tells them to stop.
func (m *Machine) redrain(l *task) {
	m.backOff(l)
	m.enter(l, waiting)
	m.act(ClosePipe{})
}

// drained decides whether a log command that is gone is needed once more.
func (m *Machine) drained(in Drained) {
	l := m.log()
	if !l.due.IsZero() {
		return // decided already
	}
	switch l.state {
	case waiting:
		if in.Unread == 0 || !m.now.Before(m.drainBy) {
			m.finish()
			return
		}
		m.wait(l, l.delay)
	default: // it reads on, and its exit tells the rest
	}
}

func (m *Machine) finish() {
	m.phase = done
	if m.fatal != 0 {
		m.status = m.fatal
	}
	m.act(Finish{Status: m.status})
}
