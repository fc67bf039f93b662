package supervise

import "testing"

// A command may be down because somebody wants it so; dmon stays.
func TestDownAndUp(t *testing.T) {
	runPlays(t, []play{
		{name: "down, and up again", told: true, lines: `
			5s   down           -> tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			6s   exit cmd 10 sig15 -> tell cmd exit 10 15, tell cmd down
			6s   due never
			1h   bring up       -> start cmd 2
			1h   bring up       ->`},
		{name: "it is no end of its own", options: "-m 0 --no-respawn-on TERM --give-up 1/1h -1", lines: `
			5s   down           -> send cmd tree 15 +cont
			6s   exit cmd 10 sig15 ->
			1h   bring up       -> start cmd 2
			1h   up cmd 11      ->
			1h   exit cmd 11 0  -> finish 0`},
		{name: "a respawn of the log command does not start it", options: "-- log", lines: `
			5s   down           -> send cmd tree 15 +cont
			5s   exit cmd 10 sig15 ->
			6s   exit log 20 0  -> start log 2
			6s   up log 21      ->
			7s   bring up       -> start cmd 2`},
		{name: "up in time", lines: `
			5s   down           -> send cmd tree 15 +cont
			6s   bring up       ->
			7s   exit cmd 10 sig15 -> start cmd 2`},
		{name: "during a delay", lines: `
			0s   exit cmd 10 1  ->
			500ms down          ->
			500ms due never
			9s   bring up       -> start cmd 2`},
		{name: "while what it left is ended", lines: `
			5s   exit cmd 10 1 left 1 -> send cmd tree 15 +cont
			6s   down           ->
			7s   orphan cmd left 0 ->
			7s   due never`},
		{name: "a run that ends by itself while it is not wanted", options: "-m 0", lines: `
			5s   exit cmd 10 1 left 1 -> send cmd tree 15 +cont
			6s   down           ->
			7s   orphan cmd left 0 ->
			8s   stop TERM      -> finish 1`},
		{name: "a gate", lines: `
			1s   gate closed    -> freeze cmd
			5s   down           -> send cmd tree 15 +cont, thaw cmd
			6s   exit cmd 10 sig15 ->
			7s   gate open      ->
			8s   gate closed    ->
			9s   bring up       ->
			10s  gate open      -> start cmd 2`},
		{name: "a held start is none", lines: `
			0s   gate closed    ->
			0s   begin          -> ready
			1s   down           ->
			2s   gate open      ->
			3s   bring up       -> start cmd 1`},
		{name: "down from the beginning", options: "-- log", lines: `
			0s   down           ->
			0s   begin          -> start log 1
			0s   up log 20      -> ready
			1s   exit log 20 0  -> start log 2
			1s   up log 21      ->
			2s   bring up       -> start cmd 1`},
		{name: "up before its turn", options: "-- log", lines: `
			0s   down           ->
			0s   begin          -> start log 1
			0s   forked log 20  ->
			0s   bring up       ->
			0s   executed log 20 -> start cmd 1`},
		{name: "down between fork and exec", lines: `
			0s   begin          -> start cmd 1
			0s   forked cmd 10  ->
			0s   down           -> send cmd tree 15 +cont, ready
			0s   early-exit cmd 10 sig15 ->
			1s   bring up       -> start cmd 2`},
		{name: "a stop while it is down", options: "-- log", lines: `
			5s   down           -> send cmd tree 15 +cont
			6s   exit cmd 10 3  ->
			7s   stop TERM      -> close pipe
			7s   bring up       ->
			7s   restart request ->
			7s   exit log 20 0  -> finish 3`},
		{name: "what cannot be ended is waited for", options: "-k 1s -m 0", lines: `
			0s   down           -> send cmd tree 15 +cont
			1s   tick           -> send cmd tree 9
			2s   tick           -> send cmd tree 9
			3s   tick           -> send cmd tree 9
			4s   tick           -> send cmd tree 9
			5s   tick           -> send cmd tree 9
			6s   tick           ->
			6s   due never`},
	})
}

