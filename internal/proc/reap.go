package proc

import (
	"errors"
	"os"
	"syscall"
	"time"

	"dmon/supervise"
)

// verdict is how a start went. The zero verdict is that the program was executed.
type verdict struct {
	failure *supervise.StartError // why it could not be
	unborn  bool                  // the process was ended before it could be
}

// listen waits for the end of the status pipe, in a goroutine because a slow
// execve must not hold up the loop.
func (c *Children) listen(a supervise.Start, pid int, p *plan, answer *os.File) <-chan verdict {
	told := make(chan verdict, 1)
	if answer == nil {
		told <- verdict{}
		return told
	}
	go func() {
		v := p.verdict(answer, pid)
		told <- v
		if v == (verdict{}) {
			c.inputs <- supervise.Executed{Task: a.Task, Run: a.Run}
		}
	}()
	return told
}

// Reap implements supervise.System.
func (c *Children) Reap() []supervise.Input {
	var exits []supervise.Exit
	var inputs []supervise.Input
	orphans, childless := false, false
	for {
		var ws syscall.WaitStatus
		usage := &c.usage
		pid, err := c.wait(&ws, usage)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			childless = errors.Is(err, syscall.ECHILD)
			break
		}
		if !ws.Stopped() {
			c.book(pid, usage)
		}
		t, main := c.taskOf(pid)
		switch {
		case ws.Stopped():
			if main && t == supervise.Cmd && c.halted(ws.StopSignal()) {
				inputs = append(inputs, supervise.Halted{Task: t, Pid: pid})
			}
		case main:
			if t == supervise.Cmd {
				c.ended = ws
				inputs = append(inputs, c.departed()...)
			}
			exits = append(exits, c.buried(t, pid, ws))
		default:
			orphans = true
		}
	}
	for i := range exits {
		if childless {
			c.child(exits[i].Task).over(0)
		} else { // what is left has a parent, which would be our child
			c.survey(&exits[i])
		}
		inputs = append(inputs, exits[i])
	}
	if orphans {
		inputs = append(inputs, c.bereaved(exits)...)
	}
	c.inform()
	return inputs
}

// buried notes that a main process was reaped.
func (c *Children) buried(t supervise.Task, pid int, ws syscall.WaitStatus) supervise.Exit {
	k := c.child(t)
	k.pid = 0
	if k.spec.Session == Foreground {
		c.takeBack(pid)
	}
	k.awaitVerdict()
	e := supervise.Exit{Task: t, Pid: pid, Status: ws, Failure: k.told.failure, Unexecuted: k.told.unborn, Usage: usageOf(&c.usage), Unheard: t == supervise.Cmd && k.spec.unheard(ws)}
	e.Words = k.tail.lastLine()
	e.Starved = t == supervise.Cmd && c.starved.ended(ws)
	k.tail = nil
	return e
}

func usageOf(r *syscall.Rusage) supervise.Usage {
	return supervise.Usage{User: time.Duration(r.Utime.Nano()), System: time.Duration(r.Stime.Nano()), MaxRSS: int64(r.Maxrss)}
}

// silent reports whether of a main process it is not known yet how its start went.
func (c *Children) silent() bool {
	for t := range c.tasks {
		if k := &c.tasks[t]; k.pid != 0 && !k.heard && len(k.answer) == 0 {
			return true
		}
	}
	return false
}

// awaitVerdict does not wait when the process is gone: then its pipe has ended.
func (k *child) awaitVerdict() {
	if !k.heard {
		k.told, k.heard = <-k.answer, true
	}
}

// survey counts what a main process has left, and makes the eldest its heir.
func (c *Children) survey(e *supervise.Exit) {
	k := c.child(e.Task)
	left := c.orphans(e.Task)
	e.Left = len(left)
	k.over(e.Left)
	if e.Left == 0 || e.Failure != nil || e.Unexecuted {
		return
	}
	if heir := c.heir(k, left); heir != 0 {
		e.Heir, e.Left = heir, e.Left-1
		k.pid = heir
	}
}

// heir is who of those that are left is the main process from now on: who was named as
// that, else the eldest where the command may go into the background.
func (c *Children) heir(k *child, left []member) int {
	for _, m := range left {
		if k.id == supervise.Cmd && m.pid == c.next {
			return m.pid
		}
	}
	if !k.spec.Forking {
		return 0
	}
	return eldest(left).pid
}

// eldest is the member that began first.
func eldest(left []member) member {
	first := left[0]
	for _, m := range left {
		if m.start != 0 && (m.start < first.start || first.start == 0) { // 0 where it is hidden
			first = m
		}
	}
	return first
}

// bereaved are the counts for tasks whose main process was gone before.
func (c *Children) bereaved(told []supervise.Exit) []supervise.Input {
	var more []supervise.Input
	for t := range c.tasks {
		k := &c.tasks[t]
		if k.plan == nil || k.pid != 0 || isTold(told, k.id) {
			continue
		}
		in := supervise.Remains{Task: k.id, Left: len(c.orphans(k.id))}
		k.over(in.Left)
		more = append(more, in)
	}
	return more
}

func isTold(told []supervise.Exit, t supervise.Task) bool {
	for _, e := range told {
		if e.Task == t {
			return true
		}
	}
	return false
}
