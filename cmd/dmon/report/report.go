// Package report is what dmon says of what happens, and to whom: a list of
// listeners, each of which is told of every event. None of them ever waits.
package report

import "dmon/supervise"

// Listener is told what happens, in the loop's goroutine. It must not block.
type Listener interface{ Event(supervise.Event) }

// Func makes a Listener of a function.
type Func func(supervise.Event)

// Event calls f.
func (f Func) Event(e supervise.Event) { f(e) }

// Reporter is the loop's Observer: it passes each event on to the listeners, in
// their order, and has the rest told by Messages.
type Reporter struct {
	*Messages
	Listeners []Listener
	OnReady   func() error // what Ready does
	OnSettled func()       // what Settled does
	OnBeat    func()       // what Beat does
}

// Event implements supervise.Observer.
func (r *Reporter) Event(e supervise.Event) {
	for _, l := range r.Listeners {
		l.Event(e)
	}
}

// Ready implements supervise.Observer.
func (r *Reporter) Ready() error { return r.OnReady() }

// Settled implements supervise.Observer.
func (r *Reporter) Settled() { r.OnSettled() }

// Beat implements supervise.Observer.
func (r *Reporter) Beat() { r.OnBeat() }

// PidKeeper is a file with the pid of COMMAND.
type PidKeeper interface {
	Write(pid int) error
	Remove() error
}

// CmdPid keeps a file with the pid of COMMAND for as long as that is up.
type CmdPid struct {
	File  PidKeeper
	Voice *Voice
}

// Event implements Listener.
func (c CmdPid) Event(e supervise.Event) {
	if e.Task != supervise.Cmd {
		return
	}
	var err error
	switch e.Kind {
	case supervise.Started:
		err = c.File.Write(e.Pid)
	case supervise.Exited:
		err = c.File.Remove()
	}
	if err != nil {
		c.Voice.Notice(err.Error())
	}
}
