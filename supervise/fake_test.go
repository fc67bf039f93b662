package supervise

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a System and an Observer that writes down what it is asked for, and
// when, and that the test tells what to answer. It lives in a synctest bubble:
// hours pass in it while nothing happens.
type fake struct {
	t      *testing.T
	loop   *Loop
	began  time.Time
	heard  []string
	pids   int
	start  func(Start) (int, error) // nil: a new pid each time, executed at once
	refuse error                    // of Send, Freeze and Thaw
	gone   error                    // of Ready
	unread int
	asleep time.Duration // of SuspendSelf
	exits  [][]Exit      // for each Reap
	after  map[string]func()
	order  sync.Mutex

	deaths  chan os.Signal
	signals chan os.Signal
	stops   chan os.Signal
	inputs  chan Input
	status  chan int
}

// inLoop runs test beside a loop with a policy of options.
func inLoop(t *testing.T, options string, test func(f *fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{
			t: t, began: time.Now(), pids: 9, after: map[string]func(){},
			deaths: make(chan os.Signal, 1), signals: make(chan os.Signal, 4), stops: make(chan os.Signal, 4), inputs: make(chan Input, 4), status: make(chan int, 1),
		}
		f.loop = &Loop{
			Machine: NewMachine(parsePolicy(t, options), time.Now()), System: f, Observer: f,
			Deaths: f.deaths, Signals: f.signals, Stops: f.stops, Inputs: f.inputs, Meaning: f.meaning,
		}
		test(f)
	})
}

func (f *fake) meaning(s os.Signal) (Input, bool) {
	switch s {
	case syscall.SIGTERM:
		return Stop{Signal: syscall.SIGTERM, Cause: "asked"}, true
	case syscall.SIGPIPE:
		return nil, false
	case syscall.SIGTSTP:
		return Suspend{}, true
	}
	return Signalled{s.(syscall.Signal)}, true
}

func (f *fake) run(first ...Input) {
	go func() { f.status <- f.loop.Run(first...) }()
	synctest.Wait()
}

// note writes down what was asked for, and does what the test wants to happen
// right then.
func (f *fake) note(s string) {
	f.settle()
	f.heard = append(f.heard, fmt.Sprintf("%v %s", time.Since(f.began), s))
	if then := f.after[s]; then != nil {
		delete(f.after, s)
		then()
	}
}

func (f *fake) Start(a Start) (int, error) {
	f.note(a.String())
	if f.start != nil {
		return f.start(a)
	}
	f.pids++
	f.inputs <- Executed{a.Task, a.Run}
	return f.pids, nil
}

func (f *fake) Send(a Send) error   { f.note(a.String()); return f.refuse }
func (f *fake) Freeze(t Task) error { f.note(Freeze{t}.String()); return f.refuse }
func (f *fake) Thaw(t Task) error   { f.note(Thaw{t}.String()); return f.refuse }

func (f *fake) Reap() []Input {
	f.note("reap")
	if len(f.exits) == 0 {
		return nil
	}
	var inputs []Input
	for _, e := range f.exits[0] {
		inputs = append(inputs, e)
	}
	f.exits = f.exits[1:]
	return inputs
}

func (f *fake) ClosePipe() int {
	f.note("close pipe")
	return f.unread
}

func (f *fake) SuspendSelf() {
	f.note("suspend")
	<-time.After(f.asleep)
}

func (f *fake) Event(e Event) {
	if e.Kind == Started || e.Kind == Delayed || e.Kind == Failed {
		f.note("tell " + e.String())
	}
}

func (f *fake) Report(s Snapshot) { f.note("report " + s.Cmd.State) }

func (f *fake) Ready() error {
	f.note("ready")
	return f.gone
}

func (f *fake) Settled() { f.note("settled") }
func (f *fake) Beat()    { f.note("beat") }

func (f *fake) Trouble(a Action, err error) { f.note(fmt.Sprintf("trouble %v: %v", a, err)) }

// pass lets time pass in the bubble, and everything in it come to rest.
func (f *fake) pass(d time.Duration) {
	f.settle()
	<-time.After(d)
	synctest.Wait()
}

// lastStep is when the machine was stepped last. The signal after it means
// nothing to the loop; to the race detector it puts the next step after this.
func (f *fake) lastStep() time.Time {
	now := f.loop.Machine.now
	f.send(syscall.SIGPIPE)
	return now
}

// settle says to the race detector what it cannot know: that a timer goes off
// only when the test has come to rest.
func (f *fake) settle() {
	f.order.Lock()
	defer f.order.Unlock()
}

// die lets main processes end, all at once.
func (f *fake) die(exits ...Exit) {
	f.exits = append(f.exits, exits)
	f.deaths <- syscall.SIGCHLD
	synctest.Wait()
}

func (f *fake) send(s os.Signal) {
	f.signals <- s
	synctest.Wait()
}

func (f *fake) tell(in Input) {
	f.inputs <- in
	synctest.Wait()
}

// said checks what was written down since the last time.
func (f *fake) said(want ...string) {
	f.t.Helper()
	if !slices.Equal(f.heard, want) {
		f.t.Errorf("said\n %q\nwant\n %q", f.heard, want)
	}
	f.heard = nil
}

// ended checks that the loop has returned status.
func (f *fake) ended(status int) {
	f.t.Helper()
	select {
	case got := <-f.status:
		if got != status {
			f.t.Errorf("status %d, want %d", got, status)
		}
	default:
		f.t.Fatal("the loop goes on")
	}
}

// leave ends a loop whose test is over.
func (f *fake) leave() {
	f.send(syscall.SIGTERM)
	f.send(syscall.SIGTERM)
	f.pass(time.Hour)
	<-f.status
}

var errRefused = errors.New("operation not permitted")
