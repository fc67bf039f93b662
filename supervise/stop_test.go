package supervise

import "testing"

// CONTRACT.md section 4: "TERM or INT to dmon stops the whole; a second one
// goes straight to KILL."
func TestStop(t *testing.T) {
	runPlays(t, []play{
		{name: "TERM, and it ends", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 sig15 -> finish 143`},
		{name: "the command decides the status", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> finish 0`},
		{name: "TERM, 10 s, KILL", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			15s  tick           -> send cmd tree 9
			15s  exit cmd 10 sig9 -> finish 137`},
		{name: "a second TERM goes straight to KILL", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   stop TERM      -> send cmd tree 9
			6s   exit cmd 10 sig9 -> finish 137`},
		{name: "a third one changes nothing", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   stop INT       -> send cmd tree 9
			6500ms stop TERM    ->
			7s   tick           -> send cmd tree 9
			7500ms stop TERM    ->
			8s   tick           -> send cmd tree 9`},
		{name: "-k is the time between TERM and KILL", options: "-k 500ms", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			5500ms tick         -> send cmd tree 9`},
		{name: "a sequence with targets", options: "--stop-sequence INT:main/2s/TERM:children/3s/QUIT/4s/KILL", lines: `
			5s   stop TERM      -> send cmd main 2 +cont
			7s   tick           -> send cmd children 15 +cont
			10s  tick           -> send cmd tree 3 +cont
			14s  tick           -> send cmd tree 9`},
		{name: "a sequence without KILL at its end gets one after 10 s", options: "--stop-sequence TERM", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			15s  tick           -> send cmd tree 9`},
		{name: "or after the time it ends with", options: "--stop-sequence HUP/1s/TERM/3s", lines: `
			5s   stop TERM      -> send cmd tree 1 +cont
			6s   tick           -> send cmd tree 15 +cont
			9s   tick           -> send cmd tree 9`},
		{name: "KILL for the main process is not KILL for the tree", options: "--stop-sequence KILL:main/1s", lines: `
			5s   stop TERM      -> send cmd main 9
			6s   tick           -> send cmd tree 9`},
		{name: "KILL alone", options: "--stop-sequence KILL", lines: `
			5s   stop TERM      -> send cmd tree 9
			6s   tick           -> send cmd tree 9`},
		{name: "a stop before the beginning", lines: `
			0s   stop TERM      -> finish 143
			0s   begin          ->`},
		{name: "a stop during a delay starts nothing", lines: `
			0s   exit cmd 10 3  ->
			0s   stop TERM      -> finish 3
			9s   due never`},
		{name: "a stop during an interval", options: "-i 1h", lines: `
			9s   exit cmd 10 0  ->
			9s   stop INT       -> finish 0`},
		{name: "a stop before the command was ever started", options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   forked log 20  ->
			0s   stop TERM      -> close pipe
			0s   drained 0      ->
			0s   executed log 20 ->
			1s   exit log 20 0  -> finish 143`},
		{name: "a stop between fork and exec", told: true, lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			0s   stop TERM      -> tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			0s   executed cmd 10 -> tell cmd start 10
			1s   exit cmd 10 sig15 -> tell cmd exit 10 15, finish 143`},
		{name: "a start that fails while it is stopped", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			0s   stop TERM      -> send cmd tree 15 +cont
			0s   broken cmd 10 126 -> finish 126`},
	})
}

