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
		m.status = 128 + int(in.Signal)
		m.finish()
	case running:
		if m.cmd().run == 0 {
			m.status = 128 + int(in.Signal)
		}
		m.heard = in.Heard && m.cmd().frozen.IsZero()
		m.leave(in.Cause)
	case leaving:
		if m.stops > 1 {
			m.hurry(m.cmd())
		}
	case draining:
		m.stopDraining()
	default: // Step answers nothing once done
	}
}

// stopDraining ends the log command's time to read on.
func (m *Machine) stopDraining() {
	l := m.log()
	switch l.state {
	case up:
		m.climb(l)
		if m.stops > 1 {
			m.hurry(l)
		}
	case stopping:
		if m.stops > 1 {
			m.hurry(l)
		}
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

// climb puts t, which is up, on the ladder.
func (m *Machine) climb(t *task) {
	if t.pid != 0 {
		t.lasted = t.uptime(m.now)
	}
	m.enter(t, stopping)
	t.rung, t.kills = -1, 0
	if t.pid != 0 {
		m.emit(t, Event{Kind: Stopping, Pid: t.pid})
	}
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

// hurry puts t on the last rung.
func (m *Machine) hurry(t *task) {
	t.rung, t.kills = len(m.policy.Ladder)-2, 0
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
	m.emit(t, Event{Kind: Sent, Pid: t.pid, Signal: r.Signal})
}

// killAgain repeats the last rung. When that has not helped for long enough, a
// dmon that leaves gives up what is left; one that stays goes on waiting,
// because a second copy of the command beside the first is worse than none.
func (m *Machine) killAgain(t *task) {
	t.kills++
	if t.kills < killTries {
		m.act(Send{Task: t.id, Target: Tree, Signal: syscall.SIGKILL})
		t.due = m.now.Add(killWait)
		return
	}
	left := t.left
	if t.pid != 0 {
		left++
	}
	m.emit(t, Event{Kind: Abandoned, Count: left})
	if m.phase != running {
		m.settle(t)
	}
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
	default:
		m.enter(l, waiting) // drained decides whether there is anything to read
		l.due = m.now
	}
}

// redrain is called when the log command ended in the middle of draining. One
// that exits with 0 has had enough; one that failed is given what is left of
// the time, because lines may be in the pipe still.
func (m *Machine) redrain(l *task) {
	if l.failure == nil && exitStatus(l.end) == 0 {
		m.finish()
		return
	}
	l.delay = m.policy.Backoff.next(l.delay)
	m.enter(l, waiting)
	l.due = m.now.Add(l.delay)
	if l.due.After(m.drainBy) {
		l.due = m.drainBy
	}
	m.act(ClosePipe{})
}

func (m *Machine) drained(in Drained) {
	if m.phase != draining {
		return
	}
	switch m.log().state {
	case down, waiting:
		if in.Unread == 0 {
			m.finish()
		}
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
