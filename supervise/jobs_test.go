package supervise

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Jobs run one at a time and in order, beside the two tasks; dmon's end waits for
// them. A job's number is "2" for the first: it stands in for its task.
func TestJobs(t *testing.T) {
	runPlays(t, []play{
		{name: "one after the other, and dmon's end waits", options: "-m 0 --hook start,exit", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> start job 1 1, ready
			0s   forked 2 30    ->
			5s   exit cmd 10 3  ->
			6s   executed cmd 10 ->
			7s   exit 2 30 0    -> start job 2 1
			7s   forked 3 31    ->
			7s   exit 2 30 0    ->
			9s   exit 3 31 0    -> finish 3`},
		{name: "it has 30 seconds", options: "--hook start", told: true, lines: `
			0s   begin          -> start cmd 1
			1s   up cmd 10      -> tell cmd start 10, start job 1 1, ready
			1s   forked 2 30    ->
			31s  tick           -> send job 1 tree 15 +cont
			32s  tick           -> send job 1 tree 9
			32s  exit 2 30 sig9 -> tell job 1 fail`},
		{name: "what it leaves is ended", options: "--hook start -m 0 --kill-mode=main", lines: `
			0s   begin          -> start cmd 1
			1s   up cmd 10      -> start job 1 1, ready
			1s   forked 2 30    ->
			2s   exit 2 30 0 left 2 -> send job 1 tree 15 +cont
			2s   exit cmd 10 4  ->
			3s   tick           -> send job 1 tree 9
			3s   orphan 2 left 0 -> finish 4`},
		{name: "what cannot be ended is given up", options: "--hook start -m 0", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, start job 1 1, ready
			0s   forked 2 30    ->
			0s   exit cmd 10 4  -> tell cmd exit 10 1024, tell cmd leave
			30s  tick           -> send job 1 tree 15 +cont
			31s  tick           -> send job 1 tree 9
			32s  tick           -> send job 1 tree 9
			33s  tick           -> send job 1 tree 9
			34s  tick           -> send job 1 tree 9
			35s  tick           -> send job 1 tree 9
			36s  tick           -> tell job 1 abandon 1, tell job 1 fail, finish 4`},
		{name: "there is no room for it, and then no time", options: "--hook start --backoff 20s:20s", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, start job 1 1, ready
			0s   refused 2      ->
			20s  tick           -> start job 1 1
			20s  refused 2      ->
			30s  tick           -> tell job 1 fail`},
		{name: "one that cannot be executed is no fault of the command", options: "--hook start", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, start job 1 1, ready
			0s   forked 2 30    ->
			0s   broken 2 30 127 -> tell job 1 fail
			5s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2`},
		{name: "nor is one that fails, which is told", options: "--hook start", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, start job 1 1, ready
			0s   forked 2 30    ->
			0s   exit 2 30 1    -> tell job 1 fail
			5s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2`},
		{name: "one that is well is not told", options: "--hook start", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, start job 1 1, ready
			0s   forked 2 30    ->
			0s   exit 2 30 0    ->`},
		{name: "a suspension does not count", options: "--hook start", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> start job 1 1, ready
			0s   forked 2 30    ->
			10s  suspend        -> freeze cmd, suspend
			1h   continue       -> thaw cmd
			1h20s tick          -> send job 1 tree 15 +cont`},
		{name: "an end in a hurry", options: "--hook all -m 0", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> start job 1 1, ready
			0s   refused 2      ->
			0s   exit cmd 10 4  ->
			0s   stop TERM      ->
			1s   stop TERM      -> finish 4`},
		{name: "in a hurry while one is ended", options: "--hook start,exit -m 0", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> start job 1 1, ready
			0s   forked 2 30    ->
			0s   exit cmd 10 4  ->
			30s  tick           -> send job 1 tree 15 +cont
			30s  stop TERM      ->
			30s  stop TERM      ->
			31s  tick           -> send job 1 tree 9
			31s  stop TERM      ->
			31s  exit 2 30 sig9 -> finish 4`},
		{name: "in a hurry before its time to end is over", options: "--hook start -m 0", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> start job 1 1, ready
			0s   forked 2 30    ->
			0s   exit cmd 10 4  ->
			29s  stop TERM      ->
			29500ms exit 2 30 0 left 1 -> send job 1 tree 15 +cont
			30s  stop TERM      -> send job 1 tree 9
			31s  tick           -> send job 1 tree 9
			31s  orphan 2 left 0 -> finish 4`},
		{name: "the log command first", options: "--hook exit -m 0 -- log", lines: `
			5s   exit cmd 10 4  -> start job 1 1, close pipe
			5s   forked 2 30    ->
			6s   exit log 20 0  ->
			7s   exit 2 30 0    -> finish 4`},
	})
}

