package loadctl

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const pace = 5 * time.Second

// virtual is NewWatch with a timer that testing/synctest can wind on: of the
// kernel's alarms it knows nothing.
func virtual(guards ...Guard) *Watch {
	w := NewWatch(guards...)
	w.newAlarm = newTimerAlarm
	return w
}

// heard collects what w says for as long as span, with the time since start.
func heard(w *Watch, start time.Time, span time.Duration) []string {
	var lines []string
	end := time.After(span)
	for {
		select {
		case v := <-w.C():
			lines = append(lines, fmt.Sprintf("%v %s", time.Since(start), said(v, false)))
		case <-end:
			return lines
		}
	}
}

func check(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestWatchSpeaksWhenItMust(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &told{every: pace, values: []any{0.5, 1.0, 4.5, 3.0, 1.0, 1.0, errBlind, errBlind, 9.0, errBlind, 0.0}}
		w := virtual(Limit(s, 4, 2))
		start := time.Now()
		v, err := w.First()
		if got := said(v, false); got != "open: load 0.50 is not above 4.00" || err != nil {
			t.Errorf("first: %s, %v", got, err)
		}
		w.Start()
		check(t, "an hour", heard(w, start, time.Hour), []string{
			"10s closed: load 4.50 is above 4.00, resumes below 2.00",
			"15s closed: load 3.00 is not yet below 2.00",
			"20s open: load 1.00 is below 2.00",
			"30s open: " + errBlind.Error() + " [" + errBlind.Error() + "; nothing is paused for it until that is over]",
			"40s closed: load 9.00 is above 4.00, resumes below 2.00",
			"45s open: " + errBlind.Error(),
		})
		w.Stop()
	})
}

func TestWatchHoldsAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtual(Limit(&told{every: pace, values: []any{4.21, 3.0, 1.9}}, 4, 2))
		start := time.Now()
		v, err := w.First()
		if got := said(v, false); got != "closed: load 4.21 is above 4.00, resumes below 2.00" || err != nil {
			t.Errorf("first: %s, %v", got, err)
		}
		w.Start()
		check(t, "after it", heard(w, start, time.Minute), []string{
			"5s closed: load 3.00 is not yet below 2.00",
			"10s open: load 1.90 is below 2.00",
		})
		w.Stop()
	})
}

func TestWatchWithoutFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtual(Limit(&told{every: pace, values: []any{9.0, 0.0}}, 4, 2))
		start := time.Now()
		w.Start()
		check(t, "from the start", heard(w, start, time.Minute), []string{
			"0s closed: load 9.00 is above 4.00, resumes below 2.00",
			"5s open: load 0.00 is below 2.00",
		})
		w.Stop()
	})
}

func TestWatchThatCannotSeeAtFirst(t *testing.T) {
	w := virtual(Limit(&told{every: pace, values: []any{errBlind}}, 4, 2))
	if v, err := w.First(); err == nil || err.Error() != errBlind.Error() || v.Closed {
		t.Errorf("got %v, %v", v, err)
	}
}

// Who comes late reads what holds now, not what held once.
func TestWatchSlotHoldsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtual(Limit(&told{every: pace, values: []any{0.0, 9.0, 8.0, 7.0}}, 4, 2))
		start := time.Now()
		if _, err := w.First(); err != nil {
			t.Fatal(err)
		}
		w.Start()
		<-time.After(time.Hour + time.Second)
		check(t, "after an hour", heard(w, start, 5*time.Second), []string{
			"1h0m1s closed: load 7.00 is not yet below 2.00",
			"1h0m5s closed: load 7.00 is not yet below 2.00",
		})
		w.Stop()
	})
}

// A verdict that nobody took may have told of trouble: the next one does then.
func TestWatchTroubleIsNotOverwritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtual(Limit(&told{every: pace, values: []any{0.0, errBlind, 9.0, 8.0}}, 4, 2))
		start := time.Now()
		if _, err := w.First(); err != nil {
			t.Fatal(err)
		}
		w.Start()
		<-time.After(16 * time.Second)
		check(t, "late", heard(w, start, 5*time.Second), []string{
			"16s closed: load 8.00 is not yet below 2.00 [" + errBlind.Error() + "; nothing is paused for it until that is over]",
			"20s closed: load 8.00 is not yet below 2.00",
		})
		w.Stop()
	})
}

