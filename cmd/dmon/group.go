package main

import (
	"cmp"
	"os"
	"syscall"
	"time"

	"dmon/cmd/dmon/report"
	"dmon/internal/proc"
	"dmon/supervise"
)

// leftovers are what a dmon that was killed has left behind.
type leftovers interface {
	Left() int
	Clear(grace time.Duration, hurry <-chan struct{}) error
}

// openGroup makes the cgroup of the command's tree, where we may. What is in it
// already, or is found by the number in the pid file or in the lock of a name given by
// hand, was left behind by a dmon that was killed, and goes first: two copies of a
// command beside each other are worse than none.
func (w *world) openGroup() error {
	if !w.opts.Grouped() {
		return nil
	}
	lock, former := w.name.given()
	if w.pidFile != nil {
		former = cmp.Or(w.pidFile.Former(), former)
	}
	owner := w.opts.GroupOwner(lock)
	w.group = proc.OpenGroup(owner)
	w.children.Use(w.group)
	var old leftovers = w.group
	if owner != "" && old.Left() == 0 {
		old = proc.FindLeft(former)
	}
	n := old.Left()
	if n == 0 {
		return nil
	}
	w.voice.Notice("a killed dmon left " + report.Processes(n) + " of the command behind, ending them")
	hurry, done := make(chan struct{}), make(chan struct{})
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		w.awaitStop(n, hurry, done)
	}()
	err := old.Clear(w.opts.Grace(), hurry)
	close(done)
	<-heard
	return err
}

// awaitStop answers what the user may send meanwhile, as the loop will. A request
// to leave is for when the loop begins; what is polite of it is going on already.
func (w *world) awaitStop(left int, hurry chan<- struct{}, done <-chan struct{}) {
	var requests supervise.Requests
	for {
		var s os.Signal
		select {
		case s = <-w.stops:
		case s = <-w.signals:
		case <-done:
			return
		}
		in, ok := w.meaning(s)
		if !ok {
			continue
		}
		switch in := in.(type) {
		case supervise.Stop:
			w.first = append(w.first, in)
			if requests.Urgent(time.Now(), in.Signal) && hurry != nil {
				close(hurry)
				hurry = nil
			}
		case supervise.Suspend:
			w.children.SuspendSelf()
		case supervise.Signalled:
			if in.Signal == syscall.SIGUSR1 {
				w.voice.Answer("ending " + report.Processes(left) + " that a killed dmon left behind; the command comes after that")
			}
		}
	}
}
