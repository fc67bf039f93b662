package proc

import (
	"os"
	"strconv"
	"syscall"

	"dmon/supervise"
)

// Work is how jobs are made. They have nothing of ours but what it says.
type Work struct {
	Env []string // of all jobs
	// Brief is what one job is told: on its standard input, and in variables
	// that are put before Env.
	Brief func(*supervise.Job) (input []byte, env []string, err error)
	Out   int // descriptor of standard output and error; it stays the caller's
	Lanes int // how many jobs can be under way at the same time
}

// Employ has jobs made as w says. Without it there must be none. It is called
// before anything is started.
func (c *Children) Employ(w Work) {
	c.work = w
	for range w.Lanes {
		c.tasks = append(c.tasks, blank)
	}
}

// blank stands for a job that is over.
var blank = child{id: nobody}

// nobody is the task of a process that is none of our business.
const nobody = supervise.Task(-1)

// child is the one of t.
func (c *Children) child(t supervise.Task) *child {
	if t < supervise.FirstJob {
		return &c.tasks[t]
	}
	for i := range c.tasks[supervise.FirstJob:] {
		if k := &c.tasks[int(supervise.FirstJob)+i]; k.id == t {
			return k
		}
	}
	none := blank
	return &none
}

// A job is a dmon of its own, that runs the command once: so it keeps and ends
// what that leaves behind, also what changed its session and its environment, which
// nobody could tell from the command's once it came to us. It is this very program,
// whatever has become of the file, and it needs no other: an image may hold
// nothing else.
const (
	jobSeparator = "\x01" // no word of a command is that
	jobGrace     = "500ms"
)

func jobArgv(j *supervise.Job) []string {
	argv := []string{ownProgram(), "-n", "-m", "0", "-q", "--messages", "none", "--name", "", "-k", jobGrace, "--separator", jobSeparator,
		"-E", jobVariable + "=1", "-E", pidVariable + "=" + strconv.Itoa(os.Getpid())}
	run := j.Run
	if j.Event != nil {
		run = j.Event.Run
	}
	argv = append(argv, "-E", runVariable+"="+strconv.Itoa(run))
	return append(append(argv, "--"), j.Argv...)
}

// startJob makes the process of a job. What it reads is complete before it begins.
func (c *Children) startJob(a supervise.Start) (int, error) {
	input, env, err := c.work.Brief(a.Job)
	if err != nil {
		return 0, err
	}
	in, err := filled(input)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(in)
	out, kept := c.work.Out, (*tail)(nil)
	if a.Job.Kept {
		if kept, out, err = newTail(); err != nil {
			return 0, err
		}
		defer syscall.Close(out)
	}
	spec := Spec{
		Argv: jobArgv(a.Job), Env: append(env[:len(env):len(env)], c.work.Env...), Stdio: [3]int{in, out, out},
		Bare: true, Session: OwnSession, OnOurDeath: syscall.SIGTERM,
	}
	p, err := newPlan(&spec, c.ignored)
	if err != nil {
		return 0, err
	}
	k := &c.tasks[int(supervise.FirstJob)+a.Job.Lane]
	*k = child{id: a.Task, spec: spec, plan: p, tail: kept}
	return c.launch(a, k, spec.Env)
}

// over forgets a job of which nothing is left, and the number that its session had.
func (k *child) over(left int) {
	if k.id >= supervise.FirstJob && k.pid == 0 && left == 0 {
		*k = blank
	}
}
