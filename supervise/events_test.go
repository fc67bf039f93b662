package supervise

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// CONTRACT.md section 7: a line per change, in the order in which things
// happen; what is told stands among what is done.
func TestEvents(t *testing.T) {
	runPlays(t, []play{
		{name: "a life of both", told: true, options: "-- log", lines: `
			0s   begin          -> start log 1
			0s   forked log 20  ->
			0s   executed log 20 -> tell log start 20, start cmd 1
			0s   forked cmd 10  ->
			0s   executed cmd 10 -> tell cmd start 10, ready
			0s   exit cmd 10 1  -> tell cmd exit 10 256, tell cmd delay 1s
			1s   tick           -> start cmd 2
			1s   up cmd 11      -> tell cmd start 11
			9s   exit cmd 11 sig9 -> tell cmd exit 11 9, start cmd 3
			9s   up cmd 12      -> tell cmd start 12
			10s  stop TERM      -> tell cmd leave, tell cmd stop 12, send cmd tree 15 +cont, tell cmd signal 12 15
			20s  tick           -> send cmd tree 9, tell cmd signal 12 9
			20s  exit cmd 12 sig9 -> tell cmd exit 12 9, close pipe
			20s  drained 5      ->
			30s  tick           -> tell log stop 20, send log tree 15 +cont, tell log signal 20 15
			30s  exit log 20 sig15 -> tell log exit 20 15, finish 137`},
		{name: "a timeout", told: true, options: "-t 5s", lines: `
			5s   tick           -> tell cmd timeout 10, tell cmd stop 10, send cmd tree 15 +cont, tell cmd signal 10 15
			5s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2`},
		{name: "a pause is told once", told: true, lines: `
			1s   gate closed    -> freeze cmd, tell cmd pause 10
			2s   gate closed    -> freeze cmd
			3s   gate open      -> thaw cmd, tell cmd resume 10
			4s   gate closed    -> freeze cmd, tell cmd pause 10`},
		{name: "a suspension is not told, a pause in it is", told: true, lines: `
			1s   suspend        -> freeze cmd, suspend
			2s   continue       -> thaw cmd
			3s   gate closed    -> freeze cmd, tell cmd pause 10
			4s   suspend        -> freeze cmd, suspend
			5s   continue       -> freeze cmd
			6s   gate open      -> thaw cmd, tell cmd resume 10`},
		{name: "a run that ended in a pause is not resumed", told: true, lines: `
			1s   gate closed    -> freeze cmd, tell cmd pause 10
			2s   exit cmd 10 sig9 -> tell cmd exit 10 9, thaw cmd, tell cmd hold
			3s   gate open      -> start cmd 2
			3s   up cmd 11      -> tell cmd start 11
			4s   suspend        -> freeze cmd, suspend
			5s   continue       -> thaw cmd`},
		{name: "a held start is told once", told: true, lines: `
			0s   gate closed    ->
			0s   begin          -> tell cmd hold, ready
			1s   gate closed    ->
			2s   gate open      -> start cmd 1`},
		{name: "strays: no pid, no line of --write-info", told: true, lines: `
			5s   exit cmd 10 0 left 2 -> tell cmd exit 10 0, tell cmd strays 2, send cmd tree 15 +cont
			15s  tick           -> send cmd tree 9
			15s  orphan cmd left 0 -> start cmd 2`},
		{name: "a start that fails", told: true, lines: `
			5s   exit cmd 10 0  -> tell cmd exit 10 0, start cmd 2
			5s   forked cmd 11  ->
			5s   broken cmd 11 127 -> tell cmd fail, tell cmd delay 1s
			6s   tick           -> start cmd 3
			6s   refused cmd    -> tell cmd fail, tell cmd delay 2s`},
		{name: "a log command that is started again at the end", told: true, options: "-m 0 -- log", lines: `
			0s   exit cmd 10 0  -> tell cmd exit 10 0, tell cmd leave, close pipe
			0s   drained 5      ->
			0s   exit log 20 1  -> tell log exit 20 256, close pipe
			0s   drained 5      -> tell log delay 1s
			1s   stop TERM      ->
			1s   tick           -> start log 2
			1s   up log 21      -> tell log start 21
			2s   stop TERM      -> tell log stop 21, send log tree 9, tell log signal 21 9`},
		{name: "forwarded signals", told: true, options: "-s HUP -S HUP,USR2 -- log", lines: `
			0s   begin          -> start log 1
			0s   signal HUP     ->
			0s   up log 20      -> tell log start 20, start cmd 1
			0s   up cmd 10      -> tell cmd start 10, ready
			1s   signal HUP     -> send cmd main 1, tell cmd signal 10 1, send log main 1, tell log signal 20 1
			2s   signal USR2    -> send log main 12, tell log signal 20 12
			3s   signal QUIT    ->`},
	})
}

