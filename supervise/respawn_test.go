package supervise

import "testing"

// CONTRACT.md section 2: "A run that lasted at least --min-uptime is followed
// by the next at once. A shorter one is followed after a delay that starts at
// MIN, doubles up to MAX, and is reset by a long enough run."
func TestRespawn(t *testing.T) {
	runPlays(t, []play{
		{name: "a long run is followed at once", lines: `
			1s   exit cmd 10 1  -> start cmd 2
			1s   up cmd 11      ->
			9s   exit cmd 11 0  -> start cmd 3
			9s   up cmd 12      ->
			99s  exit cmd 12 sig11 -> start cmd 4`},
		{name: "a run that is short by a hair is followed after MIN", lines: `
			999ms exit cmd 10 1 ->
			1s   early          ->
			1999ms tick         -> start cmd 2`},
		{name: "a short success is delayed like a short failure", lines: `
			0s   exit cmd 10 0  ->
			1s   tick           -> start cmd 2`},
		{name: "the delay doubles up to 30 s and stays there", lines: `
			0s   exit cmd 10 1  ->
			1s   tick           -> start cmd 2
			1s   up cmd 11      ->
			1s   exit cmd 11 1  ->
			3s   tick           -> start cmd 3
			3s   up cmd 12      ->
			3s   exit cmd 12 1  ->
			7s   tick           -> start cmd 4
			7s   up cmd 13      ->
			7s   exit cmd 13 1  ->
			15s  tick           -> start cmd 5
			15s  up cmd 14      ->
			15s  exit cmd 14 1  ->
			31s  tick           -> start cmd 6
			31s  up cmd 15      ->
			31s  exit cmd 15 1  ->
			61s  tick           -> start cmd 7
			61s  up cmd 16      ->
			61s  exit cmd 16 1  ->
			91s  tick           -> start cmd 8`},
		{name: "MIN and MAX are the user's", options: "--backoff 100ms:250ms", lines: `
			0s   exit cmd 10 1  ->
			100ms tick          -> start cmd 2
			100ms up cmd 11     ->
			100ms exit cmd 11 1 ->
			300ms tick          -> start cmd 3
			300ms up cmd 12     ->
			300ms exit cmd 12 1 ->
			550ms tick          -> start cmd 4`},
		{name: "a long run resets the delay", lines: `
			0s   exit cmd 10 1  ->
			1s   tick           -> start cmd 2
			1s   up cmd 11      ->
			1s   exit cmd 11 1  ->
			3s   tick           -> start cmd 3
			3s   up cmd 12      ->
			4s   exit cmd 12 1  -> start cmd 4
			4s   up cmd 13      ->
			4s   exit cmd 13 1  ->
			5s   tick           -> start cmd 5`},
		{name: "min-uptime is the user's", options: "--min-uptime 5s", lines: `
			4s   exit cmd 10 0  ->
			5s   tick           -> start cmd 2
			5s   up cmd 11      ->
			10s  exit cmd 11 0  -> start cmd 3`},
		{name: "min-uptime 0 turns the delays off", options: "--min-uptime 0s", lines: `
			0s   exit cmd 10 1  -> start cmd 2
			0s   up cmd 11      ->
			0s   exit cmd 11 0  -> start cmd 3
			0s   up cmd 12      ->
			0s   exit cmd 12 sig9 -> start cmd 4`},
		{name: "a run that exits before anyone heard of its exec", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			2s   exit cmd 10 0  -> ready, start cmd 2
			2s   executed cmd 10 ->
			2s   forked cmd 11  ->
			2s   executed cmd 10 ->
			2s   due never`},
		{name: "an exit between a start and its answer is of another run", lines: `
			0s   begin          -> start cmd 1
			0s   orphan cmd left 0 ->
			0s   up cmd 10      -> ready
			9s   exit cmd 10 0  -> start cmd 2`},
		{name: "an exec is told once, and only that of this run", told: true, lines: `
			0s   executed cmd 10 ->
			2s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			2s   forked cmd 11  ->
			2s   executed cmd 10 ->
			2s   executed cmd 11 -> tell cmd start 11`},
		{name: "an exit of another process than the main one is nothing", lines: `
			1s   exit cmd 9 0   ->
			2s   orphan cmd left 0 ->
			3s   exit cmd 10 0  -> start cmd 2`},
	})
}

// "A success followed by -i waits for the interval alone."
func TestInterval(t *testing.T) {
	runPlays(t, []play{
		{name: "after a success the interval alone, however short the run", options: "-i 60s", lines: `
			0s   exit cmd 10 0  ->
			60s  tick           -> start cmd 2
			60s  up cmd 11      ->
			90s  exit cmd 11 0  ->
			150s tick           -> start cmd 3`},
		{name: "after a failure the backoff and no interval", options: "-i 60s", lines: `
			0s   exit cmd 10 1  ->
			1s   tick           -> start cmd 2
			1s   up cmd 11      ->
			9s   exit cmd 11 1  -> start cmd 3`},
		{name: "a success before an interval ends a series of failures", options: "-i 60s", lines: `
			0s   exit cmd 10 1  ->
			1s   tick           -> start cmd 2
			1s   up cmd 11      ->
			1s   exit cmd 11 0  ->
			61s  tick           -> start cmd 3
			61s  up cmd 12      ->
			61s  exit cmd 12 1  ->
			62s  tick           -> start cmd 4`},
		{name: "success is what --success says", options: "-i 60s --success 3,TERM", lines: `
			0s   exit cmd 10 3  ->
			60s  tick           -> start cmd 2
			60s  up cmd 11      ->
			60s  exit cmd 11 sig15 ->
			120s tick           -> start cmd 3
			120s up cmd 12      ->
			120s exit cmd 12 0  ->
			121s tick           -> start cmd 4`},
		{name: "a run that --timeout ended is no success", options: "-i 60s -t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> start cmd 2`},
		{name: "nor is one that it gave the status of a success", options: "-i 60s -t 5s --success 124", lines: `
			1s   exit cmd 10 124 ->
			61s  tick           -> start cmd 2
			61s  up cmd 11      ->
			66s  tick           -> send cmd tree 15 +cont
			66s  exit cmd 11 0  -> start cmd 3`},
		{name: "an interval is one however short", options: "-i 1ns", lines: `
			1s   exit cmd 10 0  ->
			1000000001ns tick   -> start cmd 2`},
		{name: "the interval is about the command alone", options: "-i 60s -- log", lines: `
			9s   exit log 20 0  -> start log 2`},
	})
}

