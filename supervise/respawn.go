package supervise

import (
	"fmt"
	"strings"
	"syscall"
	"time"
)

// Exit statuses of dmon that no command gave.
const (
	statusTimeout    = 124 // a limit ended the last run
	statusOwnFailure = 125 // dmon could not do its work
	statusNotExec    = 126 // of a program that cannot be executed
	statusNotFound   = 127 // of one that is not there
)

// settle is called when nothing of t is left, and decides what comes next.
func (m *Machine) settle(t *task) {
	if t.standsStill() { // nothing may be born into a pause that nobody would end
		m.act(Thaw{t.id})
	}
	m.enter(t, down)
	t.pid = 0
	switch {
	case t.id < FirstJob && m.phase == closing: // it was over before
	case t.id == Cmd:
		m.settleCmd(t)
	case t.id == Log:
		m.settleLog(t)
	default:
		m.jobEnded(t)
	}
}

// settleCmd waits a moment where the end may be one that dmon is about to be told
// of as well, and judges it then.
func (m *Machine) settleCmd(c *task) {
	m.status = exitStatus(c.end)
	switch d := m.keyWait(c); {
	case m.phase != running:
		m.drain()
	case d > 0:
		m.enter(c, waiting)
		c.pending = true
		c.clocks.set(stateClock, m.now.Add(d))
	default:
		m.judge(c)
	}
}

// keyWait is how long after its end a run is judged.
func (m *Machine) keyWait(c *task) time.Duration {
	if !c.end.Signaled() || reasons[c.why].unseen {
		return 0
	}
	if sig := c.end.Signal(); sig != syscall.SIGINT && sig != syscall.SIGHUP {
		return 0
	}
	return m.policy.KeyWait
}

// judge decides what follows a run of the command that ended while dmon stays.
func (m *Machine) judge(c *task) {
	c.pending = false
	good := c.succeeded(m.policy.Success)
	over := m.isOver(c)
	if over == "" && !good && m.wanted && !reasons[c.why].unseen {
		m.noteFailure(c)
	}
	switch {
	case over == gaveUp:
		m.surrender(c)
	case over != "":
		if over == notReady && m.status == 0 {
			m.fatal = statusTimeout // its own status would say that all is well
		}
		m.leave(over)
	case !m.wanted:
		m.nowDown(c)
	case reasons[c.why].unseen:
		m.launch(c)
	case good && m.policy.Interval > 0:
		// A success that is followed by an interval ends a series of failures.
		m.respawns++
		c.delay = 0
		m.wait(c, m.policy.Interval)
	default:
		m.respawns++
		m.respawn(c)
	}
}

// gaveUp is why dmon leaves when a task has failed too often.
const gaveUp = "it failed too often"

// notReady is why dmon leaves when who started it waits for nothing any more.
const notReady = "the command ended before it was ready"

// NoRespawnLeft is the Cause of Leaving when MaxRespawns are used up.
const NoRespawnLeft = "no respawn is left"

// isOver says why dmon leaves after the latest run of the command, "" where it
// does not, in the order of weight: what ends dmon goes before what delays the
// next run. It changes nothing, so that it can be asked before the run is over.
func (m *Machine) isOver(c *task) string {
	p := &m.policy
	good := c.succeeded(p.Success)
	switch {
	case reasons[c.why].unseen || !m.wanted:
		return ""
	case c.failure != nil && c.run == 1:
		return "the command cannot be started"
	case p.Once && good:
		return "the command succeeded"
	case m.neverReady(c):
		return notReady
	case c.unheard:
		return "nobody reads what the command writes"
	case p.NoRespawnOn.Has(c.end):
		return "the command ended in a way that is not followed by a respawn"
	case p.MaxRespawns >= 0 && m.respawns >= p.MaxRespawns:
		return NoRespawnLeft
	case !good && m.givesUp(c):
		return gaveUp
	default:
		return ""
	}
}

// endsWith reports whether dmon leaves after the latest run of the command.
func (m *Machine) endsWith(c *task) bool {
	over := m.isOver(c)
	return over != "" && (over != gaveUp || !m.policy.AfterGiveUp.stays())
}

func (m *Machine) settleLog(l *task) {
	good := l.failure == nil && m.policy.Success.Has(l.end)
	switch {
	case m.phase == draining:
		m.redrain(l)
	case l.failure != nil && l.run == 1:
		m.fatal = l.failure.Status
		m.leave("the log command cannot be started")
	case !good && m.givesUp(l):
		m.surrender(l)
	default:
		if !good {
			m.noteFailure(l)
		}
		m.respawn(l)
	}
}

// recent are the failed runs of t within GiveUp.Window.
func (m *Machine) recent(t *task) []time.Duration {
	from := m.now.Sub(m.made) - m.policy.GiveUp.Window
	for i, at := range t.failures {
		if at >= from {
			return t.failures[i:]
		}
	}
	return nil
}

// noteFailure notes a failed run, and forgets what is too long ago to count: it
// is not the number that --give-up has which says how many are kept.
func (m *Machine) noteFailure(t *task) {
	if m.policy.GiveUp.Failures > 0 {
		t.failures = append(append(t.failures[:0], m.recent(t)...), m.now.Sub(m.made))
	}
}

// givesUp reports whether a run that has just failed is one too many.
func (m *Machine) givesUp(t *task) bool {
	n := m.policy.GiveUp.Failures
	return n > 0 && len(m.recent(t))+1 >= n
}

// brief is d as users write a TIME: without zeros at the end.
func brief(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// respawn starts t again, after the delay that its run calls for.
func (m *Machine) respawn(t *task) {
	m.backOff(t)
	m.wait(t, t.delay)
}

// backOff sets the delay before the next start of t: none after a run that was
// long enough, else the backoff's.
func (m *Machine) backOff(t *task) {
	if t.lasted >= m.policy.MinUptime {
		t.delay = 0
	} else {
		t.delay = m.policy.Backoff.next(t.delay)
	}
}

// wait lets d pass between the end of t, which has just come about or was
// judged just now, and its next start.
func (m *Machine) wait(t *task, d time.Duration) {
	due := m.now.Add(d)
	if t.state == waiting { // some of it has passed
		due = t.since.Add(d)
	}
	if !due.After(m.now) {
		m.launch(t)
		return
	}
	m.enter(t, waiting)
	t.clocks.set(stateClock, due)
	m.emit(t, Event{Kind: Delayed, Delay: due.Sub(m.now)})
}

// waited is called when the delay of t is over.
func (m *Machine) waited(t *task) {
	switch l := m.laneOf(t.id); {
	case l != nil && l.rests:
		m.tryAgain(l)
	case t.pending:
		m.judge(t)
	case m.phase == draining && t.id == Log && !m.readsOn(t):
		m.finish()
	default:
		m.launch(t)
	}
}
