package supervise

import (
	"fmt"
	"syscall"
)

// An Action is what we do about it. String says it in the words of the tests.
type Action interface{ String() string }

// Actions.
type (
	// Start makes a process of the task; it is answered by Forked or NotForked,
	// and then by Executed or an Exit with a Failure.
	Start struct {
		Task Task
		Run  int  // 1, 2, ...
		Last int  // exit status of the run before; meaningless in run 1
		Job  *Job // what a job is; nil for the two tasks
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

	// Thaw undoes Freeze, except for what was stopped before it. Said again, it
	// wakes what has stopped itself since; it may be answered by Woken.
	Thaw struct{ Task Task }

	// ClosePipe gives up our write end; it is answered by Drained. It may be
	// asked for again, to learn what is unread.
	ClosePipe struct{}

	// SuspendSelf stops dmon itself; it is answered by Continue.
	SuspendSelf struct{}

	// Settled says that what was asked for was executed, and is not ready yet; it may
	// take long. Ready says that it is ready, or held by the gate.
	Settled struct{}
	Ready   struct{}

	// Beat tells who watches us that we do our work.
	Beat struct{}

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
func (Settled) String() string     { return "settled" }
func (Ready) String() string       { return "ready" }
func (Beat) String() string        { return "beat" }
func (Report) String() string      { return "report" }
func (a Emit) String() string      { return "tell " + a.Event.String() }
func (a Finish) String() string    { return fmt.Sprintf("finish %d", a.Status) }
