package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// Task is one of the two processes that are looked after.
type Task int

// The tasks. Cmd comes last when stopping is over and first when it begins.
const (
	Cmd Task = iota
	Log
)

var taskNames = [...]string{Cmd: "cmd", Log: "log"}

func (t Task) String() string { return taskNames[t] }

// An Input is what happened to us. All times are those given to Step.
type Input interface{ input() }

// Inputs.
type (
	// Begin starts supervision; it comes once, and only what was known before
	// the start comes before it: a closed gate, or a Stop.
	Begin struct{}

	// Forked answers a Start: the process exists, it may not have executed yet.
	Forked struct {
		Task Task
		Pid  int
	}

	// NotForked answers a Start: the system had no room for a process now.
	NotForked struct {
		Task Task
		Err  error
	}

	// Executed says that the process runs its program.
	Executed struct {
		Task Task
		Pid  int
	}

	// Exit says that a process of a task has ended and was reaped. For a main
	// process Pid, Status and Failure count; for an orphan only Left does. Left
	// is how many processes of the task came to us as orphans and live. Heir, if
	// it is not 0, is one more of them, and the main process from now on.
	// Unread is how many bytes are in the pipe, for the log command.
	Exit struct {
		Task    Task
		Main    bool
		Pid     int
		Status  syscall.WaitStatus
		Left    int
		Heir    int
		Unread  int
		Failure *StartError // the program was never executed
	}

	// Stop asks us to leave: Signal is the one that did, Cause says it in words.
	// Heard means that the terminal gave the signal to the command as well.
	Stop struct {
		Signal syscall.Signal
		Cause  string
		Heard  bool
	}

	// Gate says whether the machine is too busy, and why, in words. It may
	// repeat itself while the gate is closed. Trouble is why it can no longer
	// see something, told once.
	Gate struct {
		Closed  bool
		Reason  string
		Trouble error
	}

	// Signalled is a signal that may be forwarded, or asks for a report.
	Signalled struct{ Signal syscall.Signal }

	// Drained answers a ClosePipe: so many bytes in the pipe were never read.
	Drained struct{ Unread int }

	// Suspend is ^Z; Halted is a main process that was stopped by a signal, ours
	// or another's; Continue says that we run again after a SuspendSelf.
	Suspend struct{}
	Halted  struct {
		Task Task
		Pid  int
	}
	Continue struct{}

	// Tick says that the Deadline is reached.
	Tick struct{}
)

func (Begin) input()     {}
func (Forked) input()    {}
func (NotForked) input() {}
func (Executed) input()  {}
func (Exit) input()      {}
func (Stop) input()      {}
func (Gate) input()      {}
func (Signalled) input() {}
func (Drained) input()   {}
func (Suspend) input()   {}
func (Halted) input()    {}
func (Continue) input()  {}
func (Tick) input()      {}

// StartError says why a program was never executed. Status is the exit status
// that stands for it: 127 not found, 126 not executable, 125 a request about
// the process (user, limit, file) that the system refused.
type StartError struct {
	Status int
	Text   string
	Err    error
}

func (e *StartError) Error() string { return fmt.Sprintf("%s: %v", e.Text, e.Err) }
func (e *StartError) Unwrap() error { return e.Err }

// An Action is what we do about it. String says it in the words of the tests.
type Action interface{ String() string }

// Actions.
type (
	// Start makes a process of the task; it is answered by Forked or NotForked,
	// and then by Executed or an Exit with a Failure.
	Start struct {
		Task Task
		Run  int // 1, 2, ...
		Last int // exit status of the run before; meaningless in run 1
	}

	// Send signals processes of a task. With Wake stopped ones get CONT after
	// it, so that they can act on it.
	Send struct {
		Task   Task
		Target Target
		Signal syscall.Signal
		Wake   bool
	}

	// Freeze stops the whole tree of a task, as far as it is not stopped yet.
	Freeze struct{ Task Task }

	// Thaw undoes Freeze, except for what was stopped before it.
	Thaw struct{ Task Task }

	// ClosePipe gives up our write end; it is answered by Drained. It may be
	// asked for again, to learn what is unread.
	ClosePipe struct{}

	// SuspendSelf stops dmon itself; it is answered by Continue.
	SuspendSelf struct{}

	// Ready says that what was asked for runs, or is held by the gate.
	Ready struct{}

	// Report says in one line what runs and since when.
	Report struct{ Snapshot Snapshot }

	// Emit tells the world.
	Emit struct{ Event Event }

	// Finish ends the loop; Status is dmon's exit status.
	Finish struct{ Status int }
)

