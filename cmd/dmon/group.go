package main

import (
	"dmon/internal/proc"
	"dmon/supervise"
)

// openGroup makes the cgroup of the command's tree, where we may. What is in it
// already was left behind by a dmon that was killed, and goes first: two copies
// of a command beside each other are worse than none.
func (w *world) openGroup() error {
	if !w.opts.Grouped() {
		return nil
	}
	w.group = proc.OpenGroup(w.opts.GroupOwner())
	w.children.Use(w.group)
	n := w.group.Left()
	if n == 0 {
		return nil
	}
	w.voice.notice("a killed dmon left " + processes(n) + " of the command behind, ending them")
	hurry, done := make(chan struct{}), make(chan struct{})
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		w.awaitStop(hurry, done)
	}()
	err := w.group.Clear(w.opts.Grace(), hurry)
	close(done)
	<-heard
	return err
}

// awaitStop notes a request to leave for when the loop begins.
func (w *world) awaitStop(hurry, done chan struct{}) {
	for {
		select {
		case s := <-w.signals:
			if in, ok := w.meaning(s); ok {
				if stop, is := in.(supervise.Stop); is {
					w.first = append(w.first, stop)
					close(hurry)
					return
				}
			}
		case <-done:
			return
		}
	}
}
