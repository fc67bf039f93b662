package main

import (
	"time"

	"dmon/internal/proc"
	"dmon/supervise"
)

// openGroup makes the cgroup of the command's tree, where we may. What is in it
// already was left behind by a dmon that was killed, and goes first: two copies
// of a command beside each other are worse than none.
func (w *world) openGroup() error {
	if !w.opts.grouped() {
		return nil
	}
	w.group = proc.OpenGroup(w.opts.groupOwner())
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
	err := w.group.Clear(w.opts.grace(), hurry)
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

// grouped reports whether the command's tree may have a cgroup: not where parts
// of it are to be left alone in the end.
func (o *options) grouped() bool { return o.killMode != "main" }

// groupOwner is the file by which a later dmon knows what we leave behind when
// we are killed; with --orphan keep that is left on purpose.
func (o *options) groupOwner() string {
	if o.orphan == "keep" {
		return ""
	}
	return o.pidFile
}

// grace is the time that the stop sequence leaves the command.
func (o *options) grace() time.Duration {
	var sum time.Duration
	for _, r := range o.stopSequence() {
		sum += r.Wait
	}
	return sum
}

func (o *options) groupWords() string {
	if !o.grouped() {
		return "only the main process is stopped"
	}
	place, err := proc.GroupPlace()
	if err != nil {
		return "found by a walk of /proc"
	}
	return "in a cgroup of its own below " + place
}
