package supervise

import (
	"strings"
	"testing"
	"time"
)

// The user's own test: when it is asked, and what follows. The first job is "2".
func TestChecks(t *testing.T) {
	runPlays(t, []play{
		{name: "asked each second until it is well, then at its interval", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			3s   up cmd 10      -> ready, start job 1 1
			3s   forked 2 30    ->
			3s   exit 2 30 1    ->
			4s   tick           -> start job 2 1
			4s   forked 3 31    ->
			4500ms exit 3 31 0  ->
			14s  tick           -> start job 3 1
			14s  forked 4 32    ->
			15s  exit 4 32 1    ->
			24s  tick           -> start job 4 1`},
		{name: "three failures in a row", options: "--if restart:check -m 9 --min-uptime 1h", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, ready, start job 1 1
			0s   forked 2 30    ->
			0s   exit 2 30 0    -> tell cmd healthy 10
			10s  tick           -> start job 2 1
			10s  forked 3 31    ->
			10s  exit 3 31 7    -> tell job 2 fail
			20s  tick           -> start job 3 1
			20s  forked 4 32    ->
			20s  exit 4 32 7    ->
			30s  tick           -> start job 4 1
			30s  forked 5 33    ->
			30s  exit 5 33 7    -> tell cmd reach 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			30s  exit cmd 10 sig15 -> tell cmd exit 10 15, tell cmd delay 1s
			31s  tick           -> start cmd 2
			31s  up cmd 11      -> tell cmd start 11, start job 5 1`},
		{name: "a success in between begins anew", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			0s   exit 2 30 0    ->
			10s  tick           -> start job 2 1
			10s  forked 3 31    ->
			10s  exit 3 31 7    ->
			20s  tick           -> start job 3 1
			20s  forked 4 32    ->
			20s  exit 4 32 7    ->
			30s  tick           -> start job 4 1
			30s  forked 5 33    ->
			30s  exit 5 33 0    ->
			40s  tick           -> start job 5 1
			40s  forked 6 34    ->
			40s  exit 6 34 7    ->
			50s  tick           -> start job 6 1`},
		{name: "not before it is ready", options: "--if restart:check --ready-after 5s", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> settled
			5s   tick           -> ready, start job 1 1`},
		{name: "one that hangs has failed", options: "--if stop:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			5s   tick           -> send job 1 tree 15 +cont
			6s   tick           -> send job 1 tree 9
			6s   exit 2 30 sig9 ->
			6s   tick           -> start job 2 1`},
		{name: "no try while it is paused, and all anew after that", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			0s   exit 2 30 0    ->
			5s   gate closed    -> freeze cmd
			5s   due never
			1h   gate open      -> thaw cmd, start job 2 1
			1h   forked 3 31    ->
			1h   gate closed    -> freeze cmd, send job 2 tree 15 +cont
			1h   exit 3 31 sig15 ->
			1h   due never`},
		{name: "what was asked before a pause is no answer after it", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			1s   gate closed    -> freeze cmd, send job 1 tree 15 +cont
			1s   gate open      -> thaw cmd
			1s   exit 2 30 sig15 -> start job 2 1`},
		{name: "nor after ^Z", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			1s   suspend        -> freeze cmd, suspend, send job 1 tree 15 +cont
			1h   continue       -> thaw cmd
			1h   exit 2 30 0    -> start job 2 1`},
		{name: "a stop ends it", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			1s   stop TERM      -> send cmd tree 15 +cont, send job 1 tree 15 +cont
			1s   exit cmd 10 sig15 ->
			2s   tick           -> send job 1 tree 9
			2s   exit 2 30 sig9 -> finish 143`},
		{name: "a stop between two tries", options: "--if restart:check", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			0s   exit 2 30 0    ->
			1s   stop TERM      -> send cmd tree 15 +cont
			1s   exit cmd 10 sig15 -> finish 143`},
		{name: "an end by itself", options: "--if restart:check -m 0", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready, start job 1 1
			0s   forked 2 30    ->
			1s   exit cmd 10 4  -> send job 1 tree 15 +cont
			1s   exit 2 30 sig15 -> finish 4`},
		{name: "no room for it says nothing", options: "--if restart:check", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, ready, start job 1 1
			0s   refused 2      ->
			1s   tick           -> start job 1 1
			1s   refused 2      ->
			3s   tick           -> start job 1 1
			3s   refused 2      ->
			5s   tick           -> start job 2 1
			5s   refused 3      ->`},
		{name: "what is not there is told at once", options: "--if tell:check", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, ready, start job 1 1
			0s   forked 2 30    ->
			0s   exit 2 30 127  -> tell job 1 fail`},
		{name: "it works, for a command that waits", options: "--if stop:works -i 1h", lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> ready
			0s   exit 2 30 1    ->
			1s   exit cmd 10 0  ->
			10s  tick           -> start job 2 1
			10s  forked 3 31    ->
			10s  exit 3 31 0    -> finish 0`},
		{name: "it is not asked in a suspension", options: "--if stop:works -i 1h", lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> ready
			0s   exit 2 30 1    ->
			1s   exit cmd 10 0  ->
			2s   suspend        -> suspend
			2s   due 1h0m1s
			30m  continue       -> start job 2 1`},
		{name: "nor while a start is held", options: "--if stop:works", lines: `
			0s   gate closed    ->
			0s   begin          -> ready
			0s   due never
			1h   gate open      -> start cmd 1, start job 1 1`},
		{name: "what works too late has failed", options: "--if stop:works", lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> ready
			5s   tick           -> send job 1 tree 15 +cont
			5s   exit 2 30 0    ->
			10s  tick           -> start job 2 1`},
		{name: "after one of no account the next counts", options: "--if stop:works", lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> ready
			0s   gate closed    -> freeze cmd, send job 1 tree 15 +cont
			0s   gate open      -> thaw cmd
			0s   exit 2 30 0    -> start job 2 1
			0s   forked 3 31    ->
			0s   exit 3 31 0    -> send cmd tree 15 +cont`},
		{name: "it works, and the command is up", options: "--if stop:works", lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> ready
			0s   exit 2 30 0    -> send cmd tree 15 +cont
			0s   exit cmd 10 7  -> finish 7`},
		{name: "it works, told once, and once again", options: "--if tell:works", told: true, lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> tell cmd start 10, ready
			0s   exit 2 30 0    -> tell cmd tell 10
			10s  tick           -> start job 2 1
			10s  forked 3 31    ->
			10s  exit 3 31 0    ->
			20s  tick           -> start job 3 1
			20s  forked 4 32    ->
			20s  exit 4 32 1    -> tell cmd tell 10`},
	})
}

// A run in which no try has succeeded has its grace.
func TestCheckGrace(t *testing.T) {
	m := NewMachine(parsePolicy(t, "--if tell:check"), epoch)
	now, tries, told := epoch, 0, time.Duration(0)
	var step func(in Input)
	step = func(in Input) {
		for _, a := range checkedStep(t, m, now, in) {
			switch a := a.(type) {
			case Start:
				step(Forked{a.Task, 10 + int(a.Task)})
				if a.Task >= FirstJob {
					tries++
					step(Exit{Task: a.Task, Pid: 10 + int(a.Task), Status: exited(1), Words: "no answer"})
				}
			case Emit:
				if a.Event.Kind == Told && told == 0 {
					told = now.Sub(epoch)
					want := "the check has failed 91 times in a row, it ended with status 1: no answer (check)"
					if a.Event.Cause != want || a.Event.Why != ByCheck {
						t.Errorf("%q %v, not %q", a.Event.Cause, a.Event.Why, want)
					}
				}
			}
		}
	}
	step(Begin{})
	step(Executed{Cmd, 1})
	for told == 0 && tries < 200 {
		now, _ = m.Deadline()
		step(Tick{})
	}
	if told != 90*time.Second {
		t.Errorf("told after %v, %d tries", told, tries)
	}
}

// The health of a run is what all of its checks say, and is told when it changes.
func TestHealth(t *testing.T) {
	runPlays(t, []play{
		{name: "two checks", options: "--if tell:check --if tell:check --if tell:works", told: true, lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> tell cmd start 10, ready, start job 2 1, start job 3 1
			0s   forked 3 31    ->
			0s   forked 4 32    ->
			0s   exit 3 31 0    ->
			1s   exit 4 32 0    -> tell cmd healthy 10
			2s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			2s   up cmd 11      -> tell cmd start 11, start job 4 1, start job 5 1
			2s   forked 5 33    ->
			2s   forked 6 34    ->
			2s   exit 5 33 0    ->
			2s   exit 6 34 0    -> tell cmd healthy 11`},
		{name: "ill, and well again", options: "--if HUP:check", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> tell cmd start 10, ready, start job 1 1
			0s   forked 2 30    ->
			0s   exit 2 30 0    -> tell cmd healthy 10
			10s  tick           -> start job 2 1
			10s  forked 3 31    ->
			10s  exit 3 31 7    -> tell job 2 fail
			20s  tick           -> start job 3 1
			20s  forked 4 32    ->
			20s  exit 4 32 7    ->
			30s  tick           -> start job 4 1
			30s  forked 5 33    ->
			30s  exit 5 33 7    -> tell cmd reach 10, send cmd main 1, tell cmd signal 10 1, tell cmd healthy 10
			40s  tick           -> start job 5 1
			40s  forked 6 34    ->
			40s  exit 6 34 0    -> tell cmd healthy 10`},
	})
}

// What a check is told of the run, and that its output is kept.
func TestCheckJob(t *testing.T) {
	m := NewMachine(parsePolicy(t, "--if restart:check --if stop:works"), epoch)
	var jobs []string
	for _, in := range []Input{Begin{}, Forked{Cmd, 10}, Forked{FirstJob, 30}, Executed{Cmd, 1}} {
		for _, a := range checkedStep(t, m, epoch, in) {
			if s, ok := a.(Start); ok && s.Job != nil {
				j := s.Job
				jobs = append(jobs, j.Argv[0])
				if j.Word != "check" || !j.Kept || j.Limit != 5*time.Second || j.Event != nil || (j.Argv[0] == "fails") != (j.Pid == 10) || j.Run != 1 {
					t.Errorf("%+v", j)
				}
			}
		}
	}
	if got := strings.Join(jobs, " "); got != "works fails" {
		t.Error(got)
	}
	if n := (&Policy{Conditions: m.policy.Conditions}).Lanes(); n != len(m.lanes) || n != fixedLanes+2 {
		t.Errorf("%d lanes", n)
	}
}
