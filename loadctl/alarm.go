package loadctl

import "time"

// alarm lets one goroutine sleep until it is needed.
type alarm interface {
	// run calls ring after first, and from then on after what ring returned,
	// each time in the caller's goroutine. It returns after close, never in
	// the middle of ring.
	run(first time.Duration, ring func() time.Duration)
	// now has it ring at once. Any goroutine may call it, also after close.
	now()
	// close ends run. It is called once, from another goroutine.
	close()
}

// timerAlarm is an alarm of the Go runtime's timers.
type timerAlarm struct{ closed, early chan struct{} }

func newTimerAlarm() alarm { return timerAlarm{make(chan struct{}), make(chan struct{}, 1)} }

func (a timerAlarm) run(first time.Duration, ring func() time.Duration) {
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-a.closed:
			return
		case <-timer.C:
			timer.Reset(ring())
		case <-a.early:
			timer.Reset(ring())
		}
	}
}

func (a timerAlarm) now() {
	select {
	case a.early <- struct{}{}:
	default: // it is about to ring
	}
}

func (a timerAlarm) close() { close(a.closed) }
