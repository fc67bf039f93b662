package supervise

import "testing"

// What a condition brings about, in each state that a command can be in.
func TestConditions(t *testing.T) {
	runPlays(t, []play{
		{name: "an age", options: "--if restart:age=1h -m 0 --give-up 1/1h", lines: `
			0s   due 1h
			1h   tick           -> send cmd tree 15 +cont
			1h   exit cmd 10 sig15 -> start cmd 2
			1h   up cmd 11      ->
			1h   due 2h`},
		{name: "a part by chance", options: "--if restart:age=1h~10m", lines: `
			0s   due 1h5m`},
		{name: "an age by which dmon leaves", options: "--if stop:age=1h", told: true, lines: `
			1h   tick           -> tell cmd reach 10, tell cmd leave, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			1h   exit cmd 10 0  -> tell cmd exit 10 0, finish 124`},
		{name: "two ages", options: "--if tell:age=50m --if restart:age=1h", told: true, lines: `
			50m  tick           -> tell cmd tell 10
			1h   tick           -> tell cmd reach 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			1h   exit cmd 10 sig15 -> tell cmd exit 10 15, start cmd 2
			1h   up cmd 11      -> tell cmd tell 11, tell cmd start 11
			1h   due 1h50m`},
		{name: "two that are reached at once", options: "--if USR1:age=1h --if tell:age=1h", told: true, lines: `
			1h   tick           -> tell cmd reach 10, send cmd main 10, tell cmd signal 10 10, tell cmd tell 10
			1h   due never`},
		{name: "an age begins anew after a pause", options: "--if restart:age=1h", lines: `
			30m  gate closed    -> freeze cmd
			30m  due never
			40m  gate open      -> thaw cmd
			40m  due 1h40m`},
		{name: "and after ^Z", options: "--if restart:age=1h", lines: `
			30m  suspend        -> freeze cmd, suspend
			40m  continue       -> thaw cmd
			40m  due 1h40m`},
		{name: "an age in a start that hangs", options: "--if restart:age=1h", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			1h   tick           -> send cmd tree 15 +cont
			1h   early-exit cmd 10 sig15 -> start cmd 2`},
		{name: "no age in a delay, nor in a stop", options: "--if restart:age=1h --backoff 2h:2h -k 2h", lines: `
			0s   exit cmd 10 1  ->
			0s   due 2h
			2h   tick           -> start cmd 2
			2h   up cmd 11      ->
			2h30m stop TERM     -> send cmd tree 15 +cont
			2h30m due 4h30m`},
		{name: "a limit is a failure", options: "--if restart:memory --give-up 2/1h --backoff 1s:1s", lines: `
			100ms met 0         -> send cmd tree 15 +cont
			100ms met 0         ->
			200ms exit cmd 10 0 ->
			1200ms tick         -> start cmd 2
			1200ms up cmd 11    ->
			2s   met 0 1        ->
			2s   met 0          -> send cmd tree 15 +cont
			2s   exit cmd 11 0  -> finish 124`},
		{name: "a limit that ends dmon", options: "--if stop:cpu -m 9", lines: `
			1m   met 0          -> send cmd tree 15 +cont
			1m   exit cmd 10 0  -> finish 124`},
		{name: "what is no limit of ours", options: "--if stop:", lines: `
			1m   met 0          -> send cmd tree 15 +cont
			1m   exit cmd 10 7  -> finish 7`},
		{name: "before the beginning", options: "--if stop:", lines: `
			0s   met 0          -> finish 0
			0s   begin          ->`},
		{name: "told once, and once again", options: "--if tell:idle", told: true, lines: `
			1m   met 0          -> tell cmd tell 10
			2m   met 0          ->
			3m   unmet 0        -> tell cmd tell 10
			3m   unmet 0        ->`},
		{name: "no news of a run that is over or stands still", options: "--if restart:memory", lines: `
			1m   gate closed    -> freeze cmd
			1m   met 0          ->
			2m   gate open      -> thaw cmd
			2m   met 0 7        ->
			3m   stop TERM      -> send cmd tree 15 +cont
			3m   met 0          ->`},
		{name: "a change in a pause is made good", options: "--if restart:changed", lines: `
			1m   gate closed    -> freeze cmd
			1m   met 0          ->
			2m   gate open      -> thaw cmd, send cmd tree 15 +cont
			2m   exit cmd 10 sig15 -> start cmd 2`},
		{name: "a change ends a delay", options: "--if restart:changed --backoff 1h:1h", lines: `
			0s   exit cmd 10 1  ->
			1s   met 0          -> start cmd 2`},
		{name: "a change starts nothing that is down", options: "--if restart:changed", lines: `
			5s   down           -> send cmd tree 15 +cont
			5s   met 0          ->
			6s   exit cmd 10 0  ->
			7s   met 0          ->
			7s   due never`},
		{name: "changes by the command itself", options: "--if restart:changed", told: true, lines: `
			0s   met 0          -> tell cmd reach 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			0s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			0s   up cmd 11      -> tell cmd start 11
			0s   met 0          -> tell cmd reach 11, tell cmd stop 11, send cmd tree 15 +cont, tell cmd signal 11 15
			0s   exit cmd 11 0  -> tell cmd exit 11 0, start cmd 3
			0s   up cmd 12      -> tell cmd start 12
			0s   met 0          -> tell cmd reach 12, tell cmd stop 12, send cmd tree 15 +cont, tell cmd signal 12 15
			0s   exit cmd 12 0  -> tell cmd exit 12 0, start cmd 4
			0s   up cmd 13      -> tell cmd start 13
			0s   met 0          -> tell cmd reach 13, tell cmd stop 13, send cmd tree 15 +cont, tell cmd signal 13 15
			0s   exit cmd 13 0  -> tell cmd exit 13 0, start cmd 5
			0s   up cmd 14      -> tell cmd start 14
			0s   met 0          -> tell cmd blind
			9s   met 0          ->`},
		{name: "changes that began later are the user's", options: "--if restart:changed", lines: `
			10s  met 0 ago 9s   -> send cmd tree 15 +cont
			10s  exit cmd 10 0  -> start cmd 2
			10s  up cmd 11      ->
			20s  met 0 ago 9s   -> send cmd tree 15 +cont
			20s  exit cmd 11 0  -> start cmd 3
			20s  up cmd 12      ->
			30s  met 0 ago 9s   -> send cmd tree 15 +cont
			30s  exit cmd 12 0  -> start cmd 4
			30s  up cmd 13      ->
			40s  met 0 ago 9s   -> send cmd tree 15 +cont
			40s  exit cmd 13 0  -> start cmd 5
			40s  up cmd 14      ->
			50s  met 0 ago 8999ms -> send cmd tree 15 +cont`},
		{name: "signals that bring about the change", options: "--if HUP:changed --if restart:changed", told: true, lines: `
			9s   met 0          -> tell cmd reach 10, send cmd main 1, tell cmd signal 10 1
			9s   met 0          -> tell cmd reach 10, send cmd main 1, tell cmd signal 10 1
			9s   met 0          -> tell cmd reach 10, send cmd main 1, tell cmd signal 10 1
			15s  met 0 ago 5500ms -> tell cmd reach 10, send cmd main 1, tell cmd signal 10 1
			16s  met 0 ago 500ms -> tell cmd reach 10, send cmd main 1, tell cmd signal 10 1
			17s  met 0 ago 500ms -> tell cmd blind
			99s  met 0          ->
			99s  met 1          -> tell cmd reach 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15`},
		{name: "no signal for a change before the program is there", options: "--if HUP:changed --backoff 1h:1h", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			1s   met 0          ->
			2s   executed cmd 10 -> ready
			3s   met 0          -> send cmd main 1
			3s   exit cmd 10 1  -> start cmd 2
			3s   up cmd 11      ->
			3s   exit cmd 11 1  ->
			4s   met 0          ->
			5s   stop TERM      -> finish 1`},
		{name: "told of each change", options: "--if tell:changed --backoff 1h:1h", told: true, lines: `
			0s   met 0          -> tell cmd tell 10
			0s   met 0          -> tell cmd tell 10
			0s   met 0          -> tell cmd tell 10
			0s   met 0          -> tell cmd tell 10
			0s   met 0          -> tell cmd tell 10
			0s   exit cmd 10 1  -> tell cmd exit 10 256, tell cmd delay 1h0m0s
			0s   met 0          -> tell cmd tell 0`},
		{name: "what cannot be seen is told", options: "--if restart:changed --if tell:", told: true, lines: `
			0s   trouble 0      -> tell cmd blind
			0s   trouble 1      -> tell cmd blind`},
	})
}

