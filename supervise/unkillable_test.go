package supervise

import "testing"

// F10: what cannot be killed, by a process in an uninterruptible sleep or for
// want of a right. KILL is repeated five times in as many seconds; then a dmon
// that leaves leaves, and one that stays waits: a second copy of the command
// beside the first is worse than none.
func TestF10Unkillable(t *testing.T) {
	runPlays(t, []play{
		{name: "a dmon that leaves gives it up; it failed", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			15s  tick           -> send cmd tree 9, tell cmd signal 10 9
			16s  tick           -> send cmd tree 9
			17s  tick           -> send cmd tree 9
			18s  tick           -> send cmd tree 9
			19s  tick           -> send cmd tree 9
			20s  tick           -> tell cmd abandon 1, finish 125
			20s  exit cmd 10 sig9 ->`},
		{name: "strays that are given up do not change the status", told: true, lines: `
			5s   stop TERM      -> tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			6s   exit cmd 10 3 left 2 -> tell cmd exit 10 768
			15s  tick           -> send cmd tree 9
			16s  tick           -> send cmd tree 9
			17s  tick           -> send cmd tree 9
			18s  tick           -> send cmd tree 9
			19s  tick           -> send cmd tree 9
			20s  tick           -> tell cmd abandon 2, finish 3`},
		{name: "main process and strays are counted together", told: true, options: "-k 1s", lines: `
			0s   orphan cmd left 4 ->
			0s   stop TERM      -> tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			1s   tick           -> send cmd tree 9, tell cmd signal 10 9
			2s   tick           -> send cmd tree 9
			3s   tick           -> send cmd tree 9
			4s   tick           -> send cmd tree 9
			5s   tick           -> send cmd tree 9
			6s   tick           -> tell cmd abandon 5, finish 125`},
		{name: "a run that timed out and cannot be killed has timed out", options: "-t 5s -k 1s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			5s   stop TERM      ->
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> finish 124`},
		{name: "a dmon that stays waits; when it ends at last the next run starts", options: "-t 5s -k 1s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           ->
			11s  due never
			1h   exit cmd 10 sig9 -> start cmd 2`},
		{name: "each run is tried as often", options: "-t 5s -k 1s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			8s   exit cmd 10 sig9 -> start cmd 2
			8s   up cmd 11      ->
			13s  tick           -> send cmd tree 15 +cont
			14s  tick           -> send cmd tree 9
			15s  tick           -> send cmd tree 9
			16s  tick           -> send cmd tree 9
			17s  tick           -> send cmd tree 9
			18s  tick           -> send cmd tree 9
			19s  tick           ->
			19s  due never`},
		{name: "the same with strays", options: "-k 1s", lines: `
			5s   exit cmd 10 0 left 1 -> send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           ->
			11s  due never
			1h   orphan cmd left 0 -> start cmd 2`},
		{name: "a stop tries it again and then gives it up", options: "-k 1s", lines: `
			5s   exit cmd 10 4 left 1 -> send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           ->
			1h   stop TERM      -> send cmd tree 9
			1h1s tick           -> send cmd tree 9
			1h2s tick           -> send cmd tree 9
			1h3s tick           -> send cmd tree 9
			1h4s tick           -> send cmd tree 9
			1h5s tick           -> finish 4`},
		{name: "a dmon that was to end anyway does not wait for a stray", options: "-k 1s -m 0 --give-up 9/1h", told: true, lines: `
			5s   exit cmd 10 4 left 1 -> tell cmd exit 10 1024, tell cmd strays 1, send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> tell cmd abandon 1, tell cmd leave, finish 4`},
		{name: "nor after its success, with a log command", options: "-k 1s -1 -- log", lines: `
			5s   exit cmd 10 0 left 1 -> send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> close pipe
			11s  exit log 20 0  -> finish 0`},
		{name: "nor when it failed too often", options: "-k 1s --give-up 1/1h", told: true, lines: `
			5s   exit cmd 10 4 left 1 -> tell cmd exit 10 1024, tell cmd strays 1, send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> tell cmd abandon 1, tell cmd give-up, tell cmd leave, finish 4`},
		{name: "nor for a last run that timed out", options: "-t 5s -k 1s -m 0", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   tick           -> send cmd tree 9
			7s   tick           -> send cmd tree 9
			8s   tick           -> send cmd tree 9
			9s   tick           -> send cmd tree 9
			10s  tick           -> send cmd tree 9
			11s  tick           -> finish 124`},
		{name: "a storm of signals does not put that off", options: "-k 2s", lines: `
			0s   stop TERM      -> send cmd tree 15 +cont
			1s   stop TERM      -> send cmd tree 9
			1500ms stop TERM    ->
			2s   tick           -> send cmd tree 9
			2500ms stop TERM    ->
			3s   tick           -> send cmd tree 9
			3500ms stop TERM    ->
			4s   tick           -> send cmd tree 9
			4500ms stop TERM    ->
			5s   tick           -> send cmd tree 9
			5500ms stop TERM    ->
			6s   tick           -> finish 125`},
		{name: "strays of the log command that dmon waits for, and a stop", options: "-k 1s -- log", lines: `
			5s   exit log 20 0 left 1 -> send log tree 15 +cont
			6s   tick           -> send log tree 9
			7s   tick           -> send log tree 9
			8s   tick           -> send log tree 9
			9s   tick           -> send log tree 9
			10s  tick           -> send log tree 9
			11s  tick           ->
			11s  due never
			20s  stop TERM      -> send cmd tree 15 +cont
			20s  exit cmd 10 0  -> close pipe, send log tree 9
			20s  drained 7      ->
			21s  tick           -> send log tree 9
			22s  tick           -> send log tree 9
			23s  tick           -> send log tree 9
			24s  tick           -> send log tree 9
			25s  tick           -> finish 0`},
		{name: "strays of the log command that dmon waits for, whatever the command is to do", options: "-k 1s -m 0 -- log", lines: `
			5s   exit log 20 0 left 1 -> send log tree 15 +cont
			6s   tick           -> send log tree 9
			7s   tick           -> send log tree 9
			8s   tick           -> send log tree 9
			9s   tick           -> send log tree 9
			10s  tick           -> send log tree 9
			11s  tick           ->
			11s  due never
			20s  orphan log left 0 -> start log 2`},
		{name: "strays of the log command given up in time are followed by a log command", options: "-k 1s -- log", lines: `
			1s   stop TERM      -> send cmd tree 15 +cont
			1s   exit log 20 1 left 1 -> send log tree 15 +cont
			1s   exit cmd 10 0  -> close pipe
			1s   drained 7      ->
			2s   tick           -> send log tree 9
			3s   tick           -> send log tree 9
			4s   tick           -> send log tree 9
			5s   tick           -> send log tree 9
			6s   tick           -> send log tree 9
			7s   tick           -> close pipe
			7s   drained 7      -> start log 2
			7s   up log 21      ->
			8s   exit log 21 0  -> finish 0`},
	})
}
