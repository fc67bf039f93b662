package supervise

import "testing"

// CONTRACT.md section 6: "Above the limit at the time of a start, the start is
// held until the load is below -l."
func TestHold(t *testing.T) {
	runPlays(t, []play{
		{name: "the first start is held, and that is ready", lines: `
			0s   gate closed    ->
			0s   begin          -> ready
			5s   gate closed    ->
			9s   gate open      -> start cmd 1
			9s   up cmd 10      ->`},
		{name: "the log command is never held", options: "-- log", lines: `
			0s   gate closed    ->
			0s   begin          -> start log 1
			0s   forked log 20  ->
			1s   executed log 20 -> ready
			9s   gate open      -> start cmd 1
			9s   up cmd 10      ->
			9s   gate closed    -> freeze cmd
			12s  exit log 20 0  -> start log 2`},
		{name: "a later start is held", lines: `
			5s   gate closed    -> freeze cmd
			6s   exit cmd 10 sig9 -> thaw cmd
			6s   due never
			7s   gate closed    ->
			9s   gate open      -> start cmd 2`},
		{name: "after a delay it is held, not before", lines: `
			0s   exit cmd 10 1  ->
			0s   gate closed    ->
			500ms gate open     ->
			500ms gate closed   ->
			1s   tick           ->
			9s   gate open      -> start cmd 2`},
		{name: "a delay goes on while the gate is closed", lines: `
			0s   exit cmd 10 1  ->
			0s   gate closed    ->
			500ms gate open     ->
			1s   tick           -> start cmd 2`},
		{name: "a stop while the first start is held", lines: `
			0s   gate closed    ->
			0s   begin          -> ready
			5s   stop TERM      -> finish 143`},
		{name: "a stop while a later start is held", options: "-- log", lines: `
			5s   gate closed    -> freeze cmd
			6s   exit cmd 10 3  -> thaw cmd
			7s   stop TERM      -> close pipe
			7s   drained 0      ->
			8s   gate open      ->
			8s   exit log 20 0  -> finish 3`},
		{name: "an open gate that says so is nothing", lines: `
			0s   gate open      ->
			0s   begin          -> start cmd 1
			0s   gate open      ->
			0s   up cmd 10      -> ready
			1s   gate open      ->
			2s   gate closed    -> freeze cmd
			3s   gate open      -> thaw cmd
			4s   gate open      ->`},
	})
}

// "-L pauses COMMAND's whole tree (STOP) ...; -l resumes it (CONT)." "While
// paused, -t and every other clock about the run stands still. Stopping works
// at once. A process that appears in a paused tree is paused."
func TestPause(t *testing.T) {
	runPlays(t, []play{
		{name: "paused and resumed, as often as the gate says", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate open      -> thaw cmd
			3s   gate closed    -> freeze cmd
			4s   gate open      -> thaw cmd`},
		{name: "a gate that says again that it is closed stops what has appeared", lines: `
			1s   gate closed    -> freeze cmd
			2s   gate closed    -> freeze cmd
			3s   gate open      -> thaw cmd`},
		{name: "the timeout stands still", options: "-t 5s", lines: `
			4s   gate closed    -> freeze cmd
			4s   due never
			9s   early          ->
			10s  gate closed    -> freeze cmd
			1h   gate open      -> thaw cmd
			1h1s tick           -> send cmd tree 15 +cont`},
		{name: "the timeout stands still, twice", options: "-t 5s", lines: `
			1s   gate closed    -> freeze cmd
			11s  gate open      -> thaw cmd
			12s  gate closed    -> freeze cmd
			22s  gate open      -> thaw cmd
			25s  tick           -> send cmd tree 15 +cont`},
		{name: "the uptime stands still", lines: `
			500ms gate closed   -> freeze cmd
			9s   gate open      -> thaw cmd
			9499ms exit cmd 10 1 ->
			10499ms tick        -> start cmd 2
			10499ms up cmd 11   ->
			10999ms gate closed -> freeze cmd
			20s  gate open      -> thaw cmd
			20500ms exit cmd 11 1 -> start cmd 3`},
		{name: "the uptime stands still, twice", lines: `
			300ms gate closed   -> freeze cmd
			9300ms gate open    -> thaw cmd
			9600ms gate closed  -> freeze cmd
			9700ms gate open    -> thaw cmd
			10099ms exit cmd 10 1 ->
			11099ms tick        -> start cmd 2`},
		{name: "one pause does not count for the next run", options: "-t 5s", lines: `
			1s   gate closed    -> freeze cmd
			9s   gate open      -> thaw cmd
			10s  exit cmd 10 1  -> start cmd 2
			10s  up cmd 11      ->
			11s  exit cmd 11 1  -> start cmd 3
			11s  up cmd 12      ->
			16s  tick           -> send cmd tree 15 +cont`},
		{name: "a paused process that dies has run as long as it ran", lines: `
			500ms gate closed   -> freeze cmd
			9s   exit cmd 10 sig9 -> thaw cmd
			10s  tick           ->
			11s  gate open      -> start cmd 2`},
		{name: "its delay is that of a short run", lines: `
			500ms gate closed   -> freeze cmd
			9s   exit cmd 10 sig9 -> thaw cmd
			9s   gate open      ->
			10s  tick           -> start cmd 2`},
		{name: "a stop works at once and wakes the tree", options: "-t 5s", lines: `
			1s   gate closed    -> freeze cmd
			2s   stop TERM      -> send cmd tree 15 +cont, thaw cmd
			3s   gate closed    ->
			4s   gate open      ->
			12s  tick           -> send cmd tree 9
			12s  exit cmd 10 sig9 -> finish 137`},
		{name: "strays of a paused tree are woken to end", lines: `
			1s   gate closed    -> freeze cmd
			2s   exit cmd 10 sig9 left 2 -> send cmd tree 15 +cont, thaw cmd
			3s   gate closed    ->
			4s   orphan cmd left 0 ->
			5s   gate open      -> start cmd 2`},
		{name: "what is being stopped is not paused", options: "-t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   gate closed    ->
			15s  tick           -> send cmd tree 9
			15s  exit cmd 10 sig9 ->
			16s  gate open      -> start cmd 2`},
		{name: "a pause between fork and exec is as good as a hold", options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   up log 20      -> start cmd 1
			0s   forked cmd 10  ->
			0s   gate closed    -> freeze cmd, ready
			9s   gate open      -> thaw cmd
			9s   executed cmd 10 ->`},
		{name: "but the log command must have been executed", options: "-- log", lines: `
			0s   gate closed    ->
			0s   begin          -> start log 1
			0s   gate closed    ->
			0s   forked log 20  ->
			0s   gate closed    ->
			9s   executed log 20 -> ready`},
	})
}
