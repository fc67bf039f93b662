package supervise

import "testing"

// The stop command goes before the stop sequence, which follows when it has ended
// and left something, or has had its time. Nothing comes after the command's end
// before it has ended too. Its task is "2" for the first, as in TestJobs.
func TestStopCommand(t *testing.T) {
	runPlays(t, []play{
		{name: "it works", options: "--stop-command 10s", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  -> tell cmd exit 10 0
			7s   exit 2 30 0    -> finish 0`},
		{name: "it ends before the command does", options: "--stop-command 10s", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, start job 1 1
			5s   forked 2 30    ->
			6s   exit 2 30 0    -> send cmd tree 15 +cont, tell cmd signal 10 15
			7s   exit cmd 10 0  -> tell cmd exit 10 0, finish 0`},
		{name: "it fails", options: "--stop-command 10s", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, start job 1 1
			5s   forked 2 30    ->
			5s   exit 2 30 3    -> tell job 1 fail, send cmd tree 15 +cont, tell cmd signal 10 15
			7s   exit cmd 10 0  -> tell cmd exit 10 0, finish 0`},
		{name: "it hangs", options: "--stop-command 2s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			7s   tick           -> send cmd tree 15 +cont, send job 1 tree 15 +cont
			7s   exit cmd 10 0  ->
			8s   tick           -> send job 1 tree 9
			8s   exit 2 30 sig9 -> finish 0`},
		{name: "there is no room for it", options: "--stop-command 2s", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, start job 1 1
			5s   refused 2      ->
			6s   tick           -> start job 1 1
			6s   refused 2      ->
			7s   tick           -> send cmd tree 15 +cont, tell cmd signal 10 15, tell job 1 fail
			8s   exit cmd 10 0  -> tell cmd exit 10 0, finish 0`},
		{name: "it leaves processes of the command", options: "--stop-command 3s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0 left 1 ->
			7s   exit 2 30 0    -> send cmd tree 15 +cont
			7s   orphan cmd left 0 -> finish 0`},
		{name: "and none of them is left when it has ended", options: "--stop-command 3s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0 left 1 ->
			6s   orphan cmd left 0 ->
			6500ms orphan cmd left 1 ->
			7s   exit 2 30 0    -> finish 0`},
		{name: "what it leaves itself is ended first", options: "--stop-command 3s -t 5s --min-uptime 0s", lines: `
			5s   tick           -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  ->
			6s   exit 2 30 0 left 1 -> send job 1 tree 15 +cont
			7s   tick           -> send job 1 tree 9
			7s   orphan 2 left 0 -> start cmd 2`},
		{name: "the next run waits for it", options: "--stop-command 10s", lines: `
			5s   restart request -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  ->
			9s   exit 2 30 0    -> start cmd 2`},
		{name: "down and up", options: "--stop-command 10s", told: true, lines: `
			5s   down           -> tell cmd stop 10, start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  -> tell cmd exit 10 0
			9s   exit 2 30 0    -> tell cmd down
			10s  bring up       -> start cmd 2`},
		{name: "up again before it is down", options: "--stop-command 10s", lines: `
			5s   down           -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  ->
			7s   bring up       ->
			9s   exit 2 30 0    -> start cmd 2`},
		{name: "of many runs", options: "--stop-command 10s -t 2s", lines: `
			2s   tick           -> start job 1 1
			2s   forked 2 30    ->
			2s   exit cmd 10 0  ->
			2s   exit 2 30 0    -> start cmd 2
			2s   up cmd 11      ->
			4s   tick           -> start job 2 1
			4s   forked 3 31    ->
			4s   exit 3 31 0    -> send cmd tree 15 +cont
			4s   exit cmd 11 0  -> start cmd 3`},
		{name: "a hurry", options: "--stop-command 10s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   stop TERM      -> send cmd tree 9, send job 1 tree 9
			6s   exit cmd 10 sig9 ->
			6s   exit 2 30 sig9 -> finish 137`},
		{name: "a hurry where it has no room", options: "--stop-command 10s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   refused 2      ->
			6s   stop TERM      -> send cmd tree 9
			6s   exit cmd 10 sig9 -> finish 137`},
		{name: "a hurry when only it is left", options: "--stop-command 10s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  ->
			7s   stop TERM      -> send job 1 tree 9
			7s   exit 2 30 sig9 -> finish 0`},
		{name: "what is on its way to its end is asked once", options: "--stop-command 10s -t 5s", lines: `
			5s   tick           -> start job 1 1
			5s   forked 2 30    ->
			6s   stop TERM      ->
			7s   exit cmd 10 0  ->
			7s   exit 2 30 0    -> finish 124`},
		{name: "who leaves while only it is left", options: "--stop-command 10s -t 5s", lines: `
			5s   tick           -> start job 1 1
			5s   forked 2 30    ->
			7s   exit cmd 10 0  ->
			8s   stop TERM      ->
			9s   exit 2 30 0    -> finish 124`},
		{name: "a paused command goes on, so that it can be asked", options: "--stop-command 10s", lines: `
			5s   gate closed    -> freeze cmd
			6s   stop TERM      -> start job 1 1, thaw cmd
			6s   forked 2 30    ->
			7s   gate closed    ->
			7s   exit cmd 10 0  ->
			7s   exit 2 30 0    -> finish 0`},
		{name: "a suspension takes none of its time", options: "--stop-command 10s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   suspend        -> freeze cmd, suspend
			1h   continue       -> thaw cmd
			1h9s tick           -> send cmd tree 15 +cont, send job 1 tree 15 +cont
			1h9s exit 2 30 0    ->
			1h9s exit cmd 10 0  -> finish 0`},
		{name: "^C that the command has had is no reason not to ask it", options: "--stop-command 5s", told: true, lines: `
			5s   stop INT heard -> tell cmd leave, tell cmd stop 10, start job 1 1
			5s   forked 2 30    ->
			6s   tick           -> tell cmd await 4s
			7s   exit 2 30 0    ->
			8s   tick           -> tell cmd await 9s
			17s  tick           -> send cmd tree 9, tell cmd signal 10 9
			17s  exit cmd 10 sig9 -> tell cmd exit 10 9, finish 137`},
		{name: "nobody is asked where nothing runs", options: "--stop-command 5s", lines: `
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready
			0s   exit cmd 10 3  ->
			0s   stop TERM      -> finish 3`},
		{name: "nor for the sake of strays alone", options: "--stop-command 5s", lines: `
			5s   exit cmd 10 0 left 1 -> send cmd tree 15 +cont
			5s   orphan cmd left 0 -> start cmd 2`},
		{name: "a start that is under way", options: "--stop-command 5s", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			0s   stop TERM      -> start job 1 1
			0s   forked 2 30    ->
			1s   early-exit cmd 10 sig15 ->
			1s   exit 2 30 1    -> finish 143`},
		{name: "an heir is asked as well", options: "--stop-command 5s", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   heir cmd 10 0 11 ->
			6s   exit 2 30 0    -> send cmd tree 15 +cont
			7s   exit cmd 11 0  -> finish 0`},
		{name: "what cannot be ended is given up", options: "--stop-command 1s -k 1s", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, start job 1 1
			5s   forked 2 30    ->
			6s   tick           -> send cmd tree 15 +cont, tell cmd signal 10 15, send job 1 tree 15 +cont
			6s   exit 2 30 0    -> tell job 1 fail
			7s   tick           -> send cmd tree 9, tell cmd signal 10 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> send cmd tree 9
			12s  tick           -> tell cmd abandon 1, finish 125`},
		{name: "beside a hook", options: "--stop-command 5s --hook stop", lines: `
			5s   stop TERM      -> start job 1 1, start job 2 1
			5s   forked 2 30    ->
			5s   forked 3 31    ->
			5s   exit 3 31 0    -> send cmd tree 15 +cont
			6s   exit cmd 10 0  ->
			7s   exit 2 30 0    -> finish 0`},
		{name: "the main process alone", options: "--stop-command 5s --kill-mode=main", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0 left 3 ->
			7s   exit 2 30 0    -> finish 0`},
		{name: "the log command after both", options: "--stop-command 5s -- log", lines: `
			5s   stop TERM      -> start job 1 1
			5s   forked 2 30    ->
			6s   exit cmd 10 0  ->
			7s   exit 2 30 0    -> close pipe
			8s   exit log 20 0  -> finish 0`},
	})
}

// What the stop command is told is the event that it is about.
func TestStopCommandEvent(t *testing.T) {
	m := NewMachine(parsePolicy(t, "--stop-command 3s -t 5s --hook exit"), epoch)
	for _, in := range []Input{Begin{}, Forked{Cmd, 10}, Executed{Cmd, 1}} {
		checkedStep(t, m, epoch, in)
	}
	for _, a := range checkedStep(t, m, epoch.Add(m.policy.Timeout), Tick{}) {
		if a, ok := a.(Start); ok {
			j := a.Job
			if j.Lane != StopLane || j.Event.Kind != Stopping || j.Event.Pid != 10 || j.Event.Run != 1 || j.Event.Seq == 0 || j.Event.Cause != "timeout" || j.Word != "stop" || j.Last != nil {
				t.Errorf("%+v, %+v", j, j.Event)
			}
			if j.String() != "stop command stop" || j.Limit != m.policy.StopLimit {
				t.Errorf("%v, %v", j, j.Limit)
			}
			return
		}
	}
	t.Error("no start")
}

// What a job is called is what the user wrote, but not for ever.
func TestJobString(t *testing.T) {
	long := ""
	for range 61 {
		long += "x"
	}
	for want, j := range map[string]*Job{
		"hook /etc/alarm":                   {Argv: []string{"/etc/alarm", "a", "b"}},
		"hook a; b":                         {Argv: []string{"/bin/sh", "-c", "a; b"}},
		"stop command " + long[:60] + "...": {Argv: []string{long}, Lane: StopLane},
	} {
		if j.String() != want {
			t.Errorf("%q, not %q", j, want)
		}
	}
}
