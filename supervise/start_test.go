package supervise

import "testing"

// The order of the first starts, and when the launcher is told: "The invoking
// dmon returns only when COMMAND and LOGCOMMAND have been executed (or are
// held by the load gate)." "If either cannot be executed it says why and exits
// 126 or 127: nothing stays behind."
func TestFirstStart(t *testing.T) {
	runPlays(t, []play{
		{name: "the log command first; ready when both are executed", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   forked log 20   ->
			1s   executed log 20 -> start cmd 1
			1s   forked cmd 10   ->
			2s   executed cmd 10 -> ready
			3s   executed cmd 10 ->
			3s   due never`},
		{name: "it begins once", lines: `
			0s   begin           -> start cmd 1
			0s   up cmd 10       -> ready
			1s   begin           ->
			2s   exit cmd 10 0   -> start cmd 2
			2s   up cmd 11       ->`},
		{name: "the command is not found", lines: `
			0s   begin           -> start cmd 1
			0s   forked cmd 10   ->
			0s   broken cmd 10 127 -> finish 127`},
		{name: "a request about the process was refused", lines: `
			0s   begin           -> start cmd 1
			0s   forked cmd 10   ->
			0s   broken cmd 10 125 -> finish 125`},
		{name: "the command cannot be executed, the log command can", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   up log 20       -> start cmd 1
			0s   forked cmd 10   ->
			0s   broken cmd 10 126 -> close pipe
			0s   drained 0       ->
			1s   exit log 20 0   -> finish 126`},
		{name: "the log command is not found: the command never ran", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   forked log 20   ->
			0s   broken log 20 127 -> finish 127`},
		{name: "what ends a run ends the first start too", options: "-1 --success 127", lines: `
			0s   begin           -> start cmd 1
			0s   forked cmd 10   ->
			0s   broken cmd 10 127 -> finish 127`},
		{name: "a later start that fails is retried under the backoff", lines: `
			9s   exit cmd 10 0   -> start cmd 2
			9s   forked cmd 11   ->
			9s   broken cmd 11 127 ->
			10s  tick            -> start cmd 3
			10s  forked cmd 12   ->
			10s  broken cmd 12 126 ->
			12s  tick            -> start cmd 4
			12s  up cmd 13       ->`},
		{name: "also when it took long to fail", lines: `
			9s   exit cmd 10 0   -> start cmd 2
			9s   forked cmd 11   ->
			19s  broken cmd 11 127 ->
			20s  tick            -> start cmd 3`},
		{name: "it has not run at all", options: "--min-uptime 1ns", lines: `
			9s   exit cmd 10 0   -> start cmd 2
			9s   forked cmd 11   ->
			19s  broken cmd 11 127 ->
			20s  tick            -> start cmd 3`},
		{name: "what it left behind is stopped first, and that is no uptime", lines: `
			9s   exit cmd 10 0   -> start cmd 2
			9s   forked cmd 11   ->
			19s  broken cmd 11 127 left 1 -> send cmd tree 15 +cont
			20s  orphan cmd left 0 ->
			21s  tick            -> start cmd 3`},
		{name: "a later start of the log command that fails is retried", options: "-- log", lines: `
			9s   exit log 20 0   -> start log 2
			9s   forked log 21   ->
			9s   broken log 21 127 ->
			10s  tick            -> start log 3`},
		{name: "a start that fails is no success, even if 127 is", options: "-i 60s --success 127", lines: `
			9s   exit cmd 10 0   -> start cmd 2
			9s   forked cmd 11   ->
			9s   broken cmd 11 127 ->
			10s  tick            -> start cmd 3`},
		{name: "the log command ends before the command is executed", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   up log 20       -> start cmd 1
			0s   forked cmd 10   ->
			5s   exit log 20 0   -> start log 2
			5s   executed cmd 10 ->
			5s   up log 21       -> ready`},
		{name: "the log command waits to come back when the command is executed", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   up log 20       -> start cmd 1
			0s   forked cmd 10   ->
			0s   exit log 20 0   ->
			0s   executed cmd 10 -> ready
			1s   tick            -> start log 2`},
		{name: "the launcher is gone", options: "-- log", lines: `
			0s   stop 0          -> send cmd tree 15 +cont
			1s   exit cmd 10 sig15 -> close pipe
			1s   drained 0       ->
			1s   exit log 20 0   -> finish 143`},
		{name: "the launcher is gone while the first start is held", lines: `
			0s   gate closed     ->
			0s   begin           -> ready
			0s   stop 0          -> finish 125`},
	})
}

// F16, F17: no room for a process is no fault of the command. It is tried
// again after a second, or after the backoff where that is longer, for ever.
func TestF16F17ForkRefused(t *testing.T) {
	runPlays(t, []play{
		{name: "the first start", lines: `
			0s   begin           -> start cmd 1
			0s   refused cmd     ->
			1s   tick            -> start cmd 1
			1s   refused cmd     ->
			3s   tick            -> start cmd 1
			3s   up cmd 10       -> ready
			4s   exit cmd 10 0   -> start cmd 2`},
		{name: "the first start, and then it is not found", lines: `
			0s   begin           -> start cmd 1
			0s   refused cmd     ->
			1s   tick            -> start cmd 1
			1s   forked cmd 10   ->
			1s   broken cmd 10 127 -> finish 127`},
		{name: "the log command's first start", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   refused log     ->
			1s   tick            -> start log 1
			1s   up log 20       -> start cmd 1
			1s   up cmd 10       -> ready`},
		{name: "a later start keeps its number", options: "-m 1", lines: `
			9s   exit cmd 10 1   -> start cmd 2
			9s   refused cmd     ->
			10s  tick            -> start cmd 2
			10s  up cmd 11       ->
			19s  exit cmd 11 5   -> finish 5`},
		{name: "never faster than once a second", options: "--min-uptime 0s --backoff 10ms:20ms", lines: `
			0s   begin           -> start cmd 1
			0s   refused cmd     ->
			1s   tick            -> start cmd 1
			1s   refused cmd     ->
			2s   tick            -> start cmd 1
			2s   up cmd 10       -> ready
			2s   exit cmd 10 1   -> start cmd 2`},
		{name: "never slower than MAX", options: "--backoff 2s:3s", lines: `
			0s   begin           -> start cmd 1
			0s   refused cmd     ->
			2s   tick            -> start cmd 1
			2s   refused cmd     ->
			5s   tick            -> start cmd 1
			5s   refused cmd     ->
			8s   tick            -> start cmd 1`},
		{name: "the log command comes back first: that is not ready", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   up log 20       -> start cmd 1
			0s   refused cmd     ->
			0s   exit log 20 1   ->
			1s   tick            -> start cmd 1, start log 2
			1s   refused cmd     ->
			1s   up log 21       ->
			3s   tick            -> start cmd 1
			3s   up cmd 10       -> ready`},
		{name: "it is no failed run", options: "--give-up 1/1h", lines: `
			0s   begin           -> start cmd 1
			0s   refused cmd     ->
			1s   tick            -> start cmd 1`},
		{name: "a stop before the first process", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   refused log     ->
			0s   stop TERM       -> finish 143`},
		{name: "a stop between the log command and the command", options: "-- log", lines: `
			0s   begin           -> start log 1
			0s   up log 20       -> start cmd 1
			0s   refused cmd     ->
			0s   stop INT        -> close pipe
			0s   drained 0       ->
			0s   exit log 20 0   -> finish 130`},
		{name: "a stop after runs: the status of the last one", lines: `
			9s   exit cmd 10 7   -> start cmd 2
			9s   refused cmd     ->
			9s   stop TERM       -> finish 7`},
		{name: "the gate closes meanwhile", lines: `
			0s   begin           -> start cmd 1
			0s   refused cmd     ->
			0s   gate closed     ->
			1s   tick            -> ready
			5s   gate open       -> start cmd 1
			5s   up cmd 10       ->`},
	})
}