func (a Start) String() string { return fmt.Sprintf("start %v %d", a.Task, a.Run) }
func (a Send) String() string {
	return fmt.Sprintf("send %v %v %d", a.Task, a.Target, int(a.Signal))
}
func (a Freeze) String() string    { return fmt.Sprintf("freeze %v", a.Task) }
func (a Thaw) String() string      { return fmt.Sprintf("thaw %v", a.Task) }
func (ClosePipe) String() string   { return "close pipe" }
func (SuspendSelf) String() string { return "suspend" }
func (Ready) String() string       { return "ready" }
func (Report) String() string      { return "report" }
func (a Emit) String() string      { return "tell " + a.Event.String() }
func (a Finish) String() string    { return fmt.Sprintf("finish %d", a.Status) }

// Kind is what an Event is about.
type Kind int

// Kinds of events. The first seven are lines of --write-info.
const (
	Started   Kind = iota // a run began: Pid
	Stopping              // we stop the task: Pid, Cause
	Exited                // the main process ended: Pid, Status, Cause
	Sent                  // we sent a signal: Pid, Signal
	TimedOut              // the run lasted too long: Pid
	Paused                // the tree was stopped: Pid, Cause
	Resumed               // the tree goes on: Pid, Cause
	Held                  // a start waits for the gate: Cause
	Blind                 // the gate cannot see, and is open: Err
	Failed                // a start failed: Err
	Delayed               // the next start comes after Delay
	Strays                // Count descendants outlived the main process
	Abandoned             // Count processes could not be ended
	GaveUp                // the task failed too often: Err
	Leaving               // dmon is about to end: Cause
)

var kindNames = [...]string{
	Started: "start", Stopping: "stop", Exited: "exit", Sent: "signal", TimedOut: "timeout",
	Paused: "pause", Resumed: "resume", Held: "hold", Blind: "blind", Failed: "fail", Delayed: "delay",
	Strays: "strays", Abandoned: "abandon", GaveUp: "give-up", Leaving: "leave",
}

func (k Kind) String() string { return kindNames[k] }

// Event is what we tell the world; fields that its Kind does not name are zero.
type Event struct {
	Time   time.Time
	Task   Task
	Kind   Kind
	Pid    int
	Run    int
	Status syscall.WaitStatus
	Signal syscall.Signal
	Count  int
	Delay  time.Duration
	Again  bool // the same as the last time: worth telling only to who asked for all
	Cause  string
	Err    error
}

// String is the event as --write-info has it, or in the manner of it.
func (e Event) String() string {
	s := fmt.Sprintf("%v %v", e.Task, e.Kind)
	switch e.Kind {
	case Started, Stopping, TimedOut, Paused, Resumed:
		return fmt.Sprintf("%s %d", s, e.Pid)
	case Exited:
		return fmt.Sprintf("%s %d %d", s, e.Pid, uint32(e.Status))
	case Sent:
		return fmt.Sprintf("%s %d %d", s, e.Pid, int(e.Signal))
	case Delayed:
		return fmt.Sprintf("%s %v", s, e.Delay)
	case Strays, Abandoned:
		return fmt.Sprintf("%s %d", s, e.Count)
	default:
		return s
	}
}

// Snapshot is the state of things in a Report.
type Snapshot struct {
	Now  time.Time
	Cmd  TaskSnapshot
	Log  TaskSnapshot // State is "" without a log command
	Gate string       // why the gate is closed; "" while it is open
}

// TaskSnapshot is one task in a Snapshot.
type TaskSnapshot struct {
	State string // down, waiting, up, stopping, paused, held
	Pid   int
	Run   int
	Since time.Time // of the state, pauses not left out
	Due   time.Time // when something happens by itself; zero: never
}
