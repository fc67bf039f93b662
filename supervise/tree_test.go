package supervise

import "testing"

// CONTRACT.md section 4: "--kill-mode main restricts stopping to the main
// process and leaves the others alone."
func TestKillModeMain(t *testing.T) {
	runPlays(t, []play{
		{name: "the ladder is for the main process", options: "--kill-mode=main", lines: `
			5s   stop TERM      -> send cmd main 15 +cont
			15s  tick           -> send cmd main 9
			16s  tick           -> send cmd main 9
			16s  exit cmd 10 sig9 left 3 -> finish 137`},
		{name: "what it leaves behind is left alone", options: "--kill-mode=main", lines: `
			5s   exit cmd 10 0 left 2 -> start cmd 2
			5s   up cmd 11      ->
			6s   stop TERM      -> send cmd main 15 +cont
			6s   exit cmd 11 sig15 left 2 -> finish 143`},
		{name: "a sequence of one's own", options: "--kill-mode=main --stop-sequence INT/1s/KILL", lines: `
			5s   stop TERM      -> send cmd main 2 +cont
			6s   tick           -> send cmd main 9
			6s   exit cmd 10 sig9 -> finish 137`},
	})
}

// CONTRACT.md section 4: "With --forking the command is up as long as any
// descendant lives". Who is the heir is for the system to say.
func TestHeirs(t *testing.T) {
	runPlays(t, []play{
		{name: "the run goes on with the heir", told: true, lines: `
			1s   heir cmd 10 0 11 left 1 -> tell cmd exit 10 0, tell cmd start 11
			9s   exit cmd 11 3  -> tell cmd exit 11 768, start cmd 2`},
		{name: "its timeout is the run's", options: "-t 5s", lines: `
			1s   heir cmd 10 0 11 left 1 ->
			5s   tick           -> send cmd tree 15 +cont
			5s   exit cmd 11 sig15 -> start cmd 2`},
		{name: "its end is the run's", options: "-1", lines: `
			1s   heir cmd 10 1 11 left 1 ->
			5s   exit cmd 11 0  -> finish 0`},
		{name: "an heir while stopping", options: "--stop-sequence TERM:main/1s/INT:main/1s/KILL", lines: `
			5s   stop TERM      -> send cmd main 15 +cont
			5s   heir cmd 10 sig15 11 left 1 ->
			6s   tick           -> send cmd main 2 +cont
			6s   exit cmd 11 sig2 -> finish 130`},
		{name: "its uptime is the run's", lines: `
			900ms heir cmd 10 0 11 left 1 ->
			1s   exit cmd 11 1  -> start cmd 2`},
		{name: "signals are for the heir", options: "-s USR1", lines: `
			1s   heir cmd 10 0 11 left 1 ->
			2s   signal USR1    -> send cmd main 10`},
	})
}

// CONTRACT.md section 3: with --tty "^Z suspends both".
func TestHalted(t *testing.T) {
	runPlays(t, []play{
		{name: "a command that has the terminal takes dmon along", options: "--tty", lines: `
			5s   halted cmd 10  -> freeze cmd, suspend
			9s   continue       -> thaw cmd`},
		{name: "one that does not is on its own", lines: `
			5s   halted cmd 10  ->`},
		{name: "our own pause is no ^Z", options: "--tty", lines: `
			5s   gate closed    -> freeze cmd
			5s   halted cmd 10  ->
			9s   gate open      -> thaw cmd`},
		{name: "another process is nothing to us", options: "--tty", lines: `
			5s   halted cmd 99  ->`},
		{name: "nor is the log command", options: "--tty -- log", lines: `
			5s   halted log 20  ->`},
	})
}