// "restart: the stop sequence, then the next run at once. For age, changed and on
// request that is no failure: -m, --give-up and the backoff do not see it. For
// the others it is one, as with -t."
func TestRestart(t *testing.T) {
	runPlays(t, []play{
		{name: "by request, however short the run and whatever its status", told: true, options: "-m 0 --give-up 1/1h --no-respawn-on 9 -i 5s -1", lines: `
			0s   restart request -> tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			0s   exit cmd 10 9  -> tell cmd exit 10 2304, start cmd 2
			0s   up cmd 11      -> tell cmd start 11
			0s   restart age    -> tell cmd stop 11, send cmd tree 15 +cont, tell cmd signal 11 15
			0s   exit cmd 11 0  -> tell cmd exit 11 0, start cmd 3
			0s   up cmd 12      -> tell cmd start 12
			0s   restart changed -> tell cmd stop 12, send cmd tree 15 +cont, tell cmd signal 12 15
			0s   exit cmd 12 0  -> tell cmd exit 12 0, start cmd 4`},
		{name: "a condition is a failure", options: "-m 1", lines: `
			5s   restart memory -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> start cmd 2
			5s   up cmd 11      ->
			9s   restart watchdog -> send cmd tree 15 +cont
			9s   exit cmd 11 0  -> finish 124`},
		{name: "a condition after a short run", lines: `
			0s   restart cpu    -> send cmd tree 15 +cont
			0s   exit cmd 10 0  ->
			1s   tick           -> start cmd 2`},
		{name: "a condition is no success", options: "-1 --success 0,124", lines: `
			5s   restart idle   -> send cmd tree 15 +cont
			5s   exit cmd 10 0  -> start cmd 2`},
		{name: "the backoff goes on where it was", lines: `
			0s   exit cmd 10 1  ->
			1s   tick           -> start cmd 2
			1s   up cmd 11      ->
			1s   restart request -> send cmd tree 15 +cont
			1s   exit cmd 11 0  -> start cmd 3
			1s   up cmd 12      ->
			1s   exit cmd 12 1  ->
			3s   tick           -> start cmd 4`},
		{name: "in a delay it is over", lines: `
			0s   exit cmd 10 1  ->
			500ms restart request -> start cmd 2`},
		{name: "what is held stays held", lines: `
			0s   gate closed    ->
			0s   begin          -> ready
			1s   restart request ->
			2s   gate open      -> start cmd 1`},
		{name: "what was down is wanted", lines: `
			5s   down           -> send cmd tree 15 +cont
			5s   exit cmd 10 0  ->
			6s   restart request -> start cmd 2`},
		{name: "what is being stopped is not stopped again", options: "-t 5s", lines: `
			5s   tick           -> send cmd tree 15 +cont
			6s   restart request ->
			7s   exit cmd 10 0  -> start cmd 2`},
		{name: "while the end of a run is awaited", options: "--key-wait 100ms -m 0", lines: `
			5s   exit cmd 10 sig2 ->
			5s   restart request ->
			5100ms tick         -> finish 130`},
		{name: "before the command has begun", options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   restart request ->
			0s   up log 20      -> start cmd 1`},
		{name: "INT by request is no key", options: "--key-wait 100ms --stop-sequence INT", lines: `
			5s   restart request -> send cmd tree 2 +cont
			5s   exit cmd 10 sig2 -> start cmd 2`},
	})
}

// The command is held as long as one gate is closed.
func TestGates(t *testing.T) {
	runPlays(t, []play{
		{name: "two", told: true, lines: `
			1s   gate closed user -> freeze cmd, tell cmd pause 10
			2s   gate closed    -> freeze cmd
			3s   gate open user ->
			4s   gate closed    -> freeze cmd
			5s   gate open      -> thaw cmd, tell cmd resume 10
			6s   gate open user ->`},
		{name: "a start", lines: `
			0s   gate closed    ->
			0s   gate closed user ->
			0s   begin          -> ready
			3s   gate open      ->
			4s   gate open user -> start cmd 1`},
		{name: "the clocks of the run stand still for both", options: "-t 5s", lines: `
			4s   gate closed    -> freeze cmd
			5s   gate closed user -> freeze cmd
			6s   gate open      ->
			6s   due never
			9s   gate open user -> thaw cmd
			10s  tick           -> send cmd tree 15 +cont`},
	})
	m := NewMachine(Policy{}, epoch)
	m.Step(epoch, Gate{Source: UserGate, Closed: true, Reason: "asked"})
	m.Step(epoch, Gate{Closed: true, Reason: "load"})
	if why := m.snapshot().Gate; why != "load" {
		t.Errorf("held by %q", why)
	}
}

// One table says what follows from a reason; its words are those of CONTRACT.md
// section 13.
func TestReasons(t *testing.T) {
	want := []string{"", "exit", "signal", "timeout", "memory", "cpu", "procs", "idle", "age", "changed", "check", "watchdog", "ready", "request", "stop", "oom", "spawn"}
	for why := range reasonCount {
		r := reasons[why]
		if r.word != want[why] {
			t.Errorf("%d is %q, not %q", why, r.word, want[why])
		}
		if r.unseen && (r.failed || r.own || r.status != 0) || r.own && r.failed || r.status != 0 && !r.failed {
			t.Errorf("%q contradicts itself: %+v", r.word, r)
		}
	}
}

// The cause of an end is in what is told of it.
func TestCauses(t *testing.T) {
	for lines, want := range map[string]string{
		"5s exit cmd 10 0":                         "exit:exit",
		"5s exit cmd 10 sig9":                      "exit:signal",
		"9s tick\n9s exit cmd 10 0":                "timeout:timeout stop:timeout exit:timeout",
		"5s stop TERM\n5s exit cmd 10 0":           "leave:asked stop:stop exit:stop",
		"5s down\n5s exit cmd 10 0":                "stop:request exit:request",
		"5s restart procs\n5s exit cmd 10 0":       "stop:procs exit:procs",
		"5s heir cmd 10 0 11\n6s exit cmd 11 sig1": "exit:exit exit:signal",
	} {
		got := ""
		for _, e := range events(t, "-t 9s", "0s begin\n0s up cmd 10\n"+lines) {
			switch e.Kind {
			case Stopping, Exited, TimedOut, Leaving:
				got += " " + e.Kind.String() + ":" + e.Cause
			}
		}
		if got != " "+want {
			t.Errorf("%q: %s", lines, got)
		}
	}
}

// A signal that somebody asks for goes to whom there is.
func TestDeliver(t *testing.T) {
	runPlays(t, []play{
		{name: "to the main process, to all", told: true, lines: `
			1s   deliver main HUP -> send cmd main 1, tell cmd signal 10 1
			1s   deliver tree HUP -> send cmd tree 1, tell cmd signal 10 1`},
		{name: "to what is left", lines: `
			5s   exit cmd 10 1 left 1 -> send cmd tree 15 +cont
			6s   deliver main HUP ->
			6s   deliver tree HUP ->`},
		{name: "to nobody", lines: `
			0s   exit cmd 10 1  ->
			0s   deliver main HUP ->
			0s   deliver tree HUP ->`},
		{name: "while it is paused", lines: `
			1s   gate closed    -> freeze cmd
			2s   deliver main HUP -> send cmd main 1`},
	})
}

// Somebody hears that it is down whichever way it came to that.
func TestDownIsTold(t *testing.T) {
	runPlays(t, []play{
		{name: "from the beginning", told: true, lines: `
			0s   down           ->
			0s   begin          -> tell cmd down, ready`},
		{name: "in a delay", told: true, lines: `
			0s   exit cmd 10 1  -> tell cmd exit 10 256, tell cmd delay 1s
			0s   down           -> tell cmd down`},
	})
}
