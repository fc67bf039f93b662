package report

import (
	"fmt"

	"dmon/internal/cli"
	"dmon/supervise"
)

// State says in one line how the command is, for who shows no more than that. The zero
// value has heard of nothing.
type State struct {
	state, text string
	pid, run    int
	ready       bool
	ended       string // how the last run did
}

// Event takes in what happened and returns how it is now; "" where that is as before.
func (s *State) Event(e supervise.Event) string {
	if e.Task != supervise.Cmd {
		return ""
	}
	switch e.Kind {
	case supervise.Started, supervise.Resumed, supervise.BecameReady:
		if e.Kind == supervise.BecameReady && s.state != "starting" { // it is paused
			s.ready = true
			return ""
		}
		s.ready, s.pid, s.run = e.Ready, e.Pid, e.Run
		s.state = "starting"
		if s.ready {
			s.state = "up"
		}
	case supervise.Said:
		s.text = e.Cause
	case supervise.Paused, supervise.Held:
		s.state = map[supervise.Kind]string{supervise.Paused: "paused: ", supervise.Held: "held: "}[e.Kind] + e.Cause
	case supervise.Exited:
		s.ended, s.text, s.pid = ending(e), "", 0
		s.state = s.ended
	case supervise.Failed:
		s.state = e.Err.Error()
	case supervise.Delayed:
		s.state = "waiting, starts again in " + cli.FormatTime(e.Delay)
		if s.ended != "" {
			s.state = s.ended + ", starts again in " + cli.FormatTime(e.Delay)
		}
	case supervise.Stopping:
		s.state = "stopping"
	case supervise.Downed:
		s.state = "down"
	case supervise.Leaving:
		s.state = "leaving: " + e.Cause
	default:
		return ""
	}
	return s.Line()
}

// Line is how it is now.
func (s *State) Line() string {
	line := "command " + s.state
	if s.pid != 0 {
		line += fmt.Sprintf(", pid %d, run %d", s.pid, s.run)
	}
	if s.text != "" {
		line += ": " + s.text
	}
	return cli.OneLine(line)
}