// "In the foreground on a terminal COMMAND shares dmon's process group: ^C stops
// the whole, a second ^C kills at once." The command has had it too.
func TestStopHeard(t *testing.T) {
	runPlays(t, []play{
		{name: "the command is dead of ^C before we hear of it", options: "--key-wait 100ms", lines: `
			5s   exit cmd 10 sig2 ->
			5001ms stop INT heard -> finish 130`},
		{name: "an INT or HUP that was not for us delays the next start", options: "--key-wait 100ms", lines: `
			5s   exit cmd 10 sig2 ->
			5099ms early        ->
			5100ms tick         -> start cmd 2
			5100ms up cmd 11    ->
			9s   exit cmd 11 sig1 ->
			9100ms tick         -> start cmd 3
			9100ms up cmd 12    ->
			9200ms exit cmd 12 sig2 ->
			9300ms tick         ->
			10200ms tick        -> start cmd 4`},
		{name: "other ends do not wait for a key", options: "--key-wait 100ms -- log", lines: `
			0s   begin          -> start log 1
			0s   up log 9       -> start cmd 1
			0s   up cmd 10      -> ready
			5s   exit cmd 10 sig15 -> start cmd 2
			5s   up cmd 11      ->
			9s   exit cmd 11 2  -> start cmd 3
			9s   up cmd 12      ->
			12s  exit log 9 sig2 -> start log 2`},
		{name: "it ends by it within a second", lines: `
			5s   stop INT heard ->
			5900ms exit cmd 10 sig2 -> finish 130`},
		{name: "it does not: ^C was the first step, and its wait is that step's", told: true, lines: `
			5s   stop INT heard -> tell cmd leave, tell cmd stop 10
			6s   tick           -> tell cmd await 9s
			15s  tick           -> send cmd tree 9, tell cmd signal 10 9`},
		{name: "a second ^C kills at once", lines: `
			5s   stop INT heard ->
			6s   stop INT heard -> send cmd tree 9
			7s   tick           -> send cmd tree 9`},
		{name: "its descendants have that time too", lines: `
			5s   stop INT heard ->
			5s   exit cmd 10 sig2 left 2 ->
			6s   tick           ->
			15s  tick           -> send cmd tree 9`},
		{name: "what is paused hears nothing", lines: `
			4s   gate closed    -> freeze cmd
			5s   stop INT heard -> send cmd tree 15 +cont, thaw cmd`},
		{name: "what is being stopped goes on so", options: "-t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   stop INT heard ->
			15s  tick           -> send cmd tree 9`},
		{name: "the log command has not heard it", options: "-- log", lines: `
			5s   stop INT heard ->
			5s   exit cmd 10 sig2 -> close pipe
			5s   drained 5      ->
			15s  tick           -> send log tree 15 +cont`},
	})
}

// "-t: a run may last TIME; then it is stopped (section 4) and counts as
// failed. Armed anew at each start."
func TestTimeout(t *testing.T) {
	runPlays(t, []play{
		{name: "TERM, and at once the next run", options: "-t 5s", lines: `
			4s   early          ->
			5s   tick           -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> start cmd 2
			6s   up cmd 11      ->
			11s  tick           -> send cmd tree 15 +cont
			21s  tick           -> send cmd tree 9
			21s  exit cmd 11 sig9 -> start cmd 3`},
		{name: "the time begins with the fork", options: "-t 5s", lines: `
			0s   begin          -> start cmd 1
			1s   forked cmd 10  ->
			2s   executed cmd 10 -> ready
			6s   tick           -> send cmd tree 15 +cont`},
		{name: "a timeout shorter than min-uptime is followed by a delay", options: "-t 500ms", lines: `
			500ms tick          -> send cmd tree 15 +cont
			5s   exit cmd 10 sig15 ->
			6s   tick           -> start cmd 2`},
		{name: "a timeout is one however short", options: "-t 1ns", lines: `
			1ns  tick           -> send cmd tree 15 +cont`},
		{name: "the time that stopping takes is no uptime", options: "-t 500ms -k 20s", lines: `
			500ms tick          -> send cmd tree 15 +cont
			15s  exit cmd 10 sig15 ->
			16s  tick           -> start cmd 2`},
		{name: "the status is 124", options: "-t 5s -m 0", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> finish 124`},
		{name: "also when dmon is stopped while the run is", options: "-t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   stop TERM      ->
			7s   stop TERM      -> send cmd tree 9
			7s   exit cmd 10 sig9 -> finish 124`},
		{name: "a run after one that timed out has its own status", options: "-t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> start cmd 2
			5s   up cmd 11      ->
			6s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 11 2  -> finish 2`},
		{name: "it is not about the log command", options: "-t 5s -- log", lines: `
			0s   begin          -> start log 1
			0s   up log 20      -> start cmd 1
			1s   up cmd 10      -> ready
			6s   tick           -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> start cmd 2
			6s   due never`},
	})
}

// "Descendants that outlive COMMAND's main process are stopped before the next
// run starts."
func TestStrays(t *testing.T) {
	runPlays(t, []play{
		{name: "the next run waits for the last of them", lines: `
			5s   exit cmd 10 0 left 3 -> send cmd tree 15 +cont
			6s   orphan cmd left 1 ->
			15s  tick           -> send cmd tree 9
			15s  orphan cmd left 0 -> start cmd 2`},
		{name: "their time is no uptime", lines: `
			0s   exit cmd 10 0 left 1 -> send cmd tree 15 +cont
			8s   orphan cmd left 0 ->
			9s   tick           -> start cmd 2`},
		{name: "a success stays one", options: "-1", lines: `
			5s   exit cmd 10 0 left 1 -> send cmd tree 15 +cont
			6s   orphan cmd left 0 -> finish 0`},
		{name: "they end, after a stop too", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 sig15 left 2 ->
			15s  tick           -> send cmd tree 9
			15s  orphan cmd left 1 ->
			15s  orphan cmd left 0 -> finish 143`},
		{name: "a stop while they are stopped", lines: `
			5s   exit cmd 10 4 left 1 -> send cmd tree 15 +cont
			6s   stop TERM      ->
			7s   stop TERM      -> send cmd tree 9
			7s   orphan cmd left 0 -> finish 4`},
		{name: "those of the log command too", options: "-- log", lines: `
			5s   exit log 20 0 left 1 -> send log tree 15 +cont
			6s   orphan log left 0 -> start log 2`},
		{name: "that one ends while the main process is up is nothing", lines: `
			5s   orphan cmd left 0 ->
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   orphan cmd left 0 ->
			7s   exit cmd 10 0  -> finish 0`},
	})
}
