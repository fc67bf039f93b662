package supervise

import (
	"errors"
	"syscall"
	"time"
)

func (m *Machine) exit(in Exit) {
	t := &m.tasks[in.Task]
	if m.policy.MainOnly {
		in.Left = 0 // whatever it leaves behind is not our business
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
	t := &m.tasks[in.Task]
	if m.policy.MainOnly {
		in.Left = 0 // as in exit
	}
	t.left = in.Left
	switch t.state {
	case stopping:
		if t.pid == 0 && in.Left == 0 {
			m.settle(t)
		}
	default: // as in exit
	}
}

// mainEnded notes how the run ended; what follows waits until its strays,
// if it has any, are gone too.
func (m *Machine) mainEnded(t *task, in Exit) {
	t.failure, t.end = in.Failure, in.Status
	if in.Unexecuted {
		t.failure = unexecuted(in.Status)
	}
	if t.failure == nil {
		// It ended before we heard that it had begun.
		m.executed(Executed{Task: t.id, Run: t.run})
		m.emit(t, Event{Kind: Exited, Pid: in.Pid, Status: in.Status})
	} else {
		t.end = exited(t.failure.Status)
		m.emit(t, Event{Kind: Failed, Err: t.failure})
	}
	if t.late {
		t.end = exited(statusTimeout)
	}
	t.pid = in.Heir
	if t.pid != 0 {
		m.emit(t, Event{Kind: Started, Pid: t.pid})
		return
	}
	if t.state == up {
		t.ended, t.lasted = true, t.uptime(m.now)
		if t.failure != nil {
			t.lasted = 0 // what takes long to fail has not been up
		}
		if in.Left > 0 {
			m.emit(t, Event{Kind: Strays, Count: in.Left})
			m.climb(t)
		}
	}
	if in.Left == 0 {
		m.settle(t)
	}
}

// unexecuted is why a process that was ended with ws before it executed its
// program did not, as nobody else can say.
func unexecuted(ws syscall.WaitStatus) *StartError {
	return &StartError{Status: exitStatus(ws), Text: "cannot execute the program", Err: errEarly}
}

var errEarly = errors.New("the process was ended while its start was under way")

// uptime is how long t, which is up, has run at now, pauses left out.
func (t *task) uptime(now time.Time) time.Duration {
	if !t.frozen.IsZero() {
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
