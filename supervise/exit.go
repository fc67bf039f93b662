package supervise

import (
	"syscall"
	"time"
)

func (m *Machine) exit(in Exit) {
	t := &m.tasks[in.Task]
	if m.policy.MainOnly {
		in.Left = 0 // whatever it leaves behind is not our business
	}
	t.left, t.unread = in.Left, in.Unread
	switch t.state {
	case up, stopping:
		switch {
		case in.Main && in.Pid == t.pid:
			m.mainEnded(t, in)
		case t.pid == 0 && in.Left == 0 && t.state == stopping:
			m.settle(t)
		}
	default: // an orphan of a tree that was abandoned
	}
}

// mainEnded notes how the run ended; what follows waits until its strays,
// if it has any, are gone too.
func (m *Machine) mainEnded(t *task, in Exit) {
	t.failure, t.end = in.Failure, in.Status
	if in.Failure == nil {
		// It ended before we heard that it had begun.
		m.executed(Executed{Task: t.id, Pid: t.pid})
		m.emit(t, Event{Kind: Exited, Pid: in.Pid, Status: in.Status})
	} else {
		t.end = exited(in.Failure.Status)
		m.emit(t, Event{Kind: Failed, Err: in.Failure})
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
		if in.Failure != nil {
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
