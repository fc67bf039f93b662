package supervise

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// model is a system in which anything plausible happens to the processes that
// a machine asks for. What happens is chosen by bytes.
type model struct {
	t        testing.TB
	m        *Machine
	now      time.Time
	choices  []byte
	tasks    [2]modelTask
	pids     int
	queue    []Input // answers to actions, taken in before anything else
	unread   int
	jobs     []modelTask    // the ones that are under way, by lane
	lanes    map[Task]int   // in which lane a job is or was
	asked    time.Time      // when it was asked to stop first
	hasty    bool           // it was asked to be quick about it
	seen     map[string]int // what happened, by kind
	finished bool
	status   int
	log      []string
}

// modelTask is what there is of a task in the model.
type modelTask struct {
	run       int
	pid       int // of the main process; 0 when it is gone
	executed  bool
	strays    int // processes beside the main one
	deaf      bool
	immortal  bool
	frozen    bool
	abandoned bool
	exits     []Input // Exit and Remains, not yet reaped
}

func newModel(t testing.TB, p Policy, choices []byte) *model {
	m := NewMachine(p, epoch)
	return &model{t: t, m: m, jobs: make([]modelTask, len(m.lanes)), lanes: map[Task]int{}, now: epoch, choices: choices, pids: 10, seen: map[string]int{}}
}

// choose is the next choice among n; 0 when there is none left to make.
func (w *model) choose(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	c := int(w.choices[0])
	w.choices = w.choices[1:]
	return c % n
}

// of is what there is of a task.
func (w *model) of(id Task) *modelTask {
	if id < FirstJob {
		return &w.tasks[id]
	}
	return &w.jobs[w.lanes[id]]
}

// at is the task i, or the job of a lane that comes after the tasks.
func (w *model) at(i int) *modelTask {
	if i < len(w.tasks) {
		return &w.tasks[i]
	}
	return &w.jobs[i-len(w.tasks)]
}

// stop is a request to leave, of which the model remembers whether it is urgent.
func (w *model) stop(in Stop) Stop {
	if w.asked.IsZero() {
		w.asked = w.now
	}
	w.hasty = w.hasty || in.Signal != syscall.SIGHUP && w.now.Sub(w.asked) >= time.Second
	return in
}

func (w *model) rarely() bool { return w.choose(16) == 15 }

// take feeds the machine as Loop does.
func (w *model) take(in Input) {
	w.queue = append(w.queue, in)
	for len(w.queue) > 0 && !w.finished {
		in, w.queue = w.queue[0], w.queue[1:]
		w.log = append(w.log, fmt.Sprintf("%v %T%+v", w.now.Sub(epoch), in, in))
		out := checkedStep(w.t, w.m, w.now, in)
		for _, a := range out {
			w.log = append(w.log, "    -> "+spoken(a))
			w.do(a)
		}
	}
	if !w.finished {
		w.compare()
	}
}

func (w *model) fail(format string, a ...any) {
	w.t.Helper()
	last := w.log[max(0, len(w.log)-40):]
	for _, line := range last {
		w.t.Log(line)
	}
	w.t.Fatalf(format, a...)
}

// compare checks that what the machine believes is so.
func (w *model) compare() {
	w.t.Helper()
	for i := range w.tasks {
		k, t := &w.tasks[i], &w.m.tasks[i]
		live := t.state == up || t.state == stopping
		if !live && w.lives(k) && len(k.exits) == 0 {
			w.fail("%v is %v, but it has processes", t.id, t.state)
		}
		if t.pid != 0 && t.pid != k.pid && len(k.exits) == 0 {
			w.fail("%v has pid %d for the machine, but %d", t.id, t.pid, k.pid)
		}
		if live && k.pid != 0 && k.frozen != !t.frozen.IsZero() {
			w.fail("%v is frozen: %v", t.id, k.frozen)
		}
	}
	if c := w.m.cmd(); c.state == up && (w.m.holds.reason() != "") != w.tasks[Cmd].frozen && w.tasks[Cmd].pid != 0 {
		w.fail("the gate is %q and the command's tree frozen: %v", w.m.holds.reason(), w.tasks[Cmd].frozen)
	}
}

// lives reports whether there is something of a task that the machine has to
// look after.
func (w *model) lives(k *modelTask) bool {
	return !k.abandoned && (k.pid != 0 || k.strays > 0 && !w.m.policy.MainOnly)
}

func (w *model) do(a Action) {
	w.seen[fmt.Sprintf("%T", a)]++
	switch a := a.(type) {
	case Start:
		w.start(a)
	case Send:
		w.send(a)
	case Freeze:
		w.of(a.Task).frozen = true
	case Thaw:
		w.of(a.Task).frozen = false
	case ClosePipe:
		if w.tasks[Cmd].pid != 0 && !w.tasks[Cmd].abandoned && w.m.cmd().run > 0 {
			w.fail("the pipe is closed while the command is up")
		}
		w.queue = append(w.queue, Drained{Unread: w.unread})
	case SuspendSelf:
		w.now = w.now.Add(time.Duration(w.choose(256)) * time.Second)
		w.queue = append(w.queue, Continue{})
	case Ready:
		if w.rarely() {
			w.queue = append(w.queue, w.stop(Stop{Cause: "the launcher is gone"}))
		}
	case Emit:
		w.seen[a.Event.Kind.String()]++
		if a.Event.Kind == Abandoned {
			// A dmon that stays goes on waiting; one that was to end ends.
			w.of(a.Event.Task).abandoned = !w.m.task(a.Event.Task).live() || w.m.phase != running
		}
	case Finish:
		w.finished, w.status = true, a.Status
		w.checkEnd()
	}
}

