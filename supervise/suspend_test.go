package supervise

import "testing"

// CONTRACT.md section 3: "^Z suspends the whole and fg resumes it (a pause by
// the gate is put back)."
func TestSuspend(t *testing.T) {
	runPlays(t, []play{
		{name: "everything, and dmon last", options: "-- log", lines: `
			5s   suspend        -> freeze cmd, freeze log, suspend
			9s   continue       -> thaw cmd, thaw log`},
		{name: "with nothing but dmon", lines: `
			0s   exit cmd 10 1  ->
			0s   suspend        -> suspend
			9s   continue       ->
			9s   tick           -> start cmd 2`},
		{name: "before the beginning", lines: `
			0s   suspend        -> suspend
			9s   continue       ->
			9s   begin          -> start cmd 1`},
		{name: "the timeout stands still", options: "-t 5s", lines: `
			4s   suspend        -> freeze cmd, suspend
			4s   due never
			1h   continue       -> thaw cmd
			1h1s tick           -> send cmd tree 15 +cont`},
		{name: "the uptime stands still", lines: `
			500ms suspend       -> freeze cmd, suspend
			1h   continue       -> thaw cmd
			1h   exit cmd 10 1  ->
			1h1s tick           -> start cmd 2`},
		{name: "the stop sequence stands still", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			9s   suspend        -> freeze cmd, suspend
			1h   continue       -> thaw cmd
			1h6s tick           -> send cmd tree 9`},
		{name: "the stop sequence stands still while a gate is closed too", lines: `
			5s   gate closed    -> freeze cmd
			5s   stop TERM      -> send cmd tree 15 +cont, thaw cmd
			9s   suspend        -> freeze cmd, suspend
			1h   continue       -> thaw cmd
			1h6s tick           -> send cmd tree 9`},
		{name: "the time to read on stands still", options: "-- log", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> close pipe
			5s   drained 5      ->
			8s   suspend        -> freeze log, suspend
			1h   continue       -> thaw log
			1h1s exit log 20 1  -> close pipe
			1h1s drained 5      -> start log 2
			1h1s up log 21      ->
			1h7s tick           -> send log tree 15 +cont`},
		{name: "a pause by the gate is put back", options: "-t 5s -- log", lines: `
			1s   gate closed    -> freeze cmd
			5s   suspend        -> freeze cmd, freeze log, suspend
			9s   continue       -> freeze cmd, thaw log
			10s  due never
			20s  gate open      -> thaw cmd
			24s  tick           -> send cmd tree 15 +cont`},
		{name: "the same while the log command reads on", options: "-- log", lines: `
			5s   stop TERM      -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> close pipe
			5s   drained 5      ->
			6s   continue       ->
			7s   exit log 20 1  -> close pipe
			7s   drained 5      -> start log 2
			7s   up log 21      ->
			15s  tick           -> send log tree 15 +cont`},
		{name: "a process that dies while all is suspended", options: "-- log", lines: `
			5s   suspend        -> freeze cmd, freeze log, suspend
			9s   continue       -> thaw cmd, thaw log
			9s   exit cmd 10 sig9 -> start cmd 2
			9s   exit log 20 sig9 -> start log 2`},
	})
}
