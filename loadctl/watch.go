package loadctl

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Watch looks at its guards whenever they are due, in a goroutine of its own,
// and says what they think together. Its methods are for the goroutine that
// made it, save State. A Watch without guards is open and says nothing.
type Watch struct {
	panel panel // the goroutine's alone from Start to Stop
	slot  chan Verdict
	state atomic.Pointer[string]

	newAlarm func() alarm
	alarm    alarm         // nil before Start and after Stop
	calls    []func()      // each ends what a caller does
	done     chan struct{} // closed when the goroutine is gone
}

// NewWatch returns a watch over guards, which are its own from now on. Nothing
// is measured yet.
func NewWatch(guards ...Guard) *Watch {
	w := &Watch{slot: make(chan Verdict, 1), newAlarm: newAlarm}
	w.panel.resume = newReluctance()
	for _, g := range guards {
		w.panel.add(g)
	}
	w.publish()
	return w
}

// TakeTurns has the gate resume only when no other watch on this machine has
// done so a moment ago. They meet in the first of dirs that is open to all;
// where there is none, each goes its own way. There they also stand in line:
// who has waited longest is first, and who has run long yields to those who
// wait. It comes before First and Start.
func (w *Watch) TakeTurns(dirs ...string) {
	w.panel.resume.turns = &turns{dirs: dirs}
	w.panel.resume.queue = &queue{line: newLine(dirs), stamp: sharedClock}
}

// PauseAfter has a measure close the gate only when it has been above its limit
// for d. It comes before First and Start.
func (w *Watch) PauseAfter(d time.Duration) { w.panel.grace = d }

// MaxPause bounds how long measures keep the gate closed: after d it opens for
// as long as it was open before, or for d if it never was, and Trouble says so.
// 0 is no bound. It comes before First and Start.
func (w *Watch) MaxPause(d time.Duration) { w.panel.limit.most = d }

// First looks at all guards at once, in the caller's goroutine: it is what a
// start depends on. It comes before Start. An error says which guard cannot see
// and why: then the watch is of no use, and is not to be started.
func (w *Watch) First() (Verdict, error) {
	v, _ := w.panel.look(time.Now())
	w.publish()
	return v, v.Trouble
}

// Start begins to watch. Without First the guards are looked at right away,
// after it when they are due.
func (w *Watch) Start() {
	when, ok := w.panel.next()
	if !ok {
		return
	}
	w.alarm, w.done = w.newAlarm(), make(chan struct{})
	for _, pl := range w.panel.places {
		if pl.guard.Call != nil {
			w.calls = append(w.calls, pl.guard.Call(func() {
				pl.rung.Store(true)
				w.alarm.now()
			}))
		}
	}
	go func() {
		defer close(w.done)
		w.alarm.run(time.Until(when), w.look)
	}()
}

// C delivers a verdict whenever the gate opens or closes, again at each look
// while it is closed, and when a guard begins to fail; an open gate is silent
// otherwise. There is one slot and it holds the newest verdict: who was slow to
// receive never reads an old one. C is never closed.
func (w *Watch) C() <-chan Verdict { return w.slot }

// Stop ends the watch. The goroutine is gone when it returns, which waits for
// the look that may be under way. A verdict that was not received stays in C.
// Before exit it may be left out.
func (w *Watch) Stop() {
	if w.alarm == nil {
		return
	}
	for _, end := range w.calls {
		end()
	}
	w.alarm.close()
	<-w.done
	w.alarm, w.calls = nil, nil
	w.panel.resume.end()
}

// State is one phrase for a status line, about the last look at each guard:
// "load 0.52, pauses above 4.00, resumes below 2.00". Any goroutine may ask.
func (w *Watch) State() string { return *w.state.Load() }

// look is what the goroutine does each time, and returns how long to the next.
func (w *Watch) look() time.Duration {
	v, changed := w.panel.look(time.Now())
	w.publish()
	if errors.As(v.Trouble, new(blind)) {
		v.Trouble = fmt.Errorf("%w; nothing is paused for it until that is over", v.Trouble)
	}
	if changed || v.Closed || v.Trouble != nil {
		w.send(v)
	}
	when, _ := w.panel.next()
	return time.Until(when)
}

// send puts v in the slot, in place of a verdict that nobody has taken. What
// that one had to tell of trouble goes on in v: it is told once.
func (w *Watch) send(v Verdict) {
	select {
	case old := <-w.slot:
		v.Trouble = both(old.Trouble, v.Trouble)
	default:
	}
	w.slot <- v // nobody else sends: the slot is free
}

func (w *Watch) publish() {
	state := w.panel.state()
	w.state.Store(&state)
}
