package main

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"dmon/cmd/dmon/report"
	"dmon/cmd/dmon/settings"
	"dmon/internal/beacon"
	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/internal/journal"
	"dmon/internal/upkeep"
	"dmon/logpipe"
	"dmon/supervise"
)

// openVoice finds the place for the messages.
func (w *world) openVoice() error {
	level := report.Normal
	switch {
	case w.opts.Quiet:
		level = report.Quiet
	case w.opts.Verbose:
		level = report.Verbose
	}
	place, err := w.messages()
	if err != nil {
		return err
	}
	kind := w.opts.Messages.Kind
	w.voice.Tune(level, place, kind != settings.ToSyslog && kind != settings.ToFile)
	return nil
}

// messages is where they go; nil: where they have gone so far.
func (w *world) messages() (report.Place, error) {
	to := w.opts.Messages
	switch to.Kind {
	case settings.ToNobody:
		return report.PlaceFunc(report.Nowhere), nil
	case settings.ToLog:
		// A full pipe is no place to wait, and a message no reason to stop.
		return report.Counting(func(_ logpipe.Priority, text string) error { return w.pipe.Say("dmon: " + text) }, nil), nil
	case settings.ToSyslog:
		s := logpipe.NewSyslog(systemLog, "dmon", os.Getpid(), to.Facility)
		return report.Counting(s.Say, nil), nil
	case settings.ToFile:
		f, err := journal.Open(to.Path, fmt.Sprintf("dmon[%d]: ", os.Getpid()))
		if err != nil {
			return nil, err
		}
		return report.Counting(func(_ logpipe.Priority, text string) error { return f.Say(text) }, w.voice.Place()), nil
	default:
		return nil, nil
	}
}

// systemLog is where syslog daemons listen.
const systemLog = "/dev/log"

// observer is all who are told what happens, in the order in which they are.
func (w *world) observer() *report.Reporter {
	r := &report.Reporter{OnSettled: w.settle}
	r.OnReady = func() error { return w.ready(r.Messages) }
	if w.service != nil {
		r.Listeners = append(r.Listeners, w.service)
		r.OnBeat = w.service.Alive
	}
	if w.stream != nil {
		r.Listeners = append(r.Listeners, report.Func(w.stream.Write))
	}
	if w.opts.Report.Port != 0 {
		w.makeBeacon()
		r.Listeners = append(r.Listeners, w.beacon)
	}
	if w.opts.Policy.Hears(supervise.EndOccasions) {
		r.Listeners = append(r.Listeners, report.Func(w.noteEnd))
	}
	if w.cmdPid != nil {
		r.Listeners = append(r.Listeners, report.CmdPid{File: w.cmdPid, Voice: w.voice})
	}
	if w.name != nil {
		r.Listeners = append(r.Listeners, w.name.keeper)
	}
	if w.door != nil {
		r.Listeners = append(r.Listeners, w.door)
	}
	if len(w.measured) > 0 {
		r.Listeners = append(r.Listeners, condition.Watch(w.measured, w.measure, w.inputs))
	}
	about := report.About{Policy: w.opts.Policy, Watched: w.keys != settings.NoKeys && isTerminal(os.Stderr), Hint: w.opts.Hint}
	if w.watch != nil {
		about.Gate = w.watch.State
	}
	r.Messages = report.NewMessages(w.voice, about)
	r.Listeners = append(r.Listeners, r.Messages)
	return r
}

// makeBeacon makes what sends --report.
func (w *world) makeBeacon() {
	b := &beacon.Beacon{To: w.opts.Report, Every: w.opts.ReportEvery, Command: beacon.Word(w.opts.Cmd.Argv[0])}
	b.Call(cmp.Or(w.opts.Name, w.opts.Base()))
	b.Trouble = func(err error) { w.ask(supervise.Ask{Done: func() { w.voice.Notice(err.Error()) }}) }
	w.beacon = b
}

// ready is called when the command is ready, or held. What the start needed is given
// back after the launcher was let go, who is in a hurry.
func (w *world) ready(m *report.Messages) error {
	if w.launcher.Waiting() {
		asks := w.opts.Messages.Kind == settings.ToSyslog && !w.opts.Forwards()
		w.launcher.News(m.News(cli.Quote(w.opts.Cmd.Argv...), w.opts.Name, os.Getpid(), asks))
	}
	w.service.answer()
	err := w.launcher.Ready()
	w.settle()
	return err
}

// settle is called when everything was executed or is held, which may be long before
// the command is ready.
func (w *world) settle() {
	if w.settled {
		return
	}
	w.settled = true
	w.children.Settle()
	upkeep.MakeThreads(w.pipe != nil, w.watch != nil || len(w.measured) > 0 || w.around != nil, w.beacon != nil)
	if w.beacon != nil {
		w.beacon.Start()
	}
	if !w.opts.Foreground {
		w.nameItself() // who has called a daemon may ask for it next
	}
	time.AfterFunc(shortLife, func() { w.ask(supervise.Ask{Done: w.rest}) })
}

// shortLife is how long a command in the foreground may run before dmon makes itself
// at home: what is over sooner is not worth that, which costs about as much as its start.
const shortLife = 50 * time.Millisecond

// rest is what is left to do when nobody waits any more.
func (w *world) rest() {
	if w.opts.Foreground {
		w.nameItself()
	}
	w.name.tidy(w.opts.Base())
	upkeep.GiveBackCode()
}
