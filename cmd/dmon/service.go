package main

import (
	"time"

	"dmon/cmd/dmon/report"
	"dmon/internal/notify"
	"dmon/supervise"
)

// service is what we are to a service manager that wants to know how we are: a listener.
type service struct {
	*notify.Manager
	state report.State
	ready bool // that was told
	over  bool // that we end was told
}

// openService finds who has started us. What a daemon finds in its environment means a
// process that has ended, or somebody else altogether.
func (w *world) openService() error {
	if !w.opts.Foreground {
		return nil
	}
	m, err := notify.Open()
	if err != nil {
		w.voice.Notice(err.Error())
	}
	if m == nil {
		return nil
	}
	w.service = &service{Manager: m}
	w.opts.Policy.Beat = notify.Period()
	const later = 100 * time.Millisecond
	m.Later = func() { time.AfterFunc(later, func() { w.ask(supervise.Ask{Done: m.Flush}) }) }
	return nil
}

// Event implements report.Listener.
func (s *service) Event(e supervise.Event) {
	status := s.state.Event(e)
	switch {
	case !s.ready && e.Ready && (e.Kind == supervise.Started || e.Kind == supervise.BecameReady): // answer tells it
	case e.Kind == supervise.Leaving:
		s.over = true
		s.Stopping(status)
	case e.Kind == supervise.Reloading && s.ready && !s.over && e.Met:
		s.Reloading("command reads its settings anew")
	case e.Kind == supervise.Reloading && s.ready && !s.over:
		s.Ready(s.state.Line())
	case e.Kind == supervise.Extended && (!s.ready || s.over):
		s.Extend(e.Delay)
	case status != "":
		s.Status(status)
	}
}

// answer tells that the command is ready, or held.
func (s *service) answer() {
	if s != nil && !s.over {
		s.ready = true
		s.Ready(s.state.Line())
	}
}

// close ends it. A nil *service is none.
func (s *service) close() {
	if s != nil {
		s.Close()
	}
}
