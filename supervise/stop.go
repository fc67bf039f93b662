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

// oneRequest is how long after the first request to leave another one is still
// the same: timeout(1), shells and kernels send two.
const oneRequest = time.Second

// Requests tell a second request to leave from the first, which is polite. The
// zero value has heard none.
type Requests struct{ first time.Time }

// Urgent takes in a request that came at now, by sig, and reports whether it
// means haste. HUP, which comes because somebody has gone, never does.
func (r *Requests) Urgent(now time.Time, sig syscall.Signal) bool {
	if r.first.IsZero() {
		r.first = now
	}
	return sig != syscall.SIGHUP && now.Sub(r.first) >= oneRequest
}

// stop takes in a request to leave.
func (m *Machine) stop(in Stop) {
	haste := m.requests.Urgent(m.now, in.Signal)
	switch m.phase {
	case idle:
		m.status = in.status()
		m.finish()
	case running:
		c := m.cmd()
		if c.run == 0 || in.Heard && c.pid == 0 {
			m.status = in.status() // no command has given one, or ^C keeps the next from doing so
		}
		m.heard = in.Heard && !c.standsStill()
		m.leave(in.Cause)
	case leaving:
		if haste {
			m.hurryCmd()
		}
	case draining:
		// Politeness is what is going on already: to read on for a while
		// belongs to it, and cutting it short would cost lines.
		if haste {
			m.stopDraining()
		}
	case closing:
		if haste {
			m.dropJobs()
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

// leave begins the end: the command first, and nothing is started any more
// but the log command, which the command may still write to.
func (m *Machine) leave(cause string) { m.leaveBy(cause, ByStop) }

// leaveBy does so for a reason of the run that ends.
func (m *Machine) leaveBy(cause string, why Why) {
	m.phase = max(m.phase, leaving) // it never goes back
	c := m.cmd()
	m.emit(c, Event{Kind: Leaving, Cause: cause})
	switch c.state {
	case up:
		m.end(c, why)
	case stopping:
		if !c.clocks.on(stateClock) && c.remains() { // it was left alone as unkillable; try again, then go
			m.hurry(c)
		}
	default:
		m.enter(c, down)
		m.drain()
	}
}

// end stops t, which is up, for a reason.
func (m *Machine) end(t *task, why Why) {
	t.why = why
	m.climb(t)
}

// climb puts t, which is up, or what is left of it, on the ladder, unless the stop
// command goes before that.
func (m *Machine) climb(t *task) {
	if t.standsStill() { // when it has something to act on, whoever of it that is for
		defer m.act(Thaw{t.id})
	}
	if e := m.mount(t); !m.runStopCommand(t, e) {
		m.firstRung(t)
	}
}

// firstRung begins the ladder. ^C that t has had itself stands for the first step,
// unless that is the last.
func (m *Machine) firstRung(t *task) {
	t.asked = false
	if t.id != Cmd || !m.heard {
		m.nextRung(t)
		return
	}
	m.skipRung(t)
}

// skipRung gives t the time of the first step, which it does not need to be asked
// for, before the next one.
func (m *Machine) skipRung(t *task) {
	wait := killWait
	if ladder := m.ladder(t); len(ladder) > 1 {
		t.rung, wait = 0, ladder[0].Wait
	}
	m.heardStep(t, wait)
}

// heardStep gives a step the time to wait, of which who pressed ^C is told.
func (m *Machine) heardStep(t *task, wait time.Duration) {
	t.clocks.set(stateClock, m.now.Add(wait))
	if m.heard && wait > heardWait {
		t.clocks.set(awaitClock, m.now.Add(heardWait))
	}
}

// heardWait is how long most take to end by ^C; somebody who still sees nothing
// happen then is told what is awaited.
const heardWait = time.Second

// awaited tells when the next step of t's ladder comes, and which.
func (m *Machine) awaited(t *task) {
	for _, next := range m.ladder(t)[t.rung+1:] {
		m.emit(t, Event{Kind: Awaited, Pid: t.pid, Signal: next.Signal, Delay: t.clocks[stateClock].Sub(m.now)})
		return
	}
}

// ladder is the one for t.
func (m *Machine) ladder(t *task) Ladder {
	if t.id >= FirstJob {
		return jobLadder
	}
	return m.policy.Ladder
}

// mount puts t, which is up, before the first rung of the ladder, and returns what
// the world was told of that.
func (m *Machine) mount(t *task) (e Event) {
	if t.pid != 0 {
		t.lasted = t.uptime(m.now)
	}
	m.enter(t, stopping)
	t.clocks[limitClock] = time.Time{} // from now on the ladder's count
	t.rung, t.kills, t.asked = -1, 0, false
	if t.pid != 0 {
		e = m.emit(t, Event{Kind: Stopping, Pid: t.pid, Why: t.why})
	}
	return e
}

// hurry puts t on the last rung. One that is there stays as it is: beginning
// again at every signal, we might never come to the end.
func (m *Machine) hurry(t *task) {
	last := len(m.ladder(t)) - 1
	if t.rung == last && t.clocks.on(stateClock) {
		return
	}
	t.clocks[awaitClock] = time.Time{}
	t.rung, t.kills, t.asked = last-1, 0, false
	m.nextRung(t)
}

func (m *Machine) nextRung(t *task) {
	ladder := m.ladder(t)
	last := len(ladder) - 1
	if t.rung == last {
		m.killAgain(t)
		return
	}
	t.rung++
	r := ladder[t.rung]
	m.send(t, r)
	if t.rung == last {
		r.Wait = killWait
	}
	t.clocks.set(stateClock, m.now.Add(r.Wait))
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
// dmon that leaves, or would after this run, gives up what is left; one that is
// to start the next run goes on waiting, because a second copy of the command
// beside the first is worse than none.
func (m *Machine) killAgain(t *task) {
	t.kills++
	if t.kills < killTries {
		last := m.ladder(t)[len(m.ladder(t))-1]
		m.act(Send{Task: t.id, Target: last.Target, Signal: syscall.SIGKILL})
		t.clocks.set(stateClock, m.now.Add(killWait))
		return
	}
	left := t.left
	if t.pid != 0 {
		left++
		t.end = t.status(exited(statusOwnFailure)) // what it ends with we shall not see
	}
	m.emit(t, Event{Kind: Abandoned, Count: left})
	if m.phase == running && t.id < FirstJob && (t.id == Log || !m.endsWith(t)) {
		return
	}
	m.gone(t)
}
