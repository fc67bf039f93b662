package supervise

import (
	"errors"
	"fmt"
)

// surrender is called when t has failed too often, which is worth an error: dmon
// leaves, or has it down until it is told to start, or tries again after a while.
// The last two begin to count anew.
func (m *Machine) surrender(t *task) {
	g := &m.policy.GiveUp
	cause := fmt.Sprintf("%s failed %s within %s", t.id, times(g.Failures), brief(g.Window))
	m.emit(t, Event{Kind: GaveUp, Err: errors.New(cause)})
	stays := m.policy.AfterGiveUp.stays()
	if t.id == Log && !stays {
		m.fatal = statusOwnFailure
	}
	switch {
	case m.phase != running:
	case stays:
		t.failures, t.delay = nil, 0
		m.rest(t, cause)
	default:
		m.leave(cause)
	}
}

// rest leaves t alone for a while, or until somebody wants it. Without its log
// command the command is no use to anybody, and down too.
func (m *Machine) rest(t *task, cause string) {
	again := m.policy.AfterGiveUp.Again
	switch {
	case again > 0:
		if t.id == Cmd {
			m.respawns++
		}
		m.wait(t, again)
	case t.id == Log:
		m.enter(t, waiting)
		m.bringDown()
	default:
		m.wanted = false
		m.enter(t, down)
		m.emit(t, Event{Kind: Downed, Cause: cause})
	}
	t.resting = t.state == waiting
}

// wake starts t, if it rests.
func (m *Machine) wake(t *task) {
	if t.resting && m.phase == running {
		m.launch(t)
	}
}
