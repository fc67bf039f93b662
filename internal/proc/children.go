// Package proc owns every process that dmon makes: it alone forks, waits,
// signals, and walks the tree of what they have become. Its Children are the
// System of supervise's loop and are used from that loop's goroutine only.
package proc

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Children implements supervise.System. Make one with New.
type Children struct {
	tasks  [2]child
	inputs chan<- supervise.Input
	pipe   Pipe // nil: nothing joins the two
	tree   tree
	tty    *Terminal          // nil: no task has it to itself
	census *Census            // nil: nobody counts
	group  *Group             // of the command; nil: it has none
	ended  syscall.WaitStatus // of the command's last main process
}

// child is what is known of one task.
type child struct {
	spec   Spec
	plan   *plan
	pid    int                          // of the main process, until it is reaped
	leader int                          // of the group or session it was given, which outlives it
	answer <-chan *supervise.StartError // nil on a start that succeeded
	frozen map[int]uint64               // what was stopped before Freeze, by pid: start time
	ours   bool                         // Freeze was called, and not Thaw since
}

// New returns Children that start cmd and, unless it has no Argv, log. It
// makes this process the one that orphans of its descendants come to. That a
// program was executed is told through inputs. pipe, nil for none, takes the
// place of the command's standard output and log's standard input. tty is the
// terminal of a task with the session Foreground, nil where there is none. Both
// stay the caller's. ignored are the signals that stay ignored, see Ignored.
func New(cmd, log Spec, pipe Pipe, tty *Terminal, ignored uint64, inputs chan<- supervise.Input) (*Children, error) {
	c := &Children{inputs: inputs, pipe: pipe, tty: tty}
	if err := c.join(&cmd, &log); err != nil {
		return nil, err
	}
	for t, s := range []Spec{supervise.Cmd: cmd, supervise.Log: log} {
		if len(s.Argv) == 0 {
			continue
		}
		p, err := newPlan(&s, ignored)
		if err != nil {
			return nil, err
		}
		c.tasks[t].spec, c.tasks[t].plan = s, p
	}
	return c, c.tree.adopt()
}

// Use makes the command's processes members of g, which stays the caller's.
func (c *Children) Use(g *Group) { c.group = g }

// Ended is how the command's last main process has ended.
func (c *Children) Ended() syscall.WaitStatus { return c.ended }

// groupOf is the group of a task, nil where it has none.
func (c *Children) groupOf(t supervise.Task) *Group {
	if t != supervise.Cmd {
		return nil
	}
	return c.group
}

// Start implements supervise.System.
func (c *Children) Start(a supervise.Start) (int, error) {
	k := &c.tasks[a.Task]
	if err := c.tidy(a.Task); err != nil {
		return 0, err
	}
	env := k.spec.Env
	if a.Task == supervise.Cmd {
		env = append(env[:len(env):len(env)], "DMON_PID="+strconv.Itoa(os.Getpid()), "DMON_RUN="+strconv.Itoa(a.Run))
		if a.Run > 1 {
			env = append(env, "DMON_LAST_STATUS="+strconv.Itoa(a.Last))
		}
	}
	if k.spec.Session == Foreground {
		if err := c.giveTerminal(k.plan); err != nil {
			return 0, err
		}
	}
	k.plan.enter(c.groupOf(a.Task))
	pid, answer, err := k.plan.start(env)
	if err != nil {
		return 0, err
	}
	k.pid, k.leader, k.frozen, k.ours = pid, pid, nil, false
	if k.spec.Session == Shared {
		k.leader = 0
	}
	c.inform()
	k.answer = c.listen(a, k.plan, answer)
	return pid, nil
}

// listen waits for the end of the status pipe, in a goroutine because a slow
// execve must not hold up the loop.
func (c *Children) listen(a supervise.Start, p *plan, answer *os.File) <-chan *supervise.StartError {
	verdict := make(chan *supervise.StartError, 1)
	if answer == nil {
		verdict <- nil
		return verdict
	}
	go func() {
		failure := p.verdict(answer)
		verdict <- failure
		if failure == nil {
			c.inputs <- supervise.Executed{Task: a.Task, Run: a.Run}
		}
	}()
	return verdict
}

// Reap implements supervise.System.
func (c *Children) Reap() []supervise.Input {
	var exits []supervise.Exit
	var inputs []supervise.Input
	orphans, childless := false, false
	for {
		var ws syscall.WaitStatus
		pid, err := wait(&ws, c.tty != nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			childless = errors.Is(err, syscall.ECHILD)
			break
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
		if !childless { // what is left has a parent, which would be our child
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
	k := &c.tasks[t]
	k.pid = 0
	if k.spec.Session == Foreground {
		c.tty.takeBack(pid)
	}
	// The process is gone, so the pipe has ended: this does not wait.
	failure := <-k.answer
	k.answer = executed
	return supervise.Exit{Task: t, Pid: pid, Status: ws, Failure: failure}
}

// executed is the answer of a process that we did not start, and that runs.
var executed = func() <-chan *supervise.StartError {
	c := make(chan *supervise.StartError)
	close(c)
	return c
}()

// survey counts what a main process has left, and makes the eldest its heir.
func (c *Children) survey(e *supervise.Exit) {
	k := &c.tasks[e.Task]
	left := c.orphans(e.Task)
	e.Left = len(left)
	if !k.spec.Forking || e.Left == 0 || e.Failure != nil {
		return
	}
	eldest := left[0]
	for _, m := range left {
		if m.start < eldest.start {
			eldest = m
		}
	}
	e.Heir, e.Left = eldest.pid, e.Left-1
	k.pid = eldest.pid
}

// bereaved are the counts for tasks whose main process was gone before.
func (c *Children) bereaved(told []supervise.Exit) []supervise.Input {
	var more []supervise.Input
	for t := range c.tasks {
		task := supervise.Task(t)
		if c.tasks[t].plan == nil || c.tasks[t].pid != 0 || isTold(told, task) {
			continue
		}
		more = append(more, supervise.Remains{Task: task, Left: len(c.orphans(task))})
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

func (c *Children) taskOf(pid int) (supervise.Task, bool) {
	for t := range c.tasks {
		if c.tasks[t].pid == pid {
			return supervise.Task(t), true
		}
	}
	return 0, false
}

// Send implements supervise.System.
func (c *Children) Send(a supervise.Send) error {
	k := &c.tasks[a.Task]
	signals := []syscall.Signal{a.Signal}
	if a.Wake {
		signals = append(signals, syscall.SIGCONT)
	}
	if a.Target == supervise.Main {
		if k.pid == 0 {
			return nil
		}
		// A main process is our child: its number is its own until we reap it.
		return signalChild(k.pid, signals...)
	}
	if a.Signal == syscall.SIGKILL && a.Target == supervise.Tree {
		return c.killTree(a.Task)
	}
	members := c.members(a.Task)
	if a.Target == supervise.Tree {
		return c.signalAll(members, all, signals...)
	}
	isMain := func(m member) bool { return m.pid == k.pid }
	// The main process has no more than its CONT.
	err := c.signalAll(members, isMain, signals[1:]...)
	return errors.Join(err, c.signalAll(slices.DeleteFunc(members, isMain), all, signals...))
}

func all(member) bool { return true }

// signalChild signals a child of ours, or all that share our rights to it.
func signalChild(pid int, signals ...syscall.Signal) error {
	for _, sig := range signals {
		if err := unix.Kill(pid, sig); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("cannot signal process %d: %w", pid, err)
		}
	}
	return nil
}
