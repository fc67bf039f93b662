package main

import (
	"dmon/internal/condition"
	"dmon/internal/proc"
)

// openConditions looks at the command's tree once, empty as it is: what cannot be
// measured here is known before anything is started.
func (w *world) openConditions() error {
	var err error
	if w.measured, err = w.opts.Measured(); err != nil || len(w.measured) == 0 {
		return err
	}
	w.survey = proc.NewCensus()
	return w.measure(new(condition.Sample))
}

// measure takes a sample of the command's tree.
func (w *world) measure(s *condition.Sample) error {
	now, err := w.survey.Survey(condition.Enough(w.measured))
	if err != nil {
		return err
	}
	s.Memory, s.Used, s.Procs, s.Each = now.Memory, now.Used, len(now.Each), s.Each[:0]
	for _, m := range now.Each {
		s.Each = append(s.Each, condition.Usage{Pid: m.Pid, Start: m.Start, Used: m.Used})
	}
	return nil
}