// checkEnd is about the end: nothing stays behind but what was told.
func (w *model) checkEnd() {
	for i := range w.tasks {
		if k := &w.tasks[i]; w.lives(k) {
			w.fail("%v stays behind: %+v", Task(i), *k)
		}
	}
	if l := w.m.log(); w.unread > 0 && l.run > 0 && !w.hasty && w.m.readsOn(l) && (l.failure == nil || l.run > 1) {
		w.fail("%d bytes are lost", w.unread)
	}
}

func (w *model) start(a Start) {
	if a.Job != nil {
		w.lanes[a.Task] = a.Job.Lane
	}
	k := w.of(a.Task)
	if w.lives(k) {
		w.fail("%v is started beside what there is: %+v", a.Task, *k)
	}
	if w.rarely() {
		w.queue = append(w.queue, NotForked{Task: a.Task, Err: errFull})
		w.seen["refused"]++
		return
	}
	if w.rarely() {
		w.queue = append(w.queue, Forked{a.Task, noPid}, Exit{Task: a.Task, Pid: noPid, Failure: &StartError{Status: 127, Text: "x", Err: errFull}})
		return
	}
	if k.frozen {
		w.fail("%v is born frozen", a.Task)
	}
	w.pids++
	*k = modelTask{run: a.Run, pid: w.pids, deaf: w.choose(4) == 3, immortal: w.rarely()}
	w.queue = append(w.queue, Forked{a.Task, k.pid})
	if a.Job != nil && a.Job.Kept && w.choose(4) > 0 { // most checks are quick, and well
		w.die(a.Task, Exit{Status: syscall.WaitStatus(w.choose(4) / 3 << 8)})
	}
}

func (w *model) send(a Send) {
	k := w.of(a.Task)
	kill := a.Signal == syscall.SIGKILL
	if k.immortal || !kill && (k.deaf || !a.Wake) {
		return // a signal that is forwarded is handled
	}
	main := k.pid
	if a.Target != Main {
		k.strays = 0
	}
	switch {
	case a.Target != Children && main != 0:
		w.die(a.Task, Exit{Status: syscall.WaitStatus(a.Signal)})
	case main == 0:
		k.exits = append(k.exits, Remains{Task: a.Task})
	}
}

// die lets the main process of a task end; the loop hears of it later. Now and
// then one of those it leaves is the heir.
func (w *model) die(id Task, e Exit) {
	k := w.of(id)
	e.Task, e.Pid = id, k.pid
	k.pid = 0
	if k.strays > 0 && w.choose(4) == 3 {
		w.pids++
		k.strays--
		k.pid, e.Heir = w.pids, w.pids
		w.seen["heir"]++
	}
	k.exits = append(k.exits, e)
}

// reap takes in what has ended, as it is by now.
func (w *model) reap() (any bool) {
	for i := range len(w.tasks) + len(w.jobs) {
		k := w.at(i)
		for len(k.exits) > 0 {
			e := k.exits[0]
			k.exits = k.exits[1:]
			any = true
			switch e := e.(type) {
			case Exit:
				e.Left = k.strays
				w.take(e)
			case Remains:
				w.take(Remains{e.Task, k.strays})
			}
			if w.finished {
				return true
			}
		}
	}
	return any
}

// end asks the machine to stop and sees to it that it does, within the time
// that the contract gives.
func (w *model) end() {
	w.take(w.stop(Stop{Signal: syscall.SIGTERM, Cause: "the end"}))
	began := w.now
	for range 1000 {
		if w.finished {
			break
		}
		w.readOn()
		if w.reap() {
			continue
		}
		when, ok := w.m.Deadline()
		if !ok {
			w.fail("it waits for nothing: %s", describe(w.m))
		}
		if when.After(w.now) {
			w.now = when
		}
		w.take(Tick{})
	}
	if !w.finished {
		w.fail("it does not end: %s", describe(w.m))
	}
	ladder := killTries * killWait
	for _, r := range w.m.policy.Ladder {
		ladder += r.Wait
	}
	if took, most := w.now.Sub(began), 4*ladder+w.m.policy.StopLimit+w.m.policy.Drain+heardWait+(queueMax+2)*(jobLimit+10*time.Second); took > most {
		w.fail("it ends after %v, not within %v", took, most)
	}
	if out := w.m.Step(w.now, Begin{}); out != nil {
		w.fail("it goes on after its end: %v", out)
	}
}

// readOn lets the log command read what is left, or fail.
func (w *model) readOn() {
	k := &w.tasks[Log]
	if w.m.phase != draining || k.pid == 0 || !k.executed && w.choose(2) == 0 {
		return
	}
	switch w.choose(6) {
	case 1, 2:
		w.unread = 0
		w.die(Log, Exit{})
	case 3:
		w.die(Log, Exit{Status: 256})
	case 4:
		w.die(Log, Exit{}) // told to stop, with lines unread
	}
}
