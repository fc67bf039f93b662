package supervise

import "testing"

// "The daemon's caller has its prompt back when COMMAND is ready, or the reason why
// it never was"; "a run that is not ready by then has failed (124)".
func TestReady(t *testing.T) {
	runPlays(t, []play{
		{name: "who started us waits until it is told", told: true, options: "--ready --ready-timeout 90s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			1s  executed cmd 10 -> tell cmd start 10, settled
			2s  executed cmd 10 ->
			2s  due 90s
			5s  ready           -> tell cmd ready 10, ready
			6s  ready           ->
			6s  due never
			7s  exit cmd 10 0   -> tell cmd exit 10 0, start cmd 2
			7s  forked cmd 11   ->
			8s  executed cmd 11 -> tell cmd start 11
			9s  ready earlier   ->`},
		{name: "what it tells may come before its execution is known", told: true, options: "--ready --ready-timeout 90s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			0s  ready           ->
			0s  executed cmd 10 -> tell cmd start 10, tell cmd ready 10, ready`},
		{name: "with a log command", options: "--ready -- log", lines: `
			0s  begin           -> start log 1
			0s  forked log 20   ->
			0s  ready           ->
			1s  executed log 20 -> start cmd 1
			1s  forked cmd 10   ->
			2s  executed cmd 10 -> settled
			3s  ready           -> ready
			9s  due never`},
		{name: "it has lived so long", told: true, options: "--ready-after 5s --ready-timeout 1s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			2s  executed cmd 10 -> tell cmd start 10, settled
			7s  tick            -> tell cmd ready 10, ready`},
		{name: "not in time: it has failed, and who started us hears of it", options: "--ready --ready-timeout 5s --await -k 2s", lines: `
			0s  begin           -> start cmd 1
			1s  up cmd 10       -> settled
			6s  tick            -> send cmd tree 15 +cont
			7s  exit cmd 10 0   -> finish 124`},
		{name: "not in time, and nobody waits", options: "--ready --ready-timeout 5s --await --give-up 2/1h", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			1s  ready           -> ready
			2s  exit cmd 10 0   -> start cmd 2
			2s  up cmd 11       ->
			7s  tick            -> send cmd tree 15 +cont
			8s  exit cmd 11 0   -> start cmd 3
			8s  up cmd 12       ->
			13s tick            -> send cmd tree 15 +cont
			13s exit cmd 12 0   -> finish 124`},
		{name: "in the foreground it is tried again", options: "--ready --ready-timeout 5s -m 1", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			5s  tick            -> send cmd tree 15 +cont
			5s  exit cmd 10 0   -> start cmd 2
			5s  up cmd 11       ->
			6s  ready           -> ready
			9s  exit cmd 11 3   -> finish 3`},
		{name: "it ends before", options: "--ready --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			5s  exit cmd 10 3   -> finish 3`},
		{name: "it ends before, and well, which is no readiness", options: "--ready --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			5s  exit cmd 10 0   -> finish 124`},
		{name: "it ends before, and that is all that was wanted", options: "--ready --await -1", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			5s  exit cmd 10 0   -> finish 0`},
		{name: "a new run by request is no end", options: "--ready --ready-timeout 9s --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			1s  restart request -> send cmd tree 15 +cont
			2s  exit cmd 10 0   -> start cmd 2
			2s  up cmd 11       ->
			2s  due 11s
			3s  ready           -> ready`},
		{name: "down by request, which is what there is then", options: "--ready --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			1s  down            -> send cmd tree 15 +cont, ready
			2s  exit cmd 10 0   ->
			3s  bring up        -> start cmd 2`},
		{name: "told to leave", options: "--ready --await --ready-timeout 9s", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			1s  stop TERM       -> send cmd tree 15 +cont
			2s  exit cmd 10 sig15 -> finish 143`},
		{name: "what shows before it is executed counts when it is", options: "--ready --ready-timeout 90s --await", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			0s  lacks pipe never ->
			0s  broken cmd 10 127 -> finish 127`},
		{name: "it can never be ready", options: "--ready --await", told: true, lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			0s  executed cmd 10 -> tell cmd start 10, settled
			2s  lacks pipe      ->
			3s  lacks pipe never ->
			3100ms tick         -> tell cmd reach 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			4s  exit cmd 10 0   -> tell cmd exit 10 0, tell cmd leave, finish 124`},
		{name: "it can never be ready, as is the way of what just ends", options: "--ready --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			3s  lacks pipe never ->
			3s  exit cmd 10 7   -> finish 7`},
		{name: "a run that says that it can never be ready before it is known to be executed", options: "--ready --ready-timeout 9s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			1s  lacks pipe never ->
			2s  executed cmd 10 -> settled
			2s  due 2100ms`},
	})
}

// A check that succeeds, asked often at first.
func TestReadyCheck(t *testing.T) {
	runPlays(t, []play{
		{name: "when it succeeds", options: "--ready-check --ready-timeout 90s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			1s  executed cmd 10 -> settled, start job 1 1
			1s  forked 2 30     ->
			1s  exit 2 30 1     ->
			1100ms tick         -> start job 2 1
			1100ms forked 3 31  ->
			1100ms exit 3 31 1  ->
			1300ms tick         -> start job 3 1
			1300ms forked 4 32  ->
			1300ms exit 4 32 0  -> ready
			1300ms due never
			9s  exit cmd 10 0   -> start cmd 2
			9s  up cmd 11       -> start job 4 1
			9s  forked 5 33     ->
			9s  exit 5 33 0     ->
			9s  due never`},
		{name: "not in time, nor in a pause", options: "--ready-check --ready-timeout 2s --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled, start job 1 1
			0s  forked 2 30     ->
			1s  gate closed     -> freeze cmd, ready, send job 1 tree 15 +cont
			1s  exit 2 30 sig15 ->
			9s  gate open       -> thaw cmd, start job 2 1
			9s  forked 3 31     ->
			10s tick            -> send cmd tree 15 +cont, send job 2 tree 15 +cont
			10s exit 3 31 0     ->
			10s exit cmd 10 0   -> start cmd 2`},
	})
}

// A pause is the gate's doing: who started us goes on as at a start that is held, and
// the time to become ready stands still.
func TestReadyPaused(t *testing.T) {
	runPlays(t, []play{
		{name: "paused while it starts", options: "--ready --ready-timeout 10s --await", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			4s  gate closed     -> freeze cmd, ready
			4s  due never
			50s gate open       -> thaw cmd
			50s due 56s
			56s tick            -> send cmd tree 15 +cont
			56s exit cmd 10 0   -> start cmd 2`},
		{name: "ready while it is paused", told: true, options: "--ready --ready-timeout 10s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			0s  executed cmd 10 -> tell cmd start 10, settled
			4s  gate closed     -> freeze cmd, tell cmd pause 10, ready
			5s  ready           -> tell cmd ready 10
			6s  gate open       -> thaw cmd, tell cmd resume 10
			6s  due never`},
		{name: "a part of its life in a pause does not count", options: "--ready-after 10s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			0s  gate closed     -> freeze cmd, ready
			2s  executed cmd 10 ->
			5s  gate open       -> thaw cmd
			5s  due 15s
			6s  suspend         -> freeze cmd, suspend
			16s continue        -> thaw cmd
			16s due 25s`},
		{name: "held, and then never ready: nobody waits any more", options: "--ready --ready-timeout 5s --await --min-uptime 0s", lines: `
			0s  gate closed     ->
			0s  begin           -> ready
			9s  gate open       -> start cmd 1
			9s  up cmd 10       ->
			14s tick            -> send cmd tree 15 +cont
			14s exit cmd 10 0   -> start cmd 2`},
	})
}

// What a run says of itself.
func TestNotice(t *testing.T) {
	runPlays(t, []play{
		{name: "ready, and how it is, in one", told: true, options: "--ready --ready-timeout 10s", lines: `
			0s  begin           -> start cmd 1
			0s  forked cmd 10   ->
			0s  executed cmd 10 -> tell cmd start 10, settled
			1s  says text=loading -> tell cmd text 10
			2s  says text=serving ready -> tell cmd ready 10, ready, tell cmd text 10
			3s  says text=serving ready ->
			4s  says reloading  -> tell cmd reload 10
			5s  says reloading  ->
			6s  says ready      -> tell cmd reload 10
			7s  says earlier text=x ->`},
		{name: "it ends, and is given the time of the first step", options: "--stop-sequence TERM/5s/KILL", lines: `
			3s  says stopping   ->
			4s  says stopping   ->
			5s  exit cmd 10 0   -> start cmd 2
			5s  up cmd 11       ->
			6s  says stopping   ->
			11s tick            -> send cmd tree 9
			11s exit cmd 11 sig9 -> start cmd 3`},
		{name: "what it ends with is its own", options: "--success 3 -1", lines: `
			3s  says stopping   ->
			5s  exit cmd 10 3   -> finish 3`},
		{name: "it ends in a pause", lines: `
			3s  gate closed     -> freeze cmd
			4s  says stopping   -> thaw cmd
			5s  exit cmd 10 0   ->
			6s  gate open       -> start cmd 2`},
		{name: "it ends when there is only KILL", options: "--stop-sequence KILL", lines: `
			3s  says stopping   ->
			4s  tick            -> send cmd tree 9`},
		{name: "it needs more time to start", options: "--ready --ready-timeout 10s", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			3s  says extend=5s  ->
			3s  due 10s
			8s  says extend=5s  ->
			8s  due 13s
			12s says extend=20s ready -> ready
			12s due never`},
		{name: "to start without a limit", options: "--ready", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			3s  says extend=5s  ->
			3s  due never`},
		{name: "to run, and to stop", options: "-t 10s", lines: `
			9s  says extend=5s  ->
			14s tick            -> send cmd tree 15 +cont
			15s says extend=5s  ->
			15s due 24s
			23s says extend=5s  ->
			28s tick            -> send cmd tree 9
			28s says extend=5s  ->
			28s due 29s`},
		{name: "more time, asked for in a pause", options: "--ready --ready-timeout 10s", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			3s  gate closed     -> freeze cmd, ready
			30s says extend=20s ->
			40s gate open       -> thaw cmd
			40s due 60s`},
	})
}

// "--watchdog TIME wants WATCHDOG=1 at least that often, else the run is restarted as a
// failure; pauses and sleeping machines do not count."
func TestWatchdog(t *testing.T) {
	runPlays(t, []play{
		{name: "silence", options: "--watchdog 10s --give-up 1/1h", lines: `
			9s  says alive      ->
			15s says text=x     ->
			19s tick            -> send cmd tree 15 +cont
			20s exit cmd 10 0   -> finish 124`},
		{name: "a failure like others", options: "--watchdog 10s -1", lines: `
			10s tick            -> send cmd tree 15 +cont
			10s exit cmd 10 0   -> start cmd 2`},
		{name: "not before it is ready", options: "--ready --watchdog 10s", lines: `
			0s  begin           -> start cmd 1
			0s  up cmd 10       -> settled
			1s  says alive      ->
			20s due never
			30s ready           -> ready
			30s due 40s`},
		{name: "a pause", options: "--watchdog 10s", lines: `
			9s  gate closed     -> freeze cmd
			9s  due never
			60s says alive      ->
			70s gate open       -> thaw cmd
			70s due 80s`},
		{name: "^Z", options: "--watchdog 10s", lines: `
			9s  suspend         -> freeze cmd, suspend
			60s continue        -> thaw cmd
			60s due 70s`},
		{name: "a machine that slept", options: "--watchdog 10s", lines: `
			0s  late 16s        ->
			16s due 26s
			16s late 31s        -> send cmd tree 15 +cont`},
		{name: "it says that it is ill, watched or not", lines: `
			3s  says ill        -> send cmd tree 15 +cont
			3s  exit cmd 10 0   -> start cmd 2`},
		{name: "it says how often it will speak", lines: `
			3s  says watchdog=5s ->
			3s  due 8s
			4s  says alive      ->
			9s  tick            -> send cmd tree 15 +cont
			9s  exit cmd 10 0   -> start cmd 2
			9s  up cmd 11       ->
			9s  due never`},
		{name: "no longer when it ends", options: "--watchdog 3s", lines: `
			1s  says stopping   ->
			2s  says alive      ->
			2s  due 11s`},
	})
}

// Who watches us hears of us whatever the command does.
func TestBeat(t *testing.T) {
	runPlays(t, []play{
		{name: "from the beginning to the end", options: "--beat 3s -- log", lines: `
			0s  begin           -> beat, start log 1
			0s  up log 20       -> start cmd 1
			0s  up cmd 10       -> ready
			3s  tick            -> beat
			4s  gate closed     -> freeze cmd
			6s  tick            -> beat
			7s  stop TERM       -> send cmd tree 15 +cont, thaw cmd
			9s  tick            -> beat
			9s  exit cmd 10 0   -> close pipe
			12s tick            -> beat
			13s exit log 20 0   -> finish 0`},
	})
}