// The log command "is respawned by the same rules; -1 -m -t -i are about
// COMMAND only".
func TestRespawnLog(t *testing.T) {
	runPlays(t, []play{
		{name: "at once after a long run, else after a delay that doubles", options: "-1 -m 0 -t 1h -- log", lines: `
			1s   exit log 20 0  -> start log 2
			1s   up log 21      ->
			1s   exit log 21 1  ->
			2s   tick           -> start log 3
			2s   up log 22      ->
			2s   exit log 22 sig9 ->
			4s   tick           -> start log 4
			4s   up log 23      ->
			5s   exit log 23 1  -> start log 5`},
		{name: "its delays and the command's are two", options: "-- log", lines: `
			0s   exit log 20 1  ->
			0s   exit cmd 10 1  ->
			1s   tick           -> start cmd 2, start log 2
			1s   up cmd 11      ->
			1s   up log 21      ->
			1s   exit cmd 11 1  ->
			3s   tick           -> start cmd 3
			3s   exit log 21 0  -> start log 3`},
		{name: "it is started while the command is being stopped", options: "-- log", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit log 20 1  -> start log 2
			6s   up log 21      ->
			6s   exit log 21 1  ->
			7s   tick           -> start log 3
			7s   up log 22      ->
			8s   exit cmd 10 0  -> close pipe`},
		{name: "a log command that dies before its exec was heard of", options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   forked log 20  ->
			0s   exit log 20 1  -> start cmd 1
			0s   up cmd 10      -> ready
			1s   tick           -> start log 2`},
	})
}