// What holds the command for as long as it is true.
func TestPausingConditions(t *testing.T) {
	runPlays(t, []play{
		{name: "true, and no longer", options: "--if pause: -t 5s", told: true, lines: `
			1s   met 0          -> freeze cmd, tell cmd pause 10
			1s   due never
			2s   met 0          ->
			9s   unmet 0        -> thaw cmd, tell cmd resume 10
			9s   due 13s
			10s  unmet 0        ->`},
		{name: "before the beginning", options: "--if pause:", told: true, lines: `
			0s   met 0          ->
			0s   begin          -> tell cmd hold, ready
			5s   unmet 0        -> start cmd 1`},
		{name: "one of two", options: "--if pause: --if pause:", lines: `
			1s   met 0          -> freeze cmd
			2s   met 1          -> freeze cmd
			3s   unmet 0        -> freeze cmd
			4s   unmet 1        -> thaw cmd`},
		{name: "what is told holds nothing", options: "--if tell: --if pause:", lines: `
			1s   met 0          ->
			2s   met 1          -> freeze cmd
			3s   unmet 1        -> thaw cmd`},
		{name: "beside the other gates", options: "--if pause:", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate closed user -> freeze cmd
			3s   met 0          -> freeze cmd
			4s   gate open      ->
			5s   gate open user ->
			6s   unmet 0        -> thaw cmd`},
		{name: "in a delay, a stop and out of it", options: "--if pause: --backoff 1h:1h", lines: `
			0s   exit cmd 10 1  ->
			1s   met 0          ->
			1h   tick           ->
			2h   unmet 0        -> start cmd 2
			2h   up cmd 11      ->
			2h   met 0          -> freeze cmd
			3h   stop TERM      -> send cmd tree 15 +cont, thaw cmd
			3h   unmet 0        ->
			3h   exit cmd 11 0  -> finish 0`},
		{name: "after ^Z it is put back", options: "--if pause:", lines: `
			1s   met 0          -> freeze cmd
			2s   suspend        -> freeze cmd, suspend
			9s   continue       -> freeze cmd
			10s  unmet 0        -> thaw cmd`},
		{name: "a start that hangs is held too", options: "--if pause:", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			1s   met 0          -> freeze cmd, ready
			2s   unmet 0        -> thaw cmd
			3s   executed cmd 10 ->`},
		{name: "what works holds, and is asked meanwhile", options: "--if pause:works", lines: `
			0s   begin          -> start cmd 1, start job 1 1
			0s   forked 2 30    ->
			0s   up cmd 10      -> ready
			0s   exit 2 30 0    -> freeze cmd
			10s  tick           -> start job 2 1
			10s  forked 3 31    ->
			10s  exit 3 31 0    ->
			20s  tick           -> start job 3 1
			20s  forked 4 32    ->
			20s  exit 4 32 1    -> thaw cmd`},
	})
}
