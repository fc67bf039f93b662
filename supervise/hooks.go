package supervise

import "syscall"

// Occasions are what a Hook can be for, in the words of the user.
var Occasions = []string{
	onStart, onReady, onExit, onFail, onRestart, onPause, onResume, onTell, onGiveUp, onStop,
}

const (
	onStart   = "start"   // the command runs
	onReady   = "ready"   // it can be used
	onExit    = "exit"    // a run has ended
	onFail    = "fail"    // it has failed, or could not be started
	onRestart = "restart" // a run is ended for the sake of the next one
	onPause   = "pause"   //
	onResume  = "resume"  //
	onTell    = "tell"    // a condition of --tell-if is met, or is no longer
	onGiveUp  = "give-up" // the command or the log command failed too often
	onStop    = "stop"    // a run is ended, for whatever reason
)

// Hook is a job for each event of some kinds.
type Hook struct {
	On   map[string]bool // by Occasions
	Argv []string
}

// EndOccasions are those that say how a run has ended.
var EndOccasions = []string{onExit, onFail, onGiveUp}

// Hears reports whether there is a hook for one of these occasions, or mail.
func (p *Policy) Hears(occasions []string) bool {
	if p.Mail != nil {
		return true
	}
	for _, h := range p.Hooks {
		for _, word := range occasions {
			if h.On[word] {
				return true
			}
		}
	}
	return false
}

// End is how a run has ended.
type End struct {
	Status syscall.WaitStatus // of its main process
	Why    Why
	Failed bool
}

// occasions are what e is to hooks.
func (m *Machine) occasions(e Event) []string {
	if e.Task != Cmd && e.Kind != GaveUp {
		return nil
	}
	switch e.Kind {
	case Started:
		if e.Ready {
			return []string{onStart, onReady}
		}
		return []string{onStart}
	case BecameReady:
		return []string{onReady}
	case Exited:
		if m.last.Failed {
			return []string{onExit, onFail}
		}
		return []string{onExit}
	case Failed:
		if !e.Again {
			return []string{onFail}
		}
	case Stopping:
		if m.goesOn(m.cmd()) {
			return []string{onStop, onRestart}
		}
		return []string{onStop}
	case Paused:
		return []string{onPause}
	case Resumed:
		return []string{onResume}
	case Told:
		return []string{onTell}
	case GaveUp:
		return []string{onGiveUp}
	}
	return nil
}

// goesOn reports whether a run of c that is being ended is followed by the next,
// as far as that can be known.
func (m *Machine) goesOn(c *task) bool {
	return m.phase == running && m.wanted && m.isOver(c) == ""
}

// queueHooks makes a job for each hook that wants to hear of e.
func (m *Machine) queueHooks(e Event) {
	if len(m.policy.Hooks) == 0 || e.Task >= FirstJob {
		return
	}
	if e.Task == Cmd && e.Kind == Exited {
		m.last = &End{Status: e.Status, Why: e.Why, Failed: e.Why.Failed(m.policy.Success, e.Status)}
	}
	for _, word := range m.occasions(e) {
		for _, h := range m.policy.Hooks {
			if h.On[word] {
				m.queueJob(Job{Argv: h.Argv, Word: word, Event: &e, Last: m.last})
			}
		}
	}
}
