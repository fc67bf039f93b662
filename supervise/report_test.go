package supervise

import (
	"strings"
	"testing"
	"time"
)

// CONTRACT.md section 5: only what the user asked for is forwarded, to the
// main process; "USR1 makes dmon say in one line what runs, since when, and
// what the gate sees".
func TestSignals(t *testing.T) {
	runPlays(t, []play{
		{name: "none is forwarded unasked", options: "-- log", lines: `
			1s   signal HUP     ->
			1s   signal QUIT    ->
			1s   signal USR2    ->
			1s   signal USR1    -> report`},
		{name: "to the one and to the other", options: "-s HUP,USR1 -S QUIT -- log", lines: `
			1s   signal HUP     -> send cmd main 1
			1s   signal QUIT    -> send log main 3
			1s   signal USR1    -> send cmd main 10`},
		{name: "USR1 for the log command is no report either", options: "-S USR1 -- log", lines: `
			0s   begin          -> start log 1
			0s   signal USR1    ->
			0s   up log 20      -> start cmd 1
			1s   signal USR1    -> send log main 10`},
		{name: "there is nobody to forward it to", options: "-s HUP", lines: `
			0s   signal HUP     ->
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready
			0s   exit cmd 10 0 left 1 -> send cmd tree 15 +cont
			0s   signal HUP     ->
			1s   orphan cmd left 0 ->
			1s   signal HUP     ->
			2s   tick           -> start cmd 2`},
		{name: "a report is given at any time before the end", lines: `
			0s   signal USR1    -> report
			0s   begin          -> start cmd 1
			0s   up cmd 10      -> ready
			1s   stop TERM      -> send cmd tree 15 +cont
			1s   signal USR1    -> report
			1s   exit cmd 10 0  -> finish 0
			1s   signal USR1    ->`},
	})
}

// snapshotAt plays lines and returns what is reported at a time.
func snapshotAt(t *testing.T, options, lines, at string) Snapshot {
	t.Helper()
	m := NewMachine(parsePolicy(t, options), epoch)
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		for _, in := range parseInput(t, m, line, words[1:]) {
			checkedStep(t, m, epoch.Add(mustDuration(t, words[0])), in)
		}
	}
	return m.Step(epoch.Add(mustDuration(t, at)), parseInput(t, m, at, []string{"signal", "USR1"})[0])[0].(Report).Snapshot
}

// A report says since when a run is up, whatever pauses it has had, and when
// something will happen by itself.
func TestReport(t *testing.T) {
	at := func(d time.Duration) time.Time { return epoch.Add(d) }
	const up = "0s begin\n1s up cmd 10\n"
	for _, row := range []struct {
		name, options, lines, at string
		cmd                      TaskSnapshot
		gate                     string
	}{
		{"nothing yet", "", "", "1s", TaskSnapshot{State: "down", Since: epoch}, ""},
		{"up", "", up, "9s", TaskSnapshot{State: "up", Pid: 10, Run: 1, Since: at(time.Second)}, ""},
		{"with a timeout", "-t 60s", up, "9s", TaskSnapshot{State: "up", Pid: 10, Run: 1, Since: at(time.Second), Due: at(61 * time.Second)}, ""},
		{"paused", "-t 60s", up + "5s gate closed", "9s", TaskSnapshot{State: "paused", Pid: 10, Run: 1, Since: at(5 * time.Second)}, "load"},
		{"resumed", "-t 60s", up + "5s gate closed\n7s gate open", "9s", TaskSnapshot{State: "up", Pid: 10, Run: 1, Since: at(time.Second), Due: at(63 * time.Second)}, ""},
		{"held", "", "0s gate closed\n2s begin", "9s", TaskSnapshot{State: "held", Since: at(2 * time.Second)}, "load"},
		{"waiting", "", up + "1s exit cmd 10 0", "1s", TaskSnapshot{State: "waiting", Run: 1, Since: at(time.Second), Due: at(2 * time.Second)}, ""},
		{"stopping", "", up + "5s stop TERM", "9s", TaskSnapshot{State: "stopping", Pid: 10, Run: 1, Since: at(5 * time.Second), Due: at(15 * time.Second)}, ""},
	} {
		s := snapshotAt(t, row.options, row.lines, row.at)
		if want := (Snapshot{Now: at(mustDuration(t, row.at)), Cmd: row.cmd, Gate: row.gate}); s != want {
			t.Errorf("%s:\n got %+v\nwant %+v", row.name, s, want)
		}
	}
}

func TestReportLog(t *testing.T) {
	const lines = "0s begin\n0s up log 20\n1s up cmd 10\n2s exit log 20 0\n3s up log 21"
	want := TaskSnapshot{State: "up", Pid: 21, Run: 2, Since: epoch.Add(3 * time.Second)}
	if s := snapshotAt(t, "-- log", lines, "9s"); s.Log != want {
		t.Errorf("got %+v", s.Log)
	}
	// A log command that waits is not held: the gate is not about it.
	s := snapshotAt(t, "-- log", "0s begin\n0s up log 20\n0s up cmd 10\n0s gate closed\n0s exit log 20 1", "500ms")
	if s.Log.State != "waiting" || s.Cmd.State != "paused" {
		t.Errorf("got %+v", s)
	}
	// A run that there was no room for was none.
	s = snapshotAt(t, "--give-up 1/1h -- log", "0s begin\n0s forked log 20\n0s exit log 20 1\n0s refused cmd", "1s")
	if s.Cmd.Run != 0 || s.Cmd.State != "down" {
		t.Errorf("got %+v", s)
	}
}
