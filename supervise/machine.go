// Package supervise decides what happens to one command and its log command:
// when each is started, stopped, paused and given up, and when all is over.
//
// Machine is the decision and nothing else. Inputs say what happened, Actions
// say what to do about it; it never reads a clock, makes a system call or
// blocks. Loop feeds it from the world through a System and carries out what
// it answers, in one goroutine, which is the only one that owns state.
package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// state of a task. That a gate holds the command is not one of them: it may be
// held while it is up (then its tree is stopped) or while it waits (then it is
// not started). Nor is whether it is wanted at all.
type state int

const (
	down     state = iota // no process, and none is due
	waiting               // no process; started by the state clock, or when the gates open
	up                    // started; pid is 0 until the fork is confirmed
	stopping              // on the ladder, or its strays are
)

var stateNames = [...]string{down: "down", waiting: "waiting", up: "up", stopping: "stopping"}

func (s state) String() string { return stateNames[s] }

// phase of the whole.
type phase int

const (
	idle     phase = iota // before Begin
	running               // looking after both
	leaving               // the command is being stopped; it is not started again
	draining              // the command is gone, the log command reads to the end
	closing               // both are gone, the jobs end
	done                  // Finish was answered
)

// task is what the machine knows of the command, of the log command or of a job.
type task struct {
	id     Task
	state  state
	pid    int       // of the main process; 0 when there is none
	run    int       // number of the latest run
	began  time.Time // when the latest run was told to have begun
	since  time.Time // when the state, or while up the run, began
	clocks clocks

	executed bool          // the run got as far as executing its program
	frozen   time.Time     // since when the run's clocks stand still; zero: they go
	stood    time.Duration // how long they have stood still before that
	paused   bool          // a gate is why they do, and it was told
	lasted   time.Duration // the run's length, pauses left out

	why     Why                // the latest run ended, or is made to
	end     syscall.WaitStatus // of it; 124, 126, 127 stand for what they mean
	failure *StartError        // it never executed
	unheard bool               // it ended because nobody reads it
	pending bool               // what follows it is not decided yet
	resting bool               // it failed too often, and dmon stays

	readiness

	delay    time.Duration   // the latest delay of the backoff
	failures []time.Duration // since the machine was made: failed runs within GiveUp.Window
	unforked bool            // the latest start found no room for a process

	rung  int  // step of the ladder; -1 before the first
	asked bool // the stop command is the step that is under way
	kills int  // times the last rung was repeated
	left  int  // processes that outlived the main process, as last heard
}

// live reports whether there may be something of t to look after.
func (t *task) live() bool { return t.state == up || t.state == stopping }

// Machine decides. It is not safe for concurrent use. Make one with NewMachine.
type Machine struct {
	policy      Policy
	phase       phase
	tasks       [2]task
	lanes       []lane
	employments int // jobs that there were
	checks      []check
	health      health
	made, now   time.Time
	out         []Action
	holds       holds
	mail        mailing
	conditions  conditions
	wanted      bool      // the command is to run
	begun       bool      // it was to be started once
	suspended   time.Time // since when dmon itself is; zero: it is not
	beats       time.Time // when the next Beat is due; zero: never
	answered    bool      // Ready was
	started     bool      // Settled was
	requests    Requests  // to leave
	heard       bool      // the command has had it too
	respawns    int       // of the command
	last        *End      // of the command, where hooks ask for it
	seq         uint64    // of the latest event
	unread      int       // bytes that the log command left in the pipe, as last heard
	status      int       // the exit status so far
	fatal       int       // an exit status that no run's can replace
}

// NewMachine returns a machine that waits for Begin. It keeps p.
func NewMachine(p Policy, now time.Time) *Machine {
	p.Ladder = p.Sequence()
	m := &Machine{policy: p, made: now, wanted: true}
	m.tasks[Log].id = Log
	m.conditions.list = make([]condition, len(p.Conditions))
	m.tasks[Cmd].since, m.tasks[Log].since = now, now
	m.lanes = make([]lane, fixedLanes)
	for i, c := range p.Conditions {
		if c.Check != nil {
			m.addCheck(c.Check, i)
		}
	}
	if k := p.Ready.Check; k != nil {
		m.addCheck(k, ofReady)
	}
	return m
}

