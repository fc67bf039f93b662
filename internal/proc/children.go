// Package proc owns every process that dmon makes: it alone forks, waits,
// signals, and walks the tree of what they have become. Its Children are the
// System of supervise's loop and are used from that loop's goroutine only.
package proc

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Children implements supervise.System. Make one with New.
type Children struct {
	tasks    []child // the two, and a job of each lane
	work     Work    // how jobs are made
	ignored  uint64  // signals that stay so
	inputs   chan<- supervise.Input
	pipe     Pipe // nil: nothing joins the two
	tree     tree
	tty      *Terminal                // nil: no task has it to itself
	censuses []*Census                // of those who count
	usage    syscall.Rusage           // of the latest child that was reaped
	group    *Group                   // of the command; nil: it has none
	older    map[int]uint64           // children from before dmon, by pid: start time
	known    map[ident]supervise.Task // orphans whose task was found out
	ended    syscall.WaitStatus       // of the command's last main process
	starved  starvation
	host     Host // nil: nothing more is given to its runs
	next     int  // its main process when the one that is has ended; 0: none was named
}

// child is what is known of one task.
type child struct {
	id     supervise.Task // of a job: nobody when it is over
	spec   Spec
	plan   *plan
	pid    int            // of the main process, until it is reaped
	leader int            // of the group or session it was given, which outlives it
	answer <-chan verdict // how the start went, told once
	heard  bool           // that was taken out of answer, or there is nothing to be told
	told   verdict        // by answer
	tail   *tail          // of what a job writes; nil: it is not kept
	pause  pause
	born   time.Time // the process
}

// New returns Children that start cmd and, unless it has no Argv, log. It
// makes this process the one that orphans of its descendants come to. That a
// program was executed is told through inputs. pipe, nil for none, takes the
// place of the command's standard output and log's standard input. tty is the
// terminal of a task with the session Foreground, nil where there is none. Both
// stay the caller's. ignored are the signals that stay ignored, see Ignored.
func New(cmd, log Spec, pipe Pipe, tty *Terminal, ignored uint64, inputs chan<- supervise.Input) (*Children, error) {
	c := &Children{inputs: inputs, pipe: pipe, tty: tty, ignored: ignored, tasks: make([]child, supervise.FirstJob)}
	c.tasks[supervise.Log].id = supervise.Log
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
	if err := c.tree.adopt(); err != nil {
		return nil, err
	}
	return c, c.noteOlder()
}

// Variables that tell children, and us, whose they are: both tasks get the first,
// the command alone the second.
const (
	pidVariable = "DMON_PID"
	runVariable = "DMON_RUN"
	jobVariable = "DMON_JOB" // what a job runs, which is told whose it is by its own dmon
)

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
	if a.Job != nil {
		return c.startJob(a)
	}
	k := &c.tasks[a.Task]
	if err := c.tidy(a.Task); err != nil {
		return 0, err
	}
	env := k.spec.Env[:len(k.spec.Env):len(k.spec.Env)]
	if !k.spec.has(jobVariable) { // else they are those of whose job it is
		env = append(env, pidVariable+"="+strconv.Itoa(os.Getpid()))
	}
	if a.Task == supervise.Cmd && !k.spec.has(jobVariable) {
		env = append(env, runVariable+"="+strconv.Itoa(a.Run))
		if a.Run > 1 {
			env = append(env, "DMON_LAST_STATUS="+strconv.Itoa(a.Last))
		}
	}
	if k.spec.Session == Foreground {
		if err := c.giveTerminal(k.plan); err != nil {
			return 0, err
		}
	}
	if a.Run > 1 && a.Task == supervise.Cmd {
		c.starved.grown() // whom the last run lost is none of this one's
	}
	c.groupOf(a.Task).thaw() // the run before may have died in a pause
	k.plan.enter(c.groupOf(a.Task))
	if a.Task == supervise.Cmd && c.host != nil {
		return c.launchGuest(a, k, env)
	}
	return c.launch(a, k, env)
}

// launch makes the process of k and notes whose it is.
func (c *Children) launch(a supervise.Start, k *child, env []string) (int, error) {
	pid, answer, err := k.plan.start(env)
	if err != nil {
		return 0, err
	}
	k.pid, k.leader, k.heard, k.pause, k.born = pid, pid, false, pause{}, time.Now()
	if k.spec.Session == Shared {
		k.leader = 0
	}
	c.inform()
	k.answer = c.listen(a, pid, k.plan, answer)
	return pid, nil
}

// taskOf is the task whose main process pid is.
func (c *Children) taskOf(pid int) (supervise.Task, bool) {
	for t := range c.tasks {
		if c.tasks[t].pid == pid {
			return c.tasks[t].id, true
		}
	}
	return 0, false
}

// Send implements supervise.System. What wakes ends a pause, for all of the tree:
// who is not meant has nothing to wait for either.
func (c *Children) Send(a supervise.Send) error {
	k := c.child(a.Task)
	if a.Signal == syscall.SIGKILL && a.Target == supervise.Tree {
		k.pause = pause{}
		return c.killTree(a.Task)
	}
	var err error
	if a.Target == supervise.Main {
		if k.pid != 0 {
			// A main process is our child: its number is its own until we reap it.
			err = signalChild(k.pid, a.Signal)
		}
		if a.Wake {
			if k.pause.on {
				err = errors.Join(err, c.Thaw(a.Task))
			}
			if k.pid != 0 {
				err = errors.Join(err, signalChild(k.pid, syscall.SIGCONT))
			}
		}
		return err
	}
	members := c.members(a.Task)
	meant := all
	if a.Target == supervise.Children {
		meant = func(m member) bool { return m.pid != k.pid }
	}
	err = c.signalAll(members, meant, a.Signal)
	if a.Wake {
		k.pause = pause{}
		c.groupOf(a.Task).thaw() // when all of them have something to act on
		err = errors.Join(err, c.wake(members, all))
	}
	return err
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
