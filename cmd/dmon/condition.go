package main

import (
	"dmon/internal/condition"
	"dmon/internal/proc"
	"dmon/supervise"
)

// openConditions looks at the command's tree once, empty as it is: what cannot be
// measured here is known before anything is started.
func (w *world) openConditions() error {
	var err error
	if w.measured, err = w.opts.Measured(); err != nil {
		return err
	}
	if len(w.measured) > 0 {
		if w.census == nil { // else the gate's, which looks at the same
			w.census = proc.NewCensus()
		}
		if err := w.measure(new(condition.Sample)); err != nil {
			return err
		}
	}
	return w.lookAround()
}

// lookAround takes the files as they are for what changes are told from, and learns
// what is true already.
func (w *world) lookAround() error {
	s, some := w.opts.Surroundings()
	if !some {
		return nil
	}
	var first []supervise.Input
	var err error
	if w.around, first, err = condition.LookAround(s); err != nil {
		return err
	}
	for _, path := range w.around.Missing() {
		w.voice.Notice(path + " is not there yet: that it comes will be a change")
	}
	w.first = append(w.first, first...)
	return nil
}

// measure takes a sample of the command's tree.
func (w *world) measure(s *condition.Sample) error {
	now, err := w.census.Survey(condition.Enough(w.measured))
	if err != nil {
		return err
	}
	s.At = now.At
	s.Memory, s.Used, s.Procs, s.Each = now.Memory, now.Used, len(now.Each), s.Each[:0]
	for _, m := range now.Each {
		s.Each = append(s.Each, condition.Usage{Pid: m.Pid, Start: m.Start, Used: m.Used})
	}
	return nil
}
