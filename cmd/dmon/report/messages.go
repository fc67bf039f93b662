package report

import (
	"errors"
	"strings"

	"dmon/supervise"
)

// Messages tells people what happens: it is a Listener, and says the answers of
// an Observer.
type Messages struct {
	voice *Voice
	about About
	words
	failures [2]int // in a row, by task
	trouble  string // the last one that was told
}

// About is what Messages has to know beside the events.
type About struct {
	Policy  supervise.Policy
	Watched bool                        // somebody is at the terminal: pauses are told without -v
	Gate    func() string               // what the gate sees; nil: there is none
	Hint    func(supervise.Task) string // what may be wrong with a program that cannot be executed; "": nothing to say
}

// NewMessages returns a listener that tells voice.
func NewMessages(voice *Voice, about About) *Messages {
	return &Messages{voice: voice, about: about, words: words{policy: about.Policy}}
}

// Event implements Listener.
func (m *Messages) Event(e supervise.Event) {
	failed := m.count(e)
	text := m.say(e)
	if text == "" {
		return
	}
	switch {
	case failed > 0 && e.Why == supervise.ByReady: // that is told
		m.voice.Detail(text)
	case failed > 0:
		m.tellFailedRun(failed, text)
	case isFailure(e):
		m.voice.Failure(text + m.hint(e))
	case m.endedEarly(e):
		m.voice.Warning(text)
	case !e.Again && (e.Kind == supervise.Failed || e.Kind == supervise.JobFailed), e.Kind == supervise.Blind, e.Kind == supervise.Told, e.Kind == supervise.Reached, m.isLast(e):
		m.voice.Notice(text)
	case e.Kind == supervise.Held, e.Kind == supervise.Paused, e.Kind == supervise.Resumed, e.Kind == supervise.Awaited:
		m.tellPause(e, text)
	default:
		m.voice.Detail(text)
	}
}

// count returns how many runs of e's task in a row have failed, if e is the end
// of one that did.
func (m *Messages) count(e supervise.Event) int {
	if e.Kind != supervise.Exited || e.Task >= supervise.FirstJob {
		return 0
	}
	n := &m.failures[e.Task]
	if !e.Why.Failed(m.about.Policy.Success, e.Status) {
		*n = 0
		return 0
	}
	*n++
	return *n
}

// tellFailedRun tells a failed run, and of many in a row the 1st, 2nd, 4th, 8th
// and so on: who reads finds the first soon, and no log is filled.
func (m *Messages) tellFailedRun(n int, text string) {
	if n > 1 {
		text += " (" + ordinal(n) + " failure in a row)"
	}
	if n&(n-1) != 0 {
		m.voice.Detail(text)
		return
	}
	m.voice.Warning(text)
}

// isFailure reports whether e says why dmon cannot do what it was asked.
func isFailure(e supervise.Event) bool {
	switch e.Kind {
	case supervise.Abandoned, supervise.GaveUp, supervise.Unread, supervise.Dropped:
		return true
	case supervise.Failed:
		return refused(e) && e.Run == 1 && !e.Again && e.Task < supervise.FirstJob
	default:
		return false
	}
}

// refused reports whether a program cannot be executed, in contrast to a
// process that could not be made now.
func refused(e supervise.Event) bool {
	var refused *supervise.StartError
	return errors.As(e.Err, &refused)
}

// hint is a guess what is wrong with a first start.
func (m *Messages) hint(e supervise.Event) string {
	if e.Kind != supervise.Failed || m.about.Hint == nil {
		return ""
	}
	if hint := m.about.Hint(e.Task); hint != "" {
		return " (" + hint + ")"
	}
	return ""
}

// isLast reports whether e says that there will be no run any more where the
// user may have thought of more.
func (m *Messages) isLast(e supervise.Event) bool {
	return e.Kind == supervise.Leaving && e.Cause == supervise.NoRespawnLeft && m.about.Policy.MaxRespawns > 0
}

// tellPause tells what somebody who watches wonders about: why nothing moves.
func (m *Messages) tellPause(e supervise.Event, text string) {
	if m.about.Watched || e.Kind == supervise.Held && m.voice.launcher.Waiting() {
		m.voice.Notice(text)
		return
	}
	m.voice.Detail(text)
}

// Report implements supervise.Observer: the answer to USR1, in one line.
func (m *Messages) Report(s supervise.Snapshot) {
	parts := []string{"command " + describe(s.Now, s.Cmd)}
	if s.Log.State != "" {
		parts = append(parts, "log command "+describe(s.Now, s.Log))
	}
	if m.about.Gate != nil {
		parts = append(parts, m.about.Gate())
	}
	m.voice.Answer(strings.Join(parts, "; "))
}

// Trouble implements supervise.Observer. The same trouble again, as each step
// against a process that is not ours to signal gives, is told to -v only.
func (m *Messages) Trouble(_ supervise.Action, err error) {
	text := err.Error()
	if text == m.trouble {
		m.voice.Detail(text)
		return
	}
	m.trouble = text
	m.voice.Notice(text)
}