// events plays lines and returns the events of them.
func events(t *testing.T, options, lines string) []Event {
	t.Helper()
	var told []Event
	m := NewMachine(parsePolicy(t, options), epoch)
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for _, in := range parseInput(t, m, line, words[1:]) {
			for _, a := range checkedStep(t, m, epoch.Add(mustDuration(t, words[0])), in) {
				if e, ok := a.(Emit); ok {
					told = append(told, e.Event)
				}
			}
		}
	}
	return told
}

// Events carry the number of the run and what caused them, in words.
func TestEventCauses(t *testing.T) {
	for _, row := range []struct {
		name, options, lines string
		kind                 Kind
		run                  int
		cause                string
	}{
		{"asked", "", "0s begin\n0s up cmd 10\n1s stop TERM", Leaving, 1, "asked"},
		{"-1", "-1", "0s begin\n0s up cmd 10\n1s exit cmd 10 0", Leaving, 1, "the command succeeded"},
		{"-m 0", "-m 0", "0s begin\n0s up cmd 10\n1s exit cmd 10 0", Leaving, 1, "no respawn is left"},
		{"-m 1", "-m 1", "0s begin\n0s up cmd 10\n1s exit cmd 10 0\n1s up cmd 11\n2s exit cmd 11 0", Leaving, 2, "no respawn is left"},
		{"list", "--no-respawn-on 3", "0s begin\n0s up cmd 10\n1s exit cmd 10 3", Leaving, 1, "the command ended in a way that is not followed by a respawn"},
		{"give up", "--give-up 1/5s", "0s begin\n0s up cmd 10\n1s exit cmd 10 3", Leaving, 1, "cmd failed once within 5s"},
		{"not found", "", "0s begin\n0s forked cmd 10\n1s broken cmd 10 127", Leaving, 1, "the command cannot be started"},
		{"log not found", "-- log", "0s begin\n0s forked log 10\n1s broken log 10 127", Leaving, 0, "the log command cannot be started"},
		{"log give up", "--give-up 2/1m -- log", "0s begin\n0s up log 20\n0s up cmd 10\n1s exit log 20 3\n1s up log 21\n2s exit log 21 3", Leaving, 1, "log failed 2 times within 1m"},
		{"hold", "", "0s gate closed\n0s begin", Held, 0, "load"},
		{"pause", "", "0s begin\n0s up cmd 10\n1s gate closed", Paused, 1, "load"},
		{"resume", "", "0s begin\n0s up cmd 10\n1s gate closed\n2s gate open", Resumed, 1, "load"},
	} {
		var found []Event
		for _, e := range events(t, row.options, row.lines) {
			if e.Kind == row.kind {
				found = append(found, e)
			}
		}
		if len(found) != 1 || found[0].Cause != row.cause || found[0].Run != row.run {
			t.Errorf("%s: %+v", row.name, found)
		}
	}
}

// Why a start failed is told each time, but only the first of a series of
// refused forks is news.
func TestEventFailures(t *testing.T) {
	told := events(t, "", `
		0s begin
		0s refused cmd
		1s tick
		1s refused cmd
		3s tick
		3s up cmd 10
		9s exit cmd 10 0
		9s refused cmd
		99s tick
		99s forked cmd 11
		99s broken cmd 11 127`)
	var failures []Event
	for _, e := range told {
		if e.Kind == Failed {
			failures = append(failures, e)
		}
	}
	want := []struct {
		again bool
		err   string
	}{
		{false, errFull.Error()}, {true, errFull.Error()}, {false, errFull.Error()}, {false, "cannot execute x: no"},
	}
	if len(failures) != len(want) {
		t.Fatalf("%+v", failures)
	}
	for i, w := range want {
		if f := failures[i]; f.Again != w.again || f.Err.Error() != w.err {
			t.Errorf("failure %d: %+v", i, f)
		}
	}
}

// A closed gate stays closed when it does not say why.
func TestGateWithoutReason(t *testing.T) {
	m := NewMachine(Policy{}, epoch)
	m.Step(epoch, Gate{Closed: true})
	if out := m.Step(epoch, Begin{}); len(out) != 2 || out[0].(Emit).Event.Cause == "" {
		t.Errorf("%v", out)
	}
	if out := m.Step(epoch.Add(time.Second), Gate{}); len(out) != 1 || out[0].String() != "start cmd 1" {
		t.Errorf("%v", out)
	}
}

// A gate that can no longer see says so, once, whatever it says of itself.
func TestEventBlindGate(t *testing.T) {
	m := NewMachine(Policy{MaxRespawns: -1}, epoch)
	now := time.Unix(0, 0)
	m.Step(now, Begin{})
	trouble := errors.New("no load to be had")
	out := m.Step(now, Gate{Trouble: trouble})
	if len(out) != 1 || out[0].(Emit).Event.Kind != Blind || out[0].(Emit).Event.Err != trouble {
		t.Errorf("got %v", out)
	}
	if out := m.Step(now, Gate{}); len(out) != 0 {
		t.Errorf("told again: %v", out)
	}
}