// What has no place in the queue is counted, and the count is told.
func TestJobsDropped(t *testing.T) {
	m := NewMachine(parsePolicy(t, "--hook pause,resume -m 0"), epoch)
	var told []string
	step := func(in Input) {
		for _, a := range checkedStep(t, m, epoch.Add(time.Second), in) {
			if e, ok := a.(Emit); ok && e.Event.Kind == Dropped || !ok {
				told = append(told, a.String())
			}
		}
	}
	step(Begin{})
	step(Forked{Cmd, 10})
	step(Executed{Cmd, 1})
	for i := range queueMax + 4 {
		step(Gate{Closed: i%2 == 0})
	}
	told = nil
	step(Forked{FirstJob, 30})
	step(Exit{Task: FirstJob, Pid: 30})
	if s := strings.Join(told, ", "); s != "tell job 1 drop 3, start job 2 1" {
		t.Error(s)
	}
	told = nil // it is told once
	step(Forked{FirstJob + 1, 31})
	step(Exit{Task: FirstJob + 1, Pid: 31})
	if s := strings.Join(told, ", "); s != "start job 3 1" {
		t.Error(s)
	}
	if len(m.lanes[HookLane].queue) != queueMax-2 {
		t.Errorf("%d jobs wait", len(m.lanes[HookLane].queue))
	}
}

// What a hook is for is told in the words of the user; all are told of each event
// in the order in which they were given.
func TestOccasions(t *testing.T) {
	for _, row := range []struct {
		options string
		inputs  []Input
		want    string
	}{
		{"-m 0", []Input{Executed{Cmd, 1}, Exit{Task: Cmd, Pid: 10, Status: 768}}, "start ready exit fail"},
		{"-m 0", []Input{Executed{Cmd, 1}, Exit{Task: Cmd, Pid: 10}}, "start ready exit"},
		{"-m 0", []Input{Executed{Cmd, 1}, Stop{Signal: 15}, Exit{Task: Cmd, Pid: 10, Status: 15}}, "start ready stop exit"},
		{"", []Input{Executed{Cmd, 1}, Restart{Why: ByRequest}, Exit{Task: Cmd, Pid: 10, Status: 15}}, "start ready stop restart exit"},
		{"", []Input{Executed{Cmd, 1}, Down{}, Exit{Task: Cmd, Pid: 10, Status: 15}}, "start ready stop exit"},
		{"", []Input{Executed{Cmd, 1}, Gate{Closed: true}, Gate{}}, "start ready pause resume"},
		{"--give-up 1/1m", []Input{Executed{Cmd, 1}, Exit{Task: Cmd, Pid: 10, Status: 768}}, "start ready exit fail give-up"},
		{"", []Input{Exit{Task: Cmd, Pid: 10, Failure: &StartError{Status: 127}}}, "fail"},
	} {
		m := NewMachine(parsePolicy(t, "--hook all "+row.options), epoch)
		checkedStep(t, m, epoch, Begin{})
		checkedStep(t, m, epoch, Forked{Cmd, 10})
		for _, in := range row.inputs {
			checkedStep(t, m, epoch, in)
		}
		var words []string
		for _, j := range append([]Job{m.lanes[HookLane].job}, m.lanes[HookLane].queue...) {
			words = append(words, j.Word)
			if ended := slices.Contains(words, "exit"); (j.Last != nil) != ended {
				t.Errorf("%s: %s has %v", row.options, j.Word, j.Last)
			}
		}
		if got := strings.Join(words, " "); got != row.want {
			t.Errorf("%q: %q, not %q", row.options, got, row.want)
		}
	}
}

// A job is told what it is about, and how much time it has.
func TestJobIsOf(t *testing.T) {
	m := NewMachine(parsePolicy(t, "--hook exit"), epoch)
	checkedStep(t, m, epoch, Begin{})
	checkedStep(t, m, epoch, Forked{Cmd, 10})
	for _, a := range checkedStep(t, m, epoch, Exit{Task: Cmd, Pid: 10, Status: 768}) {
		if s, ok := a.(Start); ok {
			if s.Task != FirstJob || s.Job == nil || s.Job.Event.Status != 768 || s.Job.Event.Why != ByExit || s.Job.Limit != 30*time.Second || s.Job.Argv[0] != "hook" {
				t.Errorf("%+v %+v", s, s.Job)
			}
			return
		}
	}
	t.Error("there is no job")
}
