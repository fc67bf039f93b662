package report

import (
	"testing"

	"dmon/supervise"
)

// How the command is, line after line.
func TestState(t *testing.T) {
	var s State
	up := started(1)
	up.Ready = true
	for i, row := range []struct {
		e    supervise.Event
		want string
	}{
		{supervise.Event{Kind: supervise.Held, Cause: "load"}, "command held: load"},
		{started(1), "command starting, pid 7, run 1"},
		{supervise.Event{Kind: supervise.Said, Cause: "loading\nit"}, `command starting, pid 7, run 1: loading\x0ait`},
		{supervise.Event{Kind: supervise.Paused, Cause: "load"}, `command paused: load, pid 7, run 1: loading\x0ait`},
		{supervise.Event{Kind: supervise.BecameReady, Pid: 7, Run: 1, Ready: true}, ""},
		{supervise.Event{Kind: supervise.Resumed, Pid: 7, Run: 1, Ready: true}, `command up, pid 7, run 1: loading\x0ait`},
		{exited(exit(3)), "command exited with status 3"},
		{supervise.Event{Kind: supervise.Delayed, Delay: 2e9}, "command exited with status 3, starts again in 2s"},
		{supervise.Event{Kind: supervise.Failed, Err: refusal}, `command cannot execute "x": no such file or directory`},
		{up, "command up, pid 7, run 1"},
		{supervise.Event{Task: supervise.Log, Kind: supervise.Exited}, ""},
		{supervise.Event{Kind: supervise.Sent}, ""},
		{supervise.Event{Kind: supervise.Stopping}, "command stopping, pid 7, run 1"},
		{supervise.Event{Kind: supervise.Downed}, "command down, pid 7, run 1"},
		{supervise.Event{Kind: supervise.Leaving, Cause: "signal TERM"}, "command leaving: signal TERM, pid 7, run 1"},
	} {
		if got := s.Event(row.e); got != row.want {
			t.Errorf("%d: %q, not %q", i, got, row.want)
		}
	}
}
