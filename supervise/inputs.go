package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// Task is one of the two processes that are looked after, or a job.
type Task int

// The tasks. Cmd comes last when stopping is over and first when it begins. Jobs
// are numbered from FirstJob on, and no two of them have the same number.
const (
	Cmd Task = iota
	Log
	FirstJob
)

var taskNames = [...]string{Cmd: "cmd", Log: "log"}

func (t Task) String() string {
	if t >= FirstJob {
		return fmt.Sprintf("job %d", int(t-FirstJob)+1)
	}
	return taskNames[t]
}

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

	// NotForked answers a Start: the system had no room for a process now. Soon is
	// of a job for which it is too early.
	NotForked struct {
		Task Task
		Err  error
		Soon bool
	}

	// Executed says that the process of this run of a task runs its program. A
	// process number would not do: it may come round.
	Executed struct {
		Task Task
		Run  int
	}

	// Exit says that the main process of a task has ended and was reaped. Left
	// is how many processes of the task came to us as orphans and live. Heir, if
	// it is not 0, is one more of them, and the main process from now on. A
	// program that was never executed comes with a Failure, or is Unexecuted:
	// the process was ended before, by us or by others, and told nothing. Unheard
	// means that it ended because nobody reads what it writes, Starved that there was
	// no memory for it.
	Exit struct {
		Task       Task
		Pid        int
		Status     syscall.WaitStatus
		Left       int
		Heir       int
		Failure    *StartError
		Unexecuted bool
		Unheard    bool
		Words      string // the last line of what a job wrote, if it was kept
		Starved    bool
		Usage      Usage
	}

	// Remains says how many orphans of a task live whose main process is gone,
	// after at least one of them has ended.
	Remains struct {
		Task Task
		Left int
	}

	// Stop asks us to leave: Signal is the one that did, Cause says it in words.
	// Heard means that the command has had the same, by ^C or because its terminal
	// is gone, or that there was none up that could have had it.
	Stop struct {
		Signal syscall.Signal
		Cause  string
		Heard  bool
	}

	// Down asks for the command to end and stay so, Up undoes it. Restart ends
	// the run, which is followed by the next; Why is its reason.
	Down    struct{}
	Up      struct{}
	Restart struct{ Why Why }

	// Deliver asks for a signal to be sent to processes of the command.
	Deliver struct {
		Signal syscall.Signal
		Target Target
	}

	// Gate says whether one of the sources holds the command, and why, in words.
	// It may repeat itself while it does. Trouble is why it can no longer see
	// something, told once.
	Gate struct {
		Source  Source
		Closed  bool
		Reason  string
		Trouble error
	}

	// Met says whether one of the policy's conditions is true, Text in which words.
	// Run is the one that it was measured in; of a condition that is not about a run,
	// or of a change, which is true for a moment only, it does not matter. Ago is how
	// long before that change began. Trouble is why nobody can see as well as before
	// whether it is true, and then that is all.
	Met struct {
		Condition int // the index in Policy.Conditions
		Run       int
		Now       bool
		Text      string
		Ago       time.Duration
		Trouble   error
	}

	// Signalled is a signal that may be forwarded, or asks for a report.
	Signalled struct{ Signal syscall.Signal }

	// Drained answers a ClosePipe: so many bytes in the pipe were never read.
	Drained struct{ Unread int }

	// Readied says that a run of the command is ready, Unready what it lacks, as a
	// person says it. Never means that it cannot become ready any more.
	Readied struct{ Run int }
	Unready struct {
		Run   int
		Lacks string
		Never bool
	}

	// Notice is what a run of the command says of itself. What is zero was not said.
	Notice struct {
		Run       int
		Ready     bool          // it is; or it is done with reloading
		Reloading bool          // it reads its settings anew
		Stopping  bool          // it is about to end
		Alive     bool          // it is well
		Ill       bool          // it is not, and wants to be restarted
		Text      *string       // how it is, for people
		Extend    time.Duration // it needs so long from now on for what it is doing
		Watchdog  time.Duration // it will say that it is well this often
	}

	// Suspend is ^Z; Halted is a main process that was stopped by a signal, ours
	// or another's; Continue says that we run again after a SuspendSelf: that is
	// answered before anything else happens.
	Suspend struct{}
	Halted  struct {
		Task Task
		Pid  int
	}
	Continue struct{}

	// Woken says that a Thaw woke processes by a signal. Some may find out late
	// that a child of theirs had been stopped, and stop themselves over it: another
	// Thaw is wanted before long.
	Woken struct{ Task Task }

	// Tick says that the Deadline is reached.
	Tick struct{}
)

func (Begin) input()     {}
func (Forked) input()    {}
func (NotForked) input() {}
func (Executed) input()  {}
func (Exit) input()      {}
func (Remains) input()   {}
func (Stop) input()      {}
func (Down) input()      {}
func (Up) input()        {}
func (Restart) input()   {}
func (Deliver) input()   {}
func (Gate) input()      {}
func (Met) input()       {}
func (Signalled) input() {}
func (Drained) input()   {}
func (Readied) input()   {}
func (Unready) input()   {}
func (Notice) input()    {}
func (Suspend) input()   {}
func (Halted) input()    {}
func (Continue) input()  {}
func (Woken) input()     {}
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
