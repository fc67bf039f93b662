package loadctl

import (
	"testing"
	"time"
)

// bound is how long a test waits for what must happen before it fails.
const bound = 30 * time.Second

// receive waits for one value of c.
func receive[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(bound):
		t.Fatalf("waited %v for %s", bound, what)
	}
	return v
}

// Both alarms do the same, whatever they cost.
func TestAlarms(t *testing.T) {
	for name, newAlarm := range map[string]func() alarm{"the cheapest": newAlarm, "the portable": newTimerAlarm} {
		t.Run(name, func(t *testing.T) {
			a := newAlarm()
			began := time.Now()
			rings := make(chan time.Duration)
			over := make(chan struct{})
			// At once, in the past, soon, and so late that it never comes.
			waits := []time.Duration{0, -time.Hour, 20 * time.Millisecond, 1000 * time.Hour}
			go func() {
				defer close(over)
				a.run(30*time.Millisecond, func() time.Duration {
					rings <- time.Since(began)
					next := waits[0]
					waits = waits[1:]
					return next
				})
			}()
			if first := receive(t, rings, "the first ring"); first < 30*time.Millisecond {
				t.Errorf("the first ring came after %v already", first)
			}
			second := receive(t, rings, "a ring at once")
			third := receive(t, rings, "a ring in the past")
			if fourth := receive(t, rings, "the last ring"); fourth-third < 20*time.Millisecond {
				t.Errorf("rings at %v, %v, %v: too soon", second, third, fourth)
			}
			a.close()
			receive(t, over, "the end of run")
		})
	}
}

// An alarm that is closed before it was ever run does not ring.
func TestAlarmsClosedEarly(t *testing.T) {
	for name, newAlarm := range map[string]func() alarm{"the cheapest": newAlarm, "the portable": newTimerAlarm} {
		a := newAlarm()
		a.close()
		over := make(chan struct{})
		go func() {
			defer close(over)
			a.run(time.Hour, func() time.Duration {
				t.Errorf("%s rang", name)
				return time.Hour
			})
		}()
		receive(t, over, "the end of run")
	}
}

// The whole on the real clock: a closed gate repeats itself, and nothing comes
// after the stop.
func TestWatchOnTheRealClock(t *testing.T) {
	s := &told{every: soonest, values: []any{9.0}}
	w := NewWatch(Limit(s, 4, 2))
	if v, err := w.First(); !v.Closed || err != nil {
		t.Fatalf("first: %v, %v", v, err)
	}
	w.Start()
	for range 3 {
		if v := receive(t, w.C(), "a verdict"); !v.Closed {
			t.Errorf("got %v", v)
		}
	}
	w.Stop()
	if len(s.times) < 4 {
		t.Errorf("%d looks for four verdicts", len(s.times))
	}
}

// now rings at once, also when it comes in the middle of a ring, and however
// many ask for it.
func TestAlarmsRingNow(t *testing.T) {
	for name, newAlarm := range map[string]func() alarm{"the cheapest": newAlarm, "the portable": newTimerAlarm} {
		t.Run(name, func(t *testing.T) {
			a := newAlarm()
			rings, asked := make(chan bool), make(chan bool)
			over := make(chan struct{})
			go func() {
				defer close(over)
				a.run(time.Hour, func() time.Duration {
					rings <- true
					<-asked
					return time.Hour
				})
			}()
			a.now()
			for range 100 {
				receive(t, rings, "a ring")
				a.now()
				asked <- true
			}
			receive(t, rings, "the last ring")
			close(asked)
			a.close()
			receive(t, over, "the end of run")
			a.now() // after the end: nothing
		})
	}
}
