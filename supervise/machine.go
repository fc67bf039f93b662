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

// state of a task. That the gate holds the command is not one of them: it may
// be held while it is up (then its tree is stopped) or while it waits (then it
// is not started).
type state int

const (
	down     state = iota // no process, and none is due
	waiting               // no process; started at due, or when the gate opens
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
	done                  // Finish was answered
)

var phaseNames = [...]string{idle: "idle", running: "running", leaving: "leaving", draining: "draining", done: "done"}

func (p phase) String() string { return phaseNames[p] }

// task is what the machine knows of the command or of the log command.
type task struct {
	id    Task
	state state
	pid   int       // of the main process; 0 when there is none
	run   int       // number of the latest run
	since time.Time // when the state, or while up the run, began
	due   time.Time // when the task needs a tick; zero: never

	executed bool          // the run got as far as executing its program
	frozen   time.Time     // since when the run's clocks stand still; zero: they go
	stood    time.Duration // how long they have stood still before that
	paused   bool          // the gate is why they do, and it was told
	lasted   time.Duration // the run's length, pauses left out

	end     syscall.WaitStatus // of the last run; 124, 126, 127 stand for what they mean
	failure *StartError        // the last run never executed
	ended   bool               // the last run ended by itself
	late    bool               // --timeout ended it, whatever it made of the signal

	delay    time.Duration // the latest delay of the backoff
	failures []time.Time   // of the last GiveUp.Failures failed runs
	unforked bool          // the latest start found no room for a process

	rung  int // step of the ladder
	kills int // times the last rung was repeated
	left  int // processes that outlived the main process, as last heard
}

// Machine decides. It is not safe for concurrent use. Make one with NewMachine.
type Machine struct {
	policy    Policy
	phase     phase
	tasks     [2]task
	now       time.Time
	out       []Action
	gate      string    // why the gate is closed; "" while it is open
	opened    string    // why it was opened last
	suspended time.Time // since when dmon itself is; zero: it is not
	ready     bool      // Ready was answered
	stops     int       // Stop inputs so far
	heard     bool      // the command has had the first one too
	respawns  int       // of the command
	drainBy   time.Time // when the log command's time to read on is over
	status    int       // the exit status so far
	fatal     int       // an exit status that no run's can replace
}

// NewMachine returns a machine that waits for Begin. It keeps p.
func NewMachine(p Policy) *Machine {
	p.Ladder = p.Sequence()
	m := &Machine{policy: p}
	m.tasks[Log].id = Log
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
	case Gate:
		m.gateMoved(in)
	case Signalled:
		m.signalled(in)
	case Drained:
		m.drained(in)
	case Suspend:
		m.suspend()
	case Halted:
		m.halted(in)
	case Continue:
		m.resume()
	case Tick:
		m.tick()
	default:
		panic(fmt.Sprintf("supervise: unknown input %T", in))
	}
	return m.out
}

// Deadline is the earliest time at which a Tick is needed, if any is.
func (m *Machine) Deadline() (when time.Time, ok bool) {
	for i := range m.tasks {
		t := &m.tasks[i]
		// A frozen run's clocks stand still.
		if t.due.IsZero() || !t.frozen.IsZero() {
			continue
		}
		if !ok || t.due.Before(when) {
			when, ok = t.due, true
		}
	}
	return when, ok && m.phase != done
}

func (m *Machine) cmd() *task { return &m.tasks[Cmd] }
func (m *Machine) log() *task { return &m.tasks[Log] }

func (m *Machine) act(a Action) { m.out = append(m.out, a) }

func (m *Machine) emit(t *task, e Event) {
	e.Time, e.Task, e.Run = m.now, t.id, t.run
	m.act(Emit{e})
}

// enter puts t into state s, with nothing due.
func (m *Machine) enter(t *task, s state) {
	t.state, t.since, t.due = s, m.now, time.Time{}
	t.frozen, t.stood, t.paused = time.Time{}, 0, false
}

// begin starts the log command alone: if it cannot be executed the command
// must never have run.
func (m *Machine) begin() {
	if m.phase != idle {
		return
	}
	m.phase = running
	if m.policy.Log {
		m.launch(m.log())
	} else {
		m.launch(m.cmd())
	}
}

// launch starts a run of t, or leaves it waiting for the gate.
func (m *Machine) launch(t *task) {
	if t.id == Cmd && m.gate != "" {
		m.enter(t, waiting)
		m.emit(t, Event{Kind: Held, Cause: m.gate})
		m.checkReady()
		return
	}
	m.enter(t, up)
	t.run++
	t.executed, t.ended, t.late = false, false, false
	m.act(Start{Task: t.id, Run: t.run, Last: exitStatus(t.end)})
}

func (m *Machine) forked(in Forked) {
	t := &m.tasks[in.Task]
	switch t.state {
	case up:
		t.pid, t.since, t.unforked = in.Pid, m.now, false
		switch {
		case t.id == Cmd && m.policy.Timeout > 0:
			t.due = m.now.Add(m.policy.Timeout)
		case m.phase == draining:
			t.due = m.drainBy
		}
	case stopping:
		t.pid = in.Pid // its start and our leaving were one step
	default: // a start is answered before anything else happens
	}
}

// notForked tries again later, also for a first start: that the system is full
// says nothing about the command.
func (m *Machine) notForked(in NotForked) {
	t := &m.tasks[in.Task]
	switch t.state {
	case up:
		t.run--
		m.emit(t, Event{Kind: Failed, Err: in.Err, Again: t.unforked})
		t.unforked = true
		t.delay = m.policy.Backoff.next(t.delay)
		m.wait(t, max(t.delay, minForkDelay))
	case stopping:
		t.run--
		m.settle(t) // as in forked; there is nothing to be stopped
	default: // as in forked
	}
}

// minForkDelay keeps a full process table from being hammered where the user
// set no backoff.
const minForkDelay = time.Second

func (m *Machine) executed(in Executed) {
	t := &m.tasks[in.Task]
	if in.Run != t.run || t.executed || t.pid == 0 {
		return // an earlier run's, or told by its exit already
	}
	switch t.state {
	case up, stopping:
		t.executed = true
		m.emit(t, Event{Kind: Started, Pid: t.pid})
		if m.phase == running && m.cmd().state == down {
			m.launch(m.cmd())
		}
		m.checkReady()
	default: // there is no pid then
	}
}

// checkReady tells the launcher once, when all that was asked for is done.
func (m *Machine) checkReady() {
	held := m.gate != "" // the command waits, or was stopped before its exec
	if m.ready || m.phase != running || m.policy.Log && !m.log().executed || !m.cmd().executed && !held {
		return
	}
	m.ready = true
	m.act(Ready{})
}

func (m *Machine) tick() {
	for i := range m.tasks {
		t := &m.tasks[i]
		if t.due.IsZero() || t.due.After(m.now) || !t.frozen.IsZero() {
			continue
		}
		t.due = time.Time{}
		switch t.state {
		case waiting:
			m.waited(t)
		case up:
			m.ranLong(t)
		case stopping:
			m.nextRung(t)
		default: // nothing is due while down
		}
		if m.phase == done {
			return
		}
	}
}
