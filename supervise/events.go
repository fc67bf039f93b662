package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// Kind is what an Event is about.
type Kind int

// Kinds of events. The first seven are lines of --write-info.
const (
	Started     Kind = iota // a run began: Pid
	Stopping                // we stop the task: Pid, Cause
	Exited                  // the main process ended: Pid, Status, Cause
	Sent                    // we sent a signal: Pid, Signal
	TimedOut                // the run lasted too long: Pid
	Paused                  // the tree was stopped: Pid, Cause
	Resumed                 // the tree goes on: Pid, Cause
	Held                    // a start waits for the gate: Cause
	Blind                   // the gate cannot see, and is open: Err
	Failed                  // a start failed: Err
	Delayed                 // the next start comes after Delay
	Strays                  // Count descendants outlived the main process
	Abandoned               // Count processes could not be ended
	GaveUp                  // the task failed too often: Err
	Leaving                 // dmon is about to end: Cause
	Awaited                 // after ^C: the next step, Signal, comes after Delay, unless the task ends
	Unread                  // Count bytes are lost: the log command left them in the pipe
	JobFailed               // a job came to nothing: Err
	Dropped                 // Count jobs were not run, for want of room in the queue
	Downed                  // the command is down, because somebody asked for that
	Told                    // a condition that is to be told has become true (Met), or false: Pid, Cause
	Reached                 // a condition that is to be acted on has become true: Pid, Cause
	BecameReady             // the run is ready, which is not told by its start: Pid
	Reloading               // the run says that it reads its settings anew (Met), or that it has: Pid
	Said                    // the run says how it is: Pid, Cause
	Checked                 // the run's checks all say that it is well (Met), or one that it is ill: Pid
	Extended                // the run needs Delay more from now on for what it is doing: Pid
)

var kindNames = [...]string{
	Started: "start", Stopping: "stop", Exited: "exit", Sent: "signal", TimedOut: "timeout",
	Paused: "pause", Resumed: "resume", Held: "hold", Blind: "blind", Failed: "fail", Delayed: "delay",
	Strays: "strays", Abandoned: "abandon", GaveUp: "give-up", Leaving: "leave", Awaited: "await",
	Unread: "unread", JobFailed: "fail", Dropped: "drop", Downed: "down",
	Told: "tell", Reached: "reach", BecameReady: "ready", Reloading: "reload", Said: "text", Checked: "healthy", Extended: "extend",
}

func (k Kind) String() string { return kindNames[k] }

// Event is what we tell the world; fields that its Kind does not name are zero.
type Event struct {
	Seq    uint64 // 1, 2, ...
	Time   time.Time
	Began  time.Time // when the task's latest run began, before this; zero: there was none
	Task   Task
	Kind   Kind
	Pid    int
	Run    int
	Status syscall.WaitStatus
	Signal syscall.Signal
	Count  int
	Delay  time.Duration
	Ready  bool   // the task's run is, or was
	Ends   bool   // with Reached: dmon leaves for it
	Met    bool   // with Told and Reloading: it is so now
	Again  bool   // no news: worth telling only to who asked for all
	Why    Why    // of the end of a run
	Cause  string // in words; those of Why where there are no others
	Err    error
	Usage  Usage // of a main process that ended
}

// Usage is what a process has taken, with the children that it waited for.
type Usage struct {
	User, System time.Duration // processor time
	MaxRSS       int64         // peak memory of the largest of them, kB
}

// String is the event as --write-info has it, or in the manner of it.
func (e Event) String() string {
	s := fmt.Sprintf("%v %v", e.Task, e.Kind)
	switch e.Kind {
	case Started, Stopping, TimedOut, Paused, Resumed, Told, Reached, BecameReady, Reloading, Said, Checked, Extended:
		return fmt.Sprintf("%s %d", s, e.Pid)
	case Exited:
		return fmt.Sprintf("%s %d %d", s, e.Pid, uint32(e.Status))
	case Sent:
		return fmt.Sprintf("%s %d %d", s, e.Pid, int(e.Signal))
	case Delayed, Awaited:
		return fmt.Sprintf("%s %v", s, e.Delay)
	case Strays, Abandoned, Unread, Dropped:
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
	State string // down, waiting, starting, up, stopping, paused, held
	Pid   int
	Run   int
	Since time.Time // of the state, pauses not left out
	Due   time.Time // when something happens by itself; zero: never
}
