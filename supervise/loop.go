package supervise

import (
	"errors"
	"os"
	"time"
)

// System is the part of the operating system that the loop acts on. It is
// called from the loop's goroutine alone, so that no process can be reaped,
// and its number given to another, between being known and being signalled.
// Nothing in it blocks for longer than the walk of a process tree takes.
type System interface {
	// Start makes a process. It fails with a *StartError where the system
	// tells at once that the program cannot be executed, and with anything
	// else where there is no room for a process now.
	Start(Start) (pid int, err error)

	// Send, Freeze and Thaw carry out the actions of these names. A process
	// that is gone already is no error; one that must not be signalled is. What
	// was frozen is thawed before the task is started again.
	Send(Send) error
	Freeze(Task) error
	Thaw(Task) error

	// Reap waits, without blocking, for every process that has ended, and
	// returns what the machine must hear: an Exit for each main process, a Remains
	// for each task whose main process was gone before, and a Halted for one that
	// was stopped.
	Reap() []Input

	// ClosePipe gives up the write end that outlives the command, if there is
	// one still, and returns how many bytes are unread.
	ClosePipe() (unread int)

	// SuspendSelf stops this process; it returns when the process goes on.
	SuspendSelf()
}

// Observer is told what happens. It must not block.
type Observer interface {
	Event(Event)
	Report(Snapshot)
	// Ready is called once, when everything was executed or is held. An error
	// means that whoever started us is gone, and that we shall leave too.
	Ready() error
	// Settled is called at most once, before Ready: everything was executed, and it
	// may take long until it is ready.
	Settled()
	// Beat is called as often as the policy says.
	Beat()
	// Trouble is an action that the system refused.
	Trouble(Action, error)
}

// Herald hears what the command says of itself. Hear does not block, and returns
// what has been said so far; it is called after a token came through Called, and
// before what the silence may lead to: an end, or a time that is over.
type Herald interface {
	Called() <-chan struct{}
	Hear() []Input
	// Heard is called when everything that follows from what was heard was carried out.
	Heard()
}

// Ask is an Input, nil for none, that somebody waits for: Done is called in the
// loop's goroutine when everything that follows from it at once was carried out.
type Ask struct {
	Input Input
	Done  func()
}

// Loop feeds a Machine from its sources and carries out what it answers. All
// fields but Inputs, Stops and Signals are needed; Run is called once.
type Loop struct {
	Machine  *Machine
	System   System
	Observer Observer

	Deaths  <-chan os.Signal              // one slot: a token means reap until nothing is left
	Stops   <-chan os.Signal              // those that nothing else may crowd out; may be nil
	Signals <-chan os.Signal              // what else the user may send
	Meaning func(os.Signal) (Input, bool) // of those; false: none
	Inputs  <-chan Input                  // of every other source
	Asks    <-chan Ask                    // of who waits for an answer; may be nil
	Herald  Herald                        // may be nil

	queue    []Input
	finished bool
	status   int
}

// Run supervises until the machine has finished, and returns dmon's exit
// status. first comes right before Begin: what was known before the start, such
// as a closed gate.
func (l *Loop) Run(first ...Input) (exitStatus int) {
	timer := time.NewTimer(0) // set, or stopped, before each wait
	for _, in := range first {
		l.take(in)
	}
	l.take(Begin{})
	var called <-chan struct{}
	if l.Herald != nil {
		called = l.Herald.Called()
	}
	for !l.finished {
		if when, ok := l.Machine.Deadline(); ok {
			timer.Reset(time.Until(when))
		} else {
			timer.Stop()
		}
		select {
		case <-called:
			l.listen()
		case <-l.Deaths:
			l.hearAll()
			l.listen()
			for _, in := range l.System.Reap() {
				l.take(in)
			}
		case s := <-l.Stops:
			l.hear(s)
		case s := <-l.Signals:
			l.hear(s)
		case in := <-l.Inputs:
			l.take(in)
		case ask := <-l.Asks:
			l.take(ask.Input)
			ask.Done()
		case <-timer.C:
			l.listen()
			l.take(Tick{})
		}
	}
	return l.status
}

// listen takes in what the command has said.
func (l *Loop) listen() {
	if l.Herald == nil {
		return
	}
	for _, in := range l.Herald.Hear() {
		l.take(in)
	}
	l.Herald.Heard()
}

func (l *Loop) hear(s os.Signal) {
	if in, ok := l.Meaning(s); ok {
		l.take(in)
	}
}

// hearAll takes in the signals that are here already. ^C goes to the command as
// well as to us, and its death may be known as soon as the signal is: who acted
// on the death first would start the command again, only to end it at once.
func (l *Loop) hearAll() {
	for {
		select {
		case s := <-l.Stops:
			l.hear(s)
		case s := <-l.Signals:
			l.hear(s)
		default:
			return
		}
	}
}

// take steps the machine with in, and with every answer to the actions that
// follow from it, so that a start is answered before anything else happens.
func (l *Loop) take(in Input) {
	if in == nil {
		return
	}
	l.queue = append(l.queue, in)
	for len(l.queue) > 0 {
		in, l.queue = l.queue[0], l.queue[1:]
		for _, a := range l.Machine.Step(time.Now(), in) {
			l.do(a)
		}
	}
}

// answer queues an input that an action gave rise to.
func (l *Loop) answer(in Input) { l.queue = append(l.queue, in) }

func (l *Loop) do(a Action) {
	var err error
	switch a := a.(type) {
	case Start:
		l.start(a)
	case Send:
		err = l.System.Send(a)
	case Freeze:
		err = l.System.Freeze(a.Task)
	case Thaw:
		err = l.System.Thaw(a.Task)
	case ClosePipe:
		l.answer(Drained{Unread: l.System.ClosePipe()})
	case SuspendSelf:
		l.System.SuspendSelf()
		l.answer(Continue{})
	case Ready:
		if l.Observer.Ready() != nil {
			l.answer(Stop{Cause: "the process that started dmon is gone"})
		}
	case Settled:
		l.Observer.Settled()
	case Beat:
		l.Observer.Beat()
	case Report:
		l.Observer.Report(a.Snapshot)
	case Emit:
		l.Observer.Event(a.Event)
	case Finish:
		l.finished, l.status = true, a.Status
	}
	if err != nil {
		l.Observer.Trouble(a, err)
	}
}

func (l *Loop) start(a Start) {
	pid, err := l.System.Start(a)
	var refused *StartError
	switch {
	case err == nil:
		l.answer(Forked{Task: a.Task, Pid: pid})
	case errors.As(err, &refused):
		// A system that forks and executes in one step: both answers at once.
		l.answer(Forked{Task: a.Task, Pid: noPid})
		l.answer(Exit{Task: a.Task, Pid: noPid, Failure: refused})
	default:
		l.answer(NotForked{Task: a.Task, Err: err, Soon: errors.Is(err, ErrSoon)})
	}
}

// ErrSoon is what a Start of a job fails with that has to wait a little longer.
var ErrSoon = errors.New("not yet")

// noPid stands for a process that never was, in the answers to its start.
const noPid = -1
