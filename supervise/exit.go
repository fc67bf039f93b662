package supervise

import (
	"fmt"
	"syscall"
	"time"
)

func (m *Machine) exit(in Exit) {
	t := m.task(in.Task)
	if m.ignoresStrays(t) {
		in.Left = 0
	}
	switch t.state {
	case up, stopping:
		if in.Pid == t.pid {
			t.left = in.Left
			m.mainEnded(t, in)
		}
	default: // of a tree that was abandoned
	}
}

// remains hears of the strays of a task whose main process is gone.
func (m *Machine) remains(in Remains) {
	t := m.task(in.Task)
	if m.ignoresStrays(t) {
		in.Left = 0
	}
	if t.state == stopping && !t.remains() { // it is gone, but for what was given up
		return
	}
	t.left = in.Left
	switch t.state {
	case stopping:
		if t.pid == 0 && in.Left == 0 {
			m.gone(t)
		}
	default: // as in exit
	}
}

// ignoresStrays reports whether what t leaves behind is not our business.
func (m *Machine) ignoresStrays(t *task) bool { return m.policy.MainOnly && t.id < FirstJob }

// mainEnded notes how the run ended; what follows waits until its strays,
// if it has any, are gone too.
func (m *Machine) mainEnded(t *task, in Exit) {
	if in.Heir != 0 {
		m.tellExit(t, in, in.why())
		t.pid = in.Heir
		m.emit(t, Event{Kind: Started, Pid: t.pid})
		return
	}
	t.failure, t.unheard = in.Failure, in.Unheard
	if in.Unexecuted {
		t.failure = unexecuted(in.Status, t.why)
	}
	if t.state == up {
		t.lasted = t.uptime(m.now)
		t.why = in.why()
		if t.failure != nil {
			t.why, t.lasted = BySpawn, 0 // what takes long to fail has not been up
		}
	} else if t.why == none { // it said that it would end
		t.why = in.why()
	}
	m.tellExit(t, in, t.why)
	t.end = t.status(in.Status)
	t.pid = 0
	if l := m.laneOf(t.id); l != nil {
		l.words = in.Words
	}
	if in.Left == 0 {
		m.gone(t)
		return
	}
	if t.state == up {
		m.emit(t, Event{Kind: Strays, Count: in.Left})
		m.climb(t)
	}
}

func (m *Machine) tellExit(t *task, in Exit, why Why) {
	if t.failure != nil {
		// That a stop came before the program is no news to who asked for it.
		m.emit(t, Event{Kind: Failed, Err: t.failure, Again: why == ByStop})
		return
	}
	// It may have ended before we heard that it had begun.
	m.executed(Executed{Task: t.id, Run: t.run})
	m.emit(t, Event{Kind: Exited, Pid: in.Pid, Status: in.Status, Why: why, Usage: in.Usage})
}

// status is what the run is said to have ended with.
func (t *task) status(ws syscall.WaitStatus) syscall.WaitStatus {
	switch {
	case reasons[t.why].status != 0:
		return exited(reasons[t.why].status)
	case t.failure != nil:
		return exited(t.failure.Status)
	default:
		return ws
	}
}

// why is why a run ended that we did not end.
func (in *Exit) why() Why {
	switch {
	case in.Starved:
		return ByOOM
	case in.Status.Signaled():
		return BySignal
	default:
		return ByExit
	}
}

// unexecuted says why a process that was ended with ws before it executed its
// program did not, as nobody else can.
func unexecuted(ws syscall.WaitStatus, why Why) *StartError {
	e := &StartError{Status: exitStatus(ws), Text: "cannot execute the program"}
	if why == none {
		e.Err = fmt.Errorf("the process ended with status %d while its start was under way", e.Status)
	} else {
		e.Err = fmt.Errorf("its start was still under way when the process was ended (%v)", why)
	}
	return e
}

// uptime is how long t, which is up, has run at now, pauses left out.
func (t *task) uptime(now time.Time) time.Duration {
	if t.standsStill() {
		now = t.frozen
	}
	return now.Sub(t.since) - t.stood
}

// exited is the wait status of a process that exited with code.
func exited(code int) syscall.WaitStatus { return syscall.WaitStatus(code << 8) }

// exitStatus is ws in the manner of a shell: 128+n for signal n.
func exitStatus(ws syscall.WaitStatus) int {
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}