// The pace is the guard's, not longer by what a look takes.
func TestWatchKeepsItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &told{every: pace, values: []any{0.0}, during: func() { <-time.After(time.Second) }}
		w := virtual(Limit(s, 4, 2))
		start := time.Now()
		w.Start()
		<-time.After(24*time.Hour + time.Second)
		w.Stop()
		if got, want := len(s.times), 24*3600/5+1; got != want {
			t.Errorf("%d looks in a day, want %d", got, want)
		}
		for i, at := range s.times {
			if want := time.Duration(i) * pace; at.Sub(start) != want {
				t.Fatalf("look %d was at %v, want %v", i, at.Sub(start), want)
			}
		}
	})
}

func TestWatchStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		virtual().Stop() // was never started

		s := &told{every: pace, values: []any{9.0}}
		w := virtual(Limit(s, 4, 2))
		w.Start()
		<-time.After(time.Minute + time.Second)
		w.Stop()
		w.Stop()
		before := len(s.times)
		<-w.C() // what was not received stays
		check(t, "after the stop", heard(w, time.Now(), time.Hour), nil)
		if before != 13 || len(s.times) != before {
			t.Errorf("%d looks before the stop, %d after it", before, len(s.times)-before)
		}
	})
}

// Stop is over when the look under way is: what it looks at may be closed then.
func TestWatchStopWaitsForTheLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finish := make(chan struct{})
		looked := false
		s := &told{every: pace, values: []any{9.0}, during: func() { <-finish; looked = true }}
		w := virtual(Limit(s, 4, 2))
		w.Start()
		synctest.Wait()
		stopped := make(chan bool)
		go func() {
			w.Stop()
			stopped <- looked
		}()
		synctest.Wait()
		select {
		case <-stopped:
			t.Error("Stop did not wait")
		default:
		}
		close(finish)
		if !<-stopped {
			t.Error("Stop was over before the look")
		}
	})
}

func TestWatchWithoutGuards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtual()
		v, err := w.First()
		if v.Closed || err != nil || w.State() != "" {
			t.Errorf("first: %v, %v, state %q", v, err, w.State())
		}
		w.Start()
		check(t, "nothing", heard(w, time.Now(), time.Hour), nil)
		w.Stop()
	})
}

// The loop asks for the state while the watch looks: this is for the race
// detector, and for what the phrase says.
func TestWatchState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		values := []any{}
		for i := range 100 {
			values = append(values, float64(i))
		}
		w := virtual(Limit(&told{every: pace, values: values}, 1000, 500))
		if got := w.State(); got != "load unknown, pauses above 1000.00, resumes below 500.00" {
			t.Errorf("before the first look: %q", got)
		}
		if _, err := w.First(); err != nil {
			t.Fatal(err)
		}
		if got := w.State(); got != "load 0.00, pauses above 1000.00, resumes below 500.00" {
			t.Errorf("after the first look: %q", got)
		}
		w.Start()
		var askers sync.WaitGroup
		for range 3 {
			askers.Go(func() {
				tick := time.NewTicker(pace)
				defer tick.Stop()
				for range 99 {
					<-tick.C
					w.State()
				}
			})
		}
		askers.Wait()
		synctest.Wait()
		if got := w.State(); got != "load 99.00, pauses above 1000.00, resumes below 500.00" {
			t.Errorf("after 99 looks: %q", got)
		}
		w.Stop()
	})
}

// Several guards in one watch: one timer, each at its own pace.
func TestWatchOfTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &scripted{name: "slow", every: 5 * time.Second, script: "oco"}
		fast := &scripted{name: "fast", every: 2 * time.Second, script: "oocco"}
		w := virtual(slow.guard(), fast.guard())
		start := time.Now()
		w.Start()
		check(t, "both", heard(w, start, 12*time.Second), []string{
			"4s closed: fast c3",
			"5s closed: slow c2",
			"6s closed: slow c2",
			"8s closed: slow c2",
			"10s open: slow o3",
		})
		w.Stop()
	})
}
