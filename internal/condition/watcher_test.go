package condition

import (
	"fmt"
	"testing"
	"time"

	"dmon/supervise"
)

// What is told, and when everything begins anew.
func TestWatcher(t *testing.T) {
	memory, tell := int64(0), make(chan supervise.Input, 4)
	w := &Watcher{tell: tell, measure: func(s *Sample) error { s.Memory = memory; return nil }}
	w.judges = []judged{{Judge: Judge{Rule: Rule{Kind: Memory, Limit: 100, Window: 2 * time.Second}}, condition: 3}}
	w.run.Store(&stretch{})
	told := func() string {
		select {
		case in := <-tell:
			met := in.(supervise.Met)
			return fmt.Sprintf("%d %d %v", met.Condition, met.Run, met.Now)
		default:
			return ""
		}
	}
	first, second := &stretch{run: 1, up: true}, &stretch{run: 2, up: true}
	start := time.Unix(1_000_000_000, 0)
	for _, step := range []struct {
		at     time.Duration
		run    *stretch
		memory int64
		want   string
	}{
		{0, first, 101, ""}, {1, first, 101, ""}, {2, first, 101, "3 1 true"}, {3, first, 101, ""}, {4, first, 100, "3 1 false"},
		{5, first, 101, ""}, {6, first, 100, ""}, {7, first, 101, ""}, {8, first, 101, ""}, {9, first, 101, "3 1 true"},
		{10, second, 101, "3 2 false"}, {11, second, 101, ""}, {12, second, 101, "3 2 true"},
		{20, second, 101, "3 2 false"}, {21, second, 101, ""}, {22, second, 101, "3 2 true"},
		{23, &stretch{}, 101, ""}, {24, &stretch{run: 2, up: true}, 101, "3 2 false"}, {25, &stretch{}, 101, ""},
	} {
		memory = step.memory
		w.run.Store(step.run)
		next := w.look(start.Add(step.at * time.Second))
		if got := told(); got != step.want {
			t.Fatalf("at %d: %q, not %q", step.at, got, step.want)
		}
		if (next == period) != step.run.up {
			t.Errorf("at %d: the next look is in %v", step.at, next)
		}
	}
}

// The looks begin with a run, and end with it and with a pause.
func TestWatcherLooksAtRuns(t *testing.T) {
	looked := make(chan bool)
	w := Watch([]Watched{{Rule: Rule{Kind: Procs}}}, func(s *Sample) error { looked <- true; return nil }, make(chan supervise.Input, 9))
	w.Event(supervise.Event{Task: supervise.Log, Kind: supervise.Started, Run: 1})
	if w.run.Load().up {
		t.Error("the log command is no run")
	}
	w.Event(supervise.Event{Kind: supervise.Started, Run: 1})
	<-looked
	for _, end := range []supervise.Kind{supervise.Paused, supervise.Stopping, supervise.Exited} {
		w.run.Store(&stretch{run: 1, up: true})
		if w.Event(supervise.Event{Kind: end, Run: 1}); w.run.Load().up {
			t.Errorf("%v ends no looks", end)
		}
	}
	w.Event(supervise.Event{Kind: supervise.Resumed, Run: 1})
	<-looked
}
