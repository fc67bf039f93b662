package main

import (
	"time"

	"dmon/internal/proc"
	"dmon/loadctl"
	"dmon/supervise"
)

// openGate looks at the load once, because the first start depends on it.
func (w *world) openGate() error {
	if !w.opts.Gated() {
		return nil
	}
	w.census = proc.NewCensus()
	if w.opts.Counts() {
		if _, _, err := w.count(); err != nil {
			return err
		}
	}
	guards, err := w.opts.Guards(w.count)
	if err != nil {
		return err
	}
	watch := loadctl.NewWatch(guards...)
	watch.TakeTurns(loadctl.RunDirs()...)
	watch.PauseAfter(w.opts.PauseAfter)
	watch.MaxPause(w.opts.MaxPause)
	v, err := watch.First()
	if err != nil {
		return err
	}
	w.watch = watch
	if v.Closed {
		w.first = append(w.first, supervise.Gate{Closed: true, Reason: v.Reason})
	}
	return nil
}

// count is the loadctl.Tree of the command.
func (w *world) count() (active int, used time.Duration, err error) {
	a, err := w.census.Take()
	return a.Active, a.Used, err
}

// pump hands the verdicts of the gate to the loop.
func (w *world) pump() {
	for v := range w.watch.C() {
		w.inputs <- supervise.Gate{Closed: v.Closed, Reason: v.Reason, Trouble: v.Trouble}
	}
}
