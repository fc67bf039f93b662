package supervise

import "testing"

// CONTRACT.md section 4: "Order: COMMAND's tree first; then the pipe is
// closed, LOGCOMMAND reads to the end and exits by itself (up to 10 s, then
// the same stop sequence). No line is lost."
func TestDrain(t *testing.T) {
	const upAndStopped = `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> close pipe`
	runPlays(t, []play{
		{name: "it reads to the end and exits by itself", options: "-- log", lines: upAndStopped + `
			6s   drained 5000   ->
			15s  exit log 20 0  -> finish 0`},
		{name: "the pipe stays open until the last stray is gone", options: "-- log", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0 left 1 ->
			7s   orphan cmd left 0 -> close pipe`},
		{name: "after 10 s the stop sequence", options: "-k 2s -- log", lines: upAndStopped + `
			6s   drained 5000   ->
			16s  tick           -> send log tree 15 +cont
			18s  tick           -> send log tree 9
			18s  exit log 20 sig9 -> finish 0`},
		{name: "one that ends on that TERM is not started again", options: "-- log", lines: upAndStopped + `
			6s   drained 5000   ->
			16s  tick           -> send log tree 15 +cont
			17s  exit log 20 sig15 -> finish 0`},
		{name: "one that cannot be killed is given up", options: "--stop-sequence KILL -- log", lines: `
			6s   stop TERM      -> send cmd tree 9
			6s   exit cmd 10 sig9 -> close pipe
			6s   drained 5      ->
			16s  tick           -> send log tree 9
			17s  tick           -> send log tree 9
			18s  tick           -> send log tree 9
			19s  tick           -> send log tree 9
			20s  tick           -> send log tree 9
			21s  tick           -> finish 137`},
		{name: "one that crashes with lines unread is started again, after the backoff", options: "-- log", lines: upAndStopped + `
			6s   drained 5000   ->
			6s   exit log 20 1  -> close pipe
			6s   drained 4000   -> start log 2
			6s   up log 21      ->
			6s   exit log 21 sig11 -> close pipe
			6s   drained 3000   ->
			7s   tick           -> start log 3
			7s   up log 22      ->
			7s   exit log 22 1  -> close pipe
			7s   drained 2000   ->
			9s   tick           -> start log 4
			9s   up log 23      ->
			9s   exit log 23 0  -> finish 0`},
		{name: "one that crashes with nothing unread is not", options: "-- log", lines: upAndStopped + `
			6s   drained 5000   ->
			8s   exit log 20 1  -> close pipe
			8s   drained 0      -> finish 0`},
		{name: "one that has read everything is done", options: "-- log", lines: upAndStopped + `
			6s   drained 5000   ->
			8s   exit log 20 0  -> finish 0`},
		{name: "one that exits with 0 and leaves lines has a successor", options: "-- log", lines: upAndStopped + `
			6s   drained 5000   ->
			8s   exit log 20 0 unread 90 -> close pipe
			8s   drained 90     -> start log 2
			8s   up log 21      ->
			9s   exit log 21 0  -> finish 0`},
		{name: "no start after the time to read on", options: "--backoff 8s:8s -- log", lines: `
			500ms stop TERM     -> send cmd tree 15 +cont
			500ms exit cmd 10 0 -> close pipe
			500ms drained 5     ->
			500ms exit log 20 1 -> close pipe
			500ms drained 5     ->
			8500ms tick         -> start log 2
			8500ms up log 21    ->
			8500ms exit log 21 1 -> close pipe
			8500ms drained 5    ->
			10500ms tick        -> finish 0`},
		{name: "the time to read on is for all its runs", options: "-- log", lines: upAndStopped + `
			6s   drained 5      ->
			9s   exit log 20 1  -> close pipe
			9s   drained 5      -> start log 2
			9s   forked log 21  ->
			16s  tick           -> send log tree 15 +cont
			16s  exit log 21 0  -> finish 0`},
		{name: "a start that fails is tried again", options: "-- log", lines: upAndStopped + `
			6s   drained 5      ->
			9s   exit log 20 1  -> close pipe
			9s   drained 5      -> start log 2
			9s   forked log 21  ->
			9s   broken log 21 126 -> close pipe
			9s   drained 5      ->
			10s  tick           -> start log 3`},
		{name: "no room for a process: tried again while there is time", options: "--backoff 7s:30s -- log", lines: upAndStopped + `
			6s   drained 5      ->
			7s   exit log 20 1  -> close pipe
			7s   drained 5      -> start log 2
			7s   refused log    ->
			14s  tick           -> start log 2
			14s  refused log    ->
			16s  tick           -> finish 0`},
		{name: "a log command that waits is started at once if lines are unread", options: "--backoff 30s:30s -- log", lines: `
			0s   exit log 20 1  ->
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> close pipe
			6s   drained 1      -> start log 2
			6s   up log 21      ->
			7s   exit log 21 0  -> finish 0`},
		{name: "and not at all if none are", options: "--backoff 30s:30s -- log", lines: `
			0s   exit log 20 1  ->
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> close pipe
			6s   drained 0      -> finish 0`},
		{name: "that it waits no longer than the command is stopped", options: "-k 1s --backoff 6s:6s -- log", lines: `
			0s   exit log 20 1  ->
			0s   stop TERM      -> send cmd tree 15 +cont
			1s   tick           -> send cmd tree 9
			2s   tick           -> send cmd tree 9
			3s   tick           -> send cmd tree 9
			4s   tick           -> send cmd tree 9
			5s   tick           -> send cmd tree 9
			6s   tick           -> close pipe
			6s   drained 0      -> finish 125`},
		{name: "strays of a log command that read to the end", options: "-- log", lines: upAndStopped + `
			6s   drained 5      ->
			7s   exit log 20 0 left 1 -> send log tree 15 +cont
			8s   orphan log left 0 -> finish 0`},
		{name: "strays of one that left lines", options: "-- log", lines: upAndStopped + `
			6s   drained 5      ->
			7s   exit log 20 0 left 1 unread 5 -> send log tree 15 +cont
			8s   orphan log left 0 unread 5 -> close pipe
			8s   drained 5      -> start log 2`},
		{name: "its strays may be on the ladder already", options: "-- log", lines: `
			5s   exit log 20 1 left 1 -> send log tree 15 +cont
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> close pipe
			6s   drained 5      ->
			7s   orphan log left 0 -> close pipe
			7s   drained 5      -> start log 2`},
		{name: "no time to read on at all", options: "--drain 0s -- log", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> close pipe
			6s   drained 5      ->
			6s   tick           -> send log tree 15 +cont
			6s   exit log 20 1  -> finish 0`},
		{name: "nor to start for it", options: "--drain 0s -- log", lines: `
			0s   exit log 20 1  ->
			0s   stop TERM      -> send cmd tree 15 +cont
			0s   exit cmd 10 0  -> close pipe
			0s   drained 5      -> finish 0`},
		{name: "a log command whose last start failed is needed too", options: "-- log", lines: `
			5s   exit log 20 0  -> start log 2
			5s   forked log 21  ->
			5s   broken log 21 126 ->
			5s   stop TERM      -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> close pipe
			5s   drained 5      -> start log 3`},
		{name: "an answer about the pipe at another time is nothing", options: "-- log", lines: `
			0s   exit log 20 1  ->
			0s   drained 0      ->
			0s   drained 5      ->
			1s   tick           -> start log 2
			1s   up log 21      ->
			2s   stop TERM      -> send cmd tree 15 +cont
			2s   drained 0      ->
			2s   exit log 21 1  -> start log 3
			2s   up log 22      ->
			2s   exit cmd 10 0  -> close pipe
			2s   drained 0      ->
			2s   exit log 22 1  -> close pipe
			2s   drained 5      ->
			2500ms drained 0    ->
			2500ms drained 5    ->
			3s   tick           -> start log 4`},
	})
}

