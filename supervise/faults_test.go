package supervise

import (
	"testing"
	"time"
)

// F62: a process that was ended between fork and exec was never executed: its
// start is not told, and why there is none is.
func TestF62EndedBeforeExec(t *testing.T) {
	runPlays(t, []play{
		{name: "--timeout: that is what it counts as", told: true, options: "-t 5s", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			5s   tick           -> tell cmd timeout 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			15s  tick           -> send cmd tree 9, tell cmd signal 10 9
			15s  early-exit cmd 10 sig9 -> tell cmd fail, tell cmd leave, finish 124`},
		{name: "--timeout of a later run: it is followed by another", told: true, options: "-t 5s", lines: `
			4s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			4s   forked cmd 11  ->
			9s   tick           -> tell cmd timeout 11, tell cmd stop 11, send cmd tree 15 +cont, tell cmd signal 11 15
			9s   early-exit cmd 11 sig15 -> tell cmd fail, start cmd 3`},
		{name: "a stop", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			15s  tick           -> send cmd tree 9, tell cmd signal 10 9
			15s  early-exit cmd 10 sig9 -> tell cmd fail, finish 137`},
		{name: "somebody's KILL: the first start has failed", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			5s   early-exit cmd 10 sig9 -> tell cmd fail, tell cmd leave, finish 137`},
		{name: "somebody's KILL: a later start is tried again, and has not been up", told: true, lines: `
			6s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			6s   forked cmd 11  ->
			9s   early-exit cmd 11 sig9 -> tell cmd fail, tell cmd delay 1s
			10s  tick           -> start cmd 3`},
		{name: "with a log command, and what its strays are", told: true, options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   up log 20      -> tell log start 20, start cmd 1
			0s   forked cmd 10  ->
			5s   early-exit cmd 10 sig9 left 1 -> tell cmd fail, tell cmd strays 1, send cmd tree 15 +cont
			6s   executed cmd 10 ->
			6s   orphan cmd left 0 -> tell cmd leave, close pipe`},
		{name: "the log command", told: true, options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   forked log 20  ->
			5s   early-exit log 20 sig9 -> tell log fail, tell cmd leave, finish 137`},
		{name: "an execution that is heard of late is of the run that it names", told: true, lines: `
			6s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			6s   forked cmd 10  ->
			6s   earlier cmd    ->
			6s   executed cmd 10 -> tell cmd start 10`},
	})
}

// F62: the launcher hears the reason, and who asked for the end does not.
func TestF62Reasons(t *testing.T) {
	for lines, want := range map[string]struct {
		text  string
		again bool
	}{
		"0s begin\n0s forked cmd 10\n5s tick\n5s early-exit cmd 10 sig9":      {"cannot execute the program: its start was still under way when the process was ended (timeout)", false},
		"0s begin\n0s forked cmd 10\n5s stop TERM\n5s early-exit cmd 10 sig9": {"cannot execute the program: its start was still under way when the process was ended (stop)", true},
		"0s begin\n0s forked cmd 10\n5s early-exit cmd 10 sig9":               {"cannot execute the program: the process ended with status 137 while its start was under way", false},
	} {
		var failed []Event
		for _, e := range events(t, "-t 5s", lines) {
			if e.Kind == Failed {
				failed = append(failed, e)
			}
		}
		if len(failed) != 1 || failed[0].Err.Error() != want.text || failed[0].Again != want.again || failed[0].Run != 1 {
			t.Errorf("%s: %+v", lines, failed)
		}
	}
}

// F63, F64: what was paused is let go when its run ends, however that comes, and
// when a stop begins, whoever the first step is for: nothing is born into a pause.
func TestF63F64EndInPause(t *testing.T) {
	runPlays(t, []play{
		{name: "KILL in a pause, and the gate opens", lines: `
			1s   gate closed    -> freeze cmd
			2s   exit cmd 10 sig9 -> thaw cmd
			3s   gate open      -> start cmd 2
			3s   up cmd 11      ->
			4s   gate closed    -> freeze cmd`},
		{name: "a step for the main process alone", options: "--stop-sequence INT:main/1s/TERM/1s/KILL", lines: `
			1s   gate closed    -> freeze cmd
			2s   stop TERM      -> send cmd main 2 +cont, thaw cmd
			3s   tick           -> send cmd tree 15 +cont`},
		{name: "a step for the others", options: "--stop-sequence INT:children/1s/KILL", lines: `
			1s   gate closed    -> freeze cmd
			2s   stop TERM      -> send cmd children 2 +cont, thaw cmd`},
		{name: "KILL for the main process, whose children are left alone", options: "--kill-mode=main --stop-sequence KILL", lines: `
			1s   gate closed    -> freeze cmd
			2s   stop TERM      -> send cmd main 9, thaw cmd
			2s   exit cmd 10 sig9 left 2 -> finish 137`},
		{name: "they are woken too when it dies of itself", options: "--kill-mode=main -m 0", lines: `
			1s   gate closed    -> freeze cmd
			2s   exit cmd 10 sig9 left 2 -> thaw cmd, finish 137`},
		{name: "KILL alone for what it left", options: "--stop-sequence KILL", lines: `
			1s   gate closed    -> freeze cmd
			2s   exit cmd 10 sig9 left 2 -> send cmd tree 9, thaw cmd
			2s   orphan cmd left 0 ->
			9s   gate open      -> start cmd 2`},
		{name: "an heir stays paused", lines: `
			1s   gate closed    -> freeze cmd
			2s   heir cmd 10 sig9 11 left 1 ->
			3s   gate open      -> thaw cmd`},
		{name: "a request", lines: `
			1s   gate closed    -> freeze cmd
			2s   restart request -> send cmd tree 15 +cont, thaw cmd
			3s   exit cmd 10 0  ->
			4s   gate open      -> start cmd 2`},
	})
}

// F65: "what arrives within a second of the first is the same request, and a HUP
// never means haste."
func TestF65TwoRequests(t *testing.T) {
	for _, first := range []string{"TERM", "INT", "HUP", "0"} {
		for _, second := range []string{"TERM", "INT", "HUP", "0"} {
			late := "send cmd tree 9"
			if second == "HUP" {
				late = ""
			}
			runPlays(t, []play{{name: first + " " + second, lines: `
			5s   stop ` + first + `   -> send cmd tree 15 +cont
			5s   stop ` + second + `  ->
			5999ms stop ` + second + ` ->
			6s   stop ` + second + `  -> ` + late}})
		}
	}
	runPlays(t, []play{
		{name: "the second is counted from the first of all", lines: `
			5s   stop HUP       -> send cmd tree 15 +cont
			5900ms stop TERM    ->
			6100ms stop TERM    -> send cmd tree 9`},
		{name: "while the log command reads on", options: "-1 -- log", lines: `
			5s   exit cmd 10 0  -> close pipe
			5s   drained 9      ->
			5s   stop TERM      ->
			5s   stop TERM      ->
			6s   stop HUP       ->
			7s   stop INT       -> send log tree 9`},
		{name: "while jobs end", options: "-m 0 --hook exit", lines: `
			5s   exit cmd 10 0  -> start job 1 1
			5s   forked 2 30    ->
			5s   stop TERM      ->
			5s   stop TERM      ->
			6s   stop TERM      -> send job 1 tree 9`},
	})
}

// "Bytes that the log command left unread when all is over are told, as a failure."
func TestUnread(t *testing.T) {
	runPlays(t, []play{
		{name: "it ends again and again", told: true, options: "-m 0 --min-uptime 0s --drain 2s --backoff 1s:1s -- log", lines: `
			5s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd leave, close pipe
			5s   drained 6      ->
			7s   exit log 20 0 unread 6 -> tell log exit 20 0, tell log unread 6, finish 0`},
		{name: "it waits when its time is over", told: true, options: "-m 0 --drain 2s --backoff 9s:9s -- log", lines: `
			0s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd leave, close pipe
			0s   drained 6      ->
			0s   exit log 20 0 unread 6 -> tell log exit 20 0, tell log delay 9s
			2s   tick           -> tell log unread 6, finish 0`},
		{name: "its time is over when its delay is", options: "-m 0 --drain 2s --backoff 2s:2s -- log", lines: `
			0s   exit cmd 10 0  -> close pipe
			0s   drained 6      ->
			0s   exit log 20 0 unread 6 ->
			2s   tick           -> finish 0`},
		{name: "somebody is in a hurry", told: true, options: "-m 0 --backoff 9s:9s -- log", lines: `
			0s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd leave, close pipe
			0s   drained 6      ->
			0s   exit log 20 0 unread 6 -> tell log exit 20 0, tell log delay 9s
			1s   stop TERM      ->
			2s   stop TERM      -> tell log unread 6, finish 0`},
		{name: "it is killed", told: true, options: "-m 0 --drain 2s --stop-sequence KILL -- log", lines: `
			5s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd leave, close pipe
			5s   drained 9      ->
			7s   tick           -> tell log stop 20, send log tree 9, tell log signal 20 9
			7s   exit log 20 sig9 unread 3 -> tell log exit 20 9, tell log unread 3, finish 0`},
		{name: "all was read", told: true, options: "-m 0 -- log", lines: `
			5s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd leave, close pipe
			5s   drained 9      ->
			6s   exit log 20 1  -> tell log exit 20 256, finish 0`},
	})
}

// ^C that dmon hears of a moment later must be heard also where it would end.
func TestKeyWaitAtTheEnd(t *testing.T) {
	for _, options := range []string{"-m 0", "--no-respawn-on 3,INT", "--give-up 1/1h", "-1 --success 0,INT"} {
		runPlays(t, []play{
			{name: options + ", and it was ^C", options: "--key-wait 100ms " + options, lines: `
			5s   exit cmd 10 sig2 ->
			5050ms stop INT heard -> finish 130`},
			{name: options + ", and it was not", options: "--key-wait 100ms " + options, lines: `
			5s   exit cmd 10 sig2 ->
			5100ms tick         -> finish 130`},
			{name: options + ", and its descendants", options: "--key-wait 100ms " + options, lines: `
			5s   exit cmd 10 sig2 left 1 -> send cmd tree 15 +cont
			5s   orphan cmd left 0 ->
			5050ms stop INT heard -> finish 130`},
		})
	}
	runPlays(t, []play{
		{name: "an interval begins with the end of the run", options: "--key-wait 100ms -i 5s --success INT", lines: `
			5s   exit cmd 10 sig2 ->
			5100ms tick         ->
			10s  tick           -> start cmd 2`},
		{name: "a gate has no say in it", options: "--key-wait 100ms -m 0", lines: `
			1s   gate closed    -> freeze cmd
			5s   exit cmd 10 sig2 -> thaw cmd
			5050ms gate open    ->
			5100ms tick         -> finish 130`},
		{name: "^C in a delay is why dmon ends", lines: `
			0s   exit cmd 10 3  ->
			0s   stop INT heard -> finish 130`},
		{name: "^C in an interval", options: "-i 1h -- log", lines: `
			5s   exit cmd 10 0  ->
			5s   stop INT heard -> close pipe
			5s   exit log 20 0  -> finish 130`},
	})
}

// --give-up counts failures alone.
func TestGiveUpCounts(t *testing.T) {
	runPlays(t, []play{
		{name: "successes between", options: "--give-up 2/1h", lines: `
			5s   exit cmd 10 0  -> start cmd 2
			5s   up cmd 11      ->
			10s  exit cmd 11 1  -> start cmd 3
			10s  up cmd 12      ->
			15s  exit cmd 12 0  -> start cmd 4
			15s  up cmd 13      ->
			20s  exit cmd 13 1  -> finish 1`},
		{name: "restarts by request", options: "--give-up 2/1h", lines: `
			5s   restart request -> send cmd tree 15 +cont
			5s   exit cmd 10 1  -> start cmd 2
			5s   up cmd 11      ->
			10s  exit cmd 11 1  -> start cmd 3
			10s  up cmd 12      ->
			15s  down           -> send cmd tree 15 +cont
			15s  exit cmd 12 1  ->
			16s  bring up       -> start cmd 4
			16s  up cmd 13      ->
			20s  exit cmd 13 1  -> finish 1`},
	})
}

// A command whose output nobody reads any more would end so each time.
func TestF73NobodyReads(t *testing.T) {
	runPlays(t, []play{
		{name: "after a run", lines: `
			5s   exit cmd 10 sig13 unheard -> finish 141`},
		{name: "with a shell between", options: "-i 1h --success 0,141", lines: `
			5s   exit cmd 10 141 unheard -> finish 141`},
		{name: "somebody else's pipe", lines: `
			5s   exit cmd 10 sig13       -> start cmd 2`},
		{name: "its descendants first", lines: `
			5s   exit cmd 10 sig13 left 1 -> send cmd tree 15 +cont
			5s   orphan cmd left 0       -> start cmd 2`},
		{name: "the next one may be heard", options: "--min-uptime 0s", lines: `
			5s   down                    -> send cmd tree 15 +cont
			5s   exit cmd 10 sig13 unheard ->
			6s   bring up                -> start cmd 2
			6s   up cmd 11               ->
			7s   exit cmd 11 1           -> start cmd 3`},
	})
}

// What --give-up remembers goes by the time that it has, not by the number.
func TestGiveUpForgets(t *testing.T) {
	m := NewMachine(parsePolicy(t, "--give-up 1000000/10s --min-uptime 0s"), epoch)
	now := epoch
	checkedStep(t, m, now, Begin{})
	for i := range 5000 {
		checkedStep(t, m, now, Forked{Cmd, 10 + i})
		now = now.Add(time.Second)
		checkedStep(t, m, now, Exit{Task: Cmd, Pid: 10 + i, Status: 256})
	}
	if n, room := len(m.cmd().failures), cap(m.cmd().failures); n > 11 || room > 64 {
		t.Errorf("%d failures are remembered, in room for %d", n, room)
	}
}
