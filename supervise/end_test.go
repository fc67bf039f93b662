package supervise

import "testing"

// What ends dmon without being asked: --once, --max-respawns, --give-up,
// --no-respawn-on (CONTRACT.md section 2).
func TestOnceAndMaxRespawns(t *testing.T) {
	runPlays(t, []play{
		{name: "-1 ends with a success", options: "-1", lines: `
			9s   exit cmd 10 0  -> finish 0
			9s   due never`},
		{name: "-1 respawns what fails, by the usual rules", options: "-1", lines: `
			9s   exit cmd 10 1  -> start cmd 2
			9s   up cmd 11      ->
			9s   exit cmd 11 sig15 ->
			10s  tick           -> start cmd 3
			10s  up cmd 12      ->
			10s  exit cmd 12 0  -> finish 0`},
		{name: "-1 with --success", options: "-1 --success 3,TERM", lines: `
			9s   exit cmd 10 0  -> start cmd 2
			9s   up cmd 11      ->
			19s  exit cmd 11 3  -> finish 3`},
		{name: "what the kernel killed for want of memory is no success", options: "-1 --success 0,KILL", lines: `
			9s   exit cmd 10 sig9 starved -> start cmd 2
			9s   up cmd 11      ->
			19s  exit cmd 11 sig9 -> finish 137`},
		{name: "what we killed is that, whatever the kernel did meanwhile", options: "-t 5s -m 0 -k 1s", told: true, lines: `
			5s   tick           -> tell cmd timeout 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			6s   tick           -> send cmd tree 9, tell cmd signal 10 9
			6s   exit cmd 10 sig9 starved -> tell cmd exit 10 9, tell cmd leave, finish 124`},
		{name: "-1 and a signal that is a success", options: "-1 --success 3,TERM", lines: `
			9s   exit cmd 10 sig15 -> finish 143`},
		{name: "-1 and a run that --timeout ended with 0", options: "-1 -t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> start cmd 2`},
		{name: "-m 0 runs once and ends, whatever the status", options: "-m 0", lines: `
			0s   exit cmd 10 7  -> finish 7`},
		{name: "-m 0 with a success", options: "-m 0 -i 5s", lines: `
			0s   exit cmd 10 0  -> finish 0`},
		{name: "-m 2 is three runs, successes and failures alike", options: "-m 2", lines: `
			1s   exit cmd 10 0  -> start cmd 2
			1s   up cmd 11      ->
			2s   exit cmd 11 1  -> start cmd 3
			2s   up cmd 12      ->
			3s   exit cmd 12 sig9 -> finish 137`},
		{name: "-m counts the runs that an interval follows", options: "-m 1 -i 5s", lines: `
			1s   exit cmd 10 0  ->
			6s   tick           -> start cmd 2
			6s   up cmd 11      ->
			7s   exit cmd 11 0  -> finish 0`},
		{name: "-1 and -m: whichever comes first", options: "-1 -m 1", lines: `
			1s   exit cmd 10 1  -> start cmd 2
			1s   up cmd 11      ->
			2s   exit cmd 11 1  -> finish 1`},
		{name: "-m says nothing about the log command", options: "-m 1 -- log", lines: `
			1s   exit log 20 1  -> start log 2
			1s   up log 21      ->
			2s   exit log 21 1  -> start log 3
			2s   up log 22      ->
			3s   exit cmd 10 1  -> start cmd 2`},
		{name: "with a log command the end is that of the log command", options: "-1 -- log", lines: `
			9s   exit cmd 10 0  -> close pipe
			9s   drained 100    ->
			9s   exit log 20 3  -> close pipe
			9s   drained 0      -> finish 0`},
	})
}

func TestNoRespawnOn(t *testing.T) {
	runPlays(t, []play{
		{name: "exit statuses and signals end dmon", options: "--no-respawn-on 4,HUP", lines: `
			1s   exit cmd 10 1  -> start cmd 2
			1s   up cmd 11      ->
			2s   exit cmd 11 sig4 -> start cmd 3
			2s   up cmd 12      ->
			3s   exit cmd 12 4  -> finish 4`},
		{name: "a signal", options: "--no-respawn-on 4,HUP", lines: `
			3s   exit cmd 10 sig1 -> finish 129`},
		{name: "an exit status is no signal", options: "--no-respawn-on HUP", lines: `
			3s   exit cmd 10 129 -> start cmd 2`},
		{name: "124 is a timeout", options: "-t 5s --no-respawn-on 124", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 10 sig15 -> finish 124`},
		{name: "it goes before an interval", options: "-i 5s --no-respawn-on 0", lines: `
			3s   exit cmd 10 0  -> finish 0`},
	})
}

// "--give-up N/TIME ends dmon after N failed runs within TIME."
func TestGiveUp(t *testing.T) {
	runPlays(t, []play{
		{name: "N failures within the time, the borders included", options: "--give-up 3/10s", lines: `
			5s   exit cmd 10 1  -> start cmd 2
			5s   up cmd 11      ->
			9s   exit cmd 11 1  -> start cmd 3
			9s   up cmd 12      ->
			15s  exit cmd 12 6  -> finish 6`},
		{name: "the oldest failure leaves the window", options: "--give-up 3/10s", lines: `
			5s   exit cmd 10 1  -> start cmd 2
			5s   up cmd 11      ->
			9s   exit cmd 11 1  -> start cmd 3
			9s   up cmd 12      ->
			16s  exit cmd 12 1  -> start cmd 4
			16s  up cmd 13      ->
			20s  exit cmd 13 1  -> start cmd 5
			20s  up cmd 14      ->
			26s  exit cmd 14 1  -> finish 1`},
		{name: "successes do not count", options: "--give-up 2/10s", lines: `
			1s   exit cmd 10 1  -> start cmd 2
			1s   up cmd 11      ->
			2s   exit cmd 11 0  -> start cmd 3
			2s   up cmd 12      ->
			3s   exit cmd 12 0  -> start cmd 4
			3s   up cmd 13      ->
			4s   exit cmd 13 1  -> finish 1`},
		{name: "one failure is enough if that is what was asked", options: "--give-up 1/1s", lines: `
			99s  exit cmd 10 9  -> finish 9`},
		{name: "a timeout is a failure, and so is a start that failed", options: "-t 5s --give-up 2/1h", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> start cmd 2
			5s   forked cmd 11  ->
			5s   broken cmd 11 126 -> finish 126`},
		{name: "the log command's failures count apart, and end dmon with 125", options: "--give-up 2/1h -- log", lines: `
			5s   exit cmd 10 1  -> start cmd 2
			5s   up cmd 11      ->
			6s   exit log 20 1  -> start log 2
			6s   up log 21      ->
			7s   exit log 21 1  -> send cmd tree 15 +cont
			8s   exit cmd 11 0  -> close pipe
			8s   drained 0      -> finish 125`},
		{name: "a log command that exits with 0 has not failed", options: "--give-up 2/1h -- log", lines: `
			5s   exit log 20 0  -> start log 2
			5s   up log 21      ->
			6s   exit log 21 0  -> start log 3
			6s   up log 22      ->
			7s   exit log 22 0  -> start log 4
			7s   up log 23      ->
			8s   exit log 23 1  -> start log 5
			8s   up log 24      ->
			9s   exit log 24 1  -> send cmd tree 15 +cont`},
		{name: "what --success says holds for the log command too", options: "--give-up 2/1h --success 3 -- log", lines: `
			5s   exit log 20 3  -> start log 2
			5s   up log 21      ->
			6s   exit log 21 3  -> start log 3
			6s   up log 22      ->
			7s   exit log 22 0  -> start log 4
			7s   up log 23      ->
			8s   exit log 23 0  -> send cmd tree 15 +cont`},
		{name: "starts of the log command that fail do count", options: "--give-up 2/1h --success 127 -- log", lines: `
			5s   exit log 20 127 -> start log 2
			5s   forked log 21  ->
			5s   broken log 21 127 ->
			6s   tick           -> start log 3
			6s   forked log 22  ->
			6s   broken log 22 127 -> send cmd tree 15 +cont`},
		{name: "a TERM after dmon gave up is the first", options: "--give-up 1/1h -- log", lines: `
			6s   exit log 20 1  -> send cmd tree 15 +cont
			7s   stop TERM      ->
			8s   stop TERM      -> send cmd tree 9`},
		{name: "a log command given up while the command is stopped reads what is left", told: true, options: "--give-up 1/1h -- log", lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			6s   exit log 20 1  -> tell log exit 20 256, tell log give-up
			7s   exit cmd 10 0  -> tell cmd exit 10 0, close pipe
			7s   drained 10     -> start log 2
			7s   up log 21      -> tell log start 21
			8s   exit log 21 0  -> tell log exit 21 0, finish 125`},
		{name: "a log command given up at once, the command just started", told: true, options: "--give-up 1/1h -- log", lines: `
			0s   begin          -> start log 1
			0s   forked log 20  ->
			0s   exit log 20 1  -> tell log start 20, start cmd 1, tell log exit 20 256, tell log give-up, tell cmd leave, send cmd tree 15 +cont
			0s   forked cmd 10  ->
			0s   executed cmd 10 -> tell cmd start 10
			0s   exit cmd 10 sig15 -> tell cmd exit 10 15, close pipe
			0s   drained 0      -> finish 125`},
		{name: "a log command given up at once, no room for the command", options: "--give-up 1/1h -- log", lines: `
			0s   begin          -> start log 1
			0s   forked log 20  ->
			0s   exit log 20 1  -> start cmd 1, send cmd tree 15 +cont
			0s   refused cmd    -> close pipe
			0s   drained 0      -> finish 125`},
	})
}