// A TERM while the log command reads on is what has been going on already; it
// must not cost a line. Another one is in earnest.
func TestStopWhileDraining(t *testing.T) {
	const draining = `
			6s   exit cmd 10 0  -> close pipe
			6s   drained 5000   ->`
	runPlays(t, []play{
		{name: "the first TERM leaves it its time, the second is KILL", options: "-1 -- log", lines: draining + `
			7s   stop TERM      ->
			8s   stop TERM      -> send log tree 9
			8s   exit log 20 sig9 -> finish 0`},
		{name: "the first TERM, and it reads to the end", options: "-1 -- log", lines: draining + `
			7s   stop TERM      ->
			9s   exit log 20 0  -> finish 0`},
		{name: "a TERM before and one after the end of the command", options: "-- log", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			6s   exit cmd 10 0  -> close pipe
			6s   drained 5000   ->
			7s   stop TERM      -> send log tree 9
			7s   stop TERM      ->
			7s   exit log 20 sig9 -> finish 0`},
		{name: "on the ladder, the second goes to KILL", options: "-1 -- log", lines: draining + `
			16s  tick           -> send log tree 15 +cont
			17s  stop TERM      ->
			18s  stop TERM      -> send log tree 9`},
		{name: "what KILL ended early is not started again", options: "-1 -- log", lines: draining + `
			6s   exit log 20 1 left 1 -> send log tree 15 +cont
			7s   stop TERM      ->
			8s   stop TERM      -> send log tree 9
			8s   orphan log left 0 -> finish 0`},
		{name: "a log command that waits to come back: the first lets it", options: "-1 -- log", lines: draining + `
			6s   exit log 20 1  -> close pipe
			6s   drained 5      -> start log 2
			6s   up log 21      ->
			6s   exit log 21 1  -> close pipe
			6s   drained 5      ->
			6s   stop TERM      ->
			7s   tick           -> start log 3`},
		{name: "a log command that waits to come back: the second does not", options: "-1 --backoff 3s:3s -- log", lines: draining + `
			6s   exit log 20 1  -> close pipe
			6s   drained 5      -> start log 2
			6s   up log 21      ->
			6s   exit log 21 1  -> close pipe
			6s   drained 5      ->
			6s   stop TERM      ->
			7s   stop TERM      -> finish 0`},
	})
}