// Step takes in what happened at now, which never goes backwards, and returns
// what to do, in order. The slice is the caller's.
func (m *Machine) Step(now time.Time, in Input) []Action {
	m.now, m.out = now, nil
	if m.phase == done {
		return nil
	}
	switch in := in.(type) {
	case Begin:
		m.begin()
	case Forked:
		m.forked(in)
	case NotForked:
		m.notForked(in)
	case Executed:
		m.executed(in)
	case Exit:
		m.exit(in)
	case Remains:
		m.remains(in)
	case Stop:
		m.stop(in)
	case Down, Up, Restart, Deliver, Met:
		m.request(in)
	case Gate:
		m.gateMoved(in)
	case Signalled:
		m.signalled(in)
	case Drained:
		m.drained(in)
	case Readied:
		m.readied(in)
	case Unready:
		m.unready(in)
	case Notice:
		m.noticed(in)
	case Suspend:
		m.suspend()
	case Halted:
		m.halted(in)
	case Continue:
		m.resume()
	case Woken:
		m.woken(in)
	case Tick:
		m.tick()
	default:
		panic(fmt.Sprintf("supervise: unknown input %T", in))
	}
	m.mindChecks()
	return m.out
}

func (m *Machine) cmd() *task { return &m.tasks[Cmd] }
func (m *Machine) log() *task { return &m.tasks[Log] }

func (m *Machine) act(a Action) { m.out = append(m.out, a) }

// emit tells the world, and is the one place that makes jobs of what happens.
// What happens to a job is told only where it went wrong: it would be the next
// job's matter. It returns the event, complete.
func (m *Machine) emit(t *task, e Event) Event {
	if t.id >= FirstJob && e.Kind != JobFailed && e.Kind != Dropped && e.Kind != Abandoned {
		return e
	}
	m.seq++
	e.Seq, e.Time, e.Task, e.Run, e.Began, e.Ready = m.seq, m.now, t.id, t.run, t.began, t.ready
	if e.Kind == Started {
		t.began = m.now
	}
	if e.Cause == "" {
		e.Cause = e.Why.String()
	}
	m.act(Emit{e})
	m.queueHooks(e)
	m.noteMail(e)
	return e
}

// enter puts t into state s, with nothing due.
func (m *Machine) enter(t *task, s state) {
	t.state, t.since = s, m.now
	t.clocks.clear()
	t.frozen, t.stood, t.paused, t.pending, t.resting = time.Time{}, 0, false, false, false
}

// begin starts the log command alone: if it cannot be executed the command
// must never have run.
func (m *Machine) begin() {
	if m.phase != idle {
		return
	}
	m.phase = running
	if m.policy.Beat > 0 {
		m.beat()
	}
	if m.policy.Log {
		m.launch(m.log())
	} else {
		m.beginCmd()
	}
}

// beginCmd starts the command for the first time. It is down before that, as it
// may be later because nobody wants it.
func (m *Machine) beginCmd() {
	m.begun = true
	m.launchWanted(m.cmd())
	m.checkReady()
}

// launch starts a run of t, or leaves it waiting for the gates.
func (m *Machine) launch(t *task) {
	if gate := m.holds.reason(); t.id == Cmd && gate != "" {
		m.enter(t, waiting)
		m.emit(t, Event{Kind: Held, Cause: gate})
		m.checkReady()
		return
	}
	m.enter(t, up)
	t.run++
	t.executed, t.why = false, none
	t.readiness = readiness{watchdog: m.policy.Watchdog}
	m.act(Start{Task: t.id, Run: t.run, Last: exitStatus(t.end), Job: m.jobOf(t)})
}

func (m *Machine) forked(in Forked) {
	t := m.task(in.Task)
	switch t.state {
	case up:
		t.pid, t.since, t.unforked = in.Pid, m.now, false
		if t.id == Cmd && m.policy.Timeout > 0 {
			t.clocks.set(timeoutClock, m.now.Add(m.policy.Timeout))
		}
		m.expect(t)
		m.beginConditions(t)
	case stopping: // we began to leave in the step that started it
		t.pid = in.Pid
	default: // a start is answered before anything else happens
	}
}

// notForked tries again later, also for a first start: that the system is full
// says nothing about the command.
func (m *Machine) notForked(in NotForked) {
	t := m.task(in.Task)
	switch t.state {
	case up:
		t.run--
		if in.Soon {
			m.wait(t, soon)
			return
		}
		m.emit(t, Event{Kind: Failed, Err: in.Err, Again: t.unforked})
		t.unforked = true
		t.delay = m.policy.Backoff.next(t.delay)
		m.wait(t, max(t.delay, minForkDelay))
	case stopping: // there is nothing to be stopped
		t.run--
		m.settle(t)
	default: // as in forked
	}
}

// minForkDelay keeps a full process table from being hammered where the user
// set no backoff.
const minForkDelay = time.Second
