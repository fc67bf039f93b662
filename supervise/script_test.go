package supervise

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The machine's tests are plays. A play has the options of dmon that it is
// about, and lines of the form
//
//	TIME INPUT -> ACTION, ACTION
//
// TIME is counted from the beginning. A line must not come after a deadline
// that nobody played, and "tick" stands exactly at the deadline. A play without
// a "begin" begins when all is up: the log command, if there is one, as 20, the
// command as 10, at 0s. The inputs:
//
//	begin                    Begin
//	forked TASK PID          Forked
//	refused TASK             NotForked
//	executed TASK PID        Executed; one of the run before is "earlier TASK"
//	up TASK PID              Forked and Executed at once
//	exit TASK PID STATUS     Exit of the main process; "left N", "unheard" or "starved" may follow
//	early-exit TASK PID STATUS  Exit before its program was executed
//	broken TASK PID STATUS   the same with a Failure: it was never executed
//	orphan TASK left N       Exit of another process
//	stop SIGNAL              Stop; 0 is the launcher's; "heard" may follow
//	gate closed, gate open   Gate; "user" may follow: the user's own
//	down, bring up           Down, Up
//	restart WHY              Restart
//	deliver TARGET SIGNAL    Deliver
//	met N, unmet N           Met of the condition N, in this run or the one that
//	                         follows; "ago TIME" may follow
//	trouble N                Met with a Trouble
//	signal N                 Signalled
//	ready                    Readied, of this run; "earlier" may follow: of the one before
//	lacks WORD               Unready; "never" may follow
//	says WORD...             Notice: ready, reloading, stopping, alive, ill, earlier, text=X, extend=TIME, watchdog=TIME
//	drained N                Drained
//	suspend, continue        Suspend, Continue
//	woken TASK               Woken
//	tick, early              Tick, at the deadline or before it
//	late TIME                Tick, that comes only then
//	due TIME, due never      no input: what Deadline says
//
// STATUS is an exit status, or a signal as in "sig9". The actions are in the
// words of Action.String; " +cont" follows where the stopped are woken. What
// is told ("tell ...") is compared where the play says so: told is true.
type play struct {
	name    string
	options string
	lines   string
	told    bool
}

var epoch = time.Unix(1_000_000_000, 0)

func runPlays(t *testing.T, plays []play) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range plays {
		if seen[p.name] {
			t.Errorf("two plays are called %q", p.name)
		}
		seen[p.name] = true
		t.Run(p.name, func(t *testing.T) { p.run(t) })
	}
}

func (p play) run(t *testing.T) {
	m := NewMachine(parsePolicy(t, p.options), epoch)
	var last time.Time
	p.setUp(t, m)
	lines := slices.DeleteFunc(strings.Split(p.lines, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
	for i, line := range lines {
		line = strings.TrimSpace(line)
		left, want, found := strings.Cut(line, "->")
		words := strings.Fields(left)
		if len(words) < 2 {
			t.Fatalf("%s: not a line of a play", line)
		}
		now := epoch.Add(mustDuration(t, words[0]))
		if now.Before(last) {
			t.Fatalf("%s: the time goes backwards", line)
		}
		if words[1] == "due" {
			checkDue(t, m, line, words[2])
			continue
		}
		if !found {
			t.Fatalf("%s: it does not say what happens", line)
		}
		checkClock(t, m, line, words[1], now, last)
		if last = now; words[1] == "late" {
			last = epoch.Add(mustDuration(t, words[2]))
		}
		now = last
		var got []string
		for _, in := range parseInput(t, m, line, words[1:]) {
			out := checkedStep(t, m, now, in)
			if i+1 == len(lines) || !strings.Contains(lines[i+1], " drained ") {
				out = answerPipe(t, m, now, out, words)
			}
			got = append(got, p.spoken(out)...)
		}
		if s := strings.Join(got, ", "); s != strings.TrimSpace(want) {
			t.Fatalf("%s\n      got: %s\n     want: %s", line, s, strings.TrimSpace(want))
		}
	}
}

// setUp plays what most plays begin with.
func (p play) setUp(t *testing.T, m *Machine) {
	t.Helper()
	if strings.Contains(p.lines, " begin ") {
		return
	}
	prelude := []string{"begin", "up cmd 10"}
	if m.policy.Log {
		prelude = []string{"begin", "up log 20", "up cmd 10"}
	}
	for _, line := range prelude {
		for _, in := range parseInput(t, m, line, strings.Fields(line)) {
			checkedStep(t, m, epoch, in)
		}
	}
	if m.answered == m.policy.Ready.Asked() || m.cmd().state != up || m.policy.Log != m.log().executed {
		t.Fatalf("not all is up after the prelude: %s", describe(m))
	}
}

// answerPipe answers a question about the pipe that the log command left, unless
// the play does so itself: nothing is unread in it, or what "unread" says.
func answerPipe(t *testing.T, m *Machine, now time.Time, out []Action, words []string) []Action {
	t.Helper()
	i := slices.IndexFunc(out, func(a Action) bool { _, asks := a.(ClosePipe); return asks })
	if i < 0 || m.log().state != waiting {
		return out
	}
	n := 0
	if j := slices.Index(words, "unread"); j >= 0 {
		n = mustInt(t, words[j+1])
	}
	return append(slices.Delete(out, i, i+1), checkedStep(t, m, now, Drained{n})...)
}

// checkClock sees to it that ticks come when they are due, and neither later
// nor earlier.
func checkClock(t *testing.T, m *Machine, line, input string, now, last time.Time) {
	t.Helper()
	when, ok := m.Deadline()
	if ok && when.Before(last) {
		when = last // it came due while the clocks stood still
	}
	switch {
	case ok && when.Before(now) && input != "continue":
		t.Fatalf("%s: a tick was due at %v", line, when.Sub(epoch))
	case input == "tick" && (!ok || !when.Equal(now)):
		t.Fatalf("%s: no tick is due then, but at %v (%v)", line, when.Sub(epoch), ok)
	case input == "early" && ok && when.Equal(now):
		t.Fatalf("%s: that tick is not early", line)
	}
}

func checkDue(t *testing.T, m *Machine, line, want string) {
	t.Helper()
	got := "never"
	if when, ok := m.Deadline(); ok {
		got = when.Sub(epoch).String()
	}
	if want != "never" {
		want = mustDuration(t, want).String()
	}
	if got != want {
		t.Fatalf("%s: due %s", line, got)
	}
}

// spoken is what the actions say, as far as the play listens.
func (p play) spoken(actions []Action) []string {
	var words []string
	for _, a := range actions {
		if _, tells := a.(Emit); !tells || p.told {
			words = append(words, spoken(a))
		}
	}
	return words
}

func spoken(a Action) string {
	if s, ok := a.(Send); ok && s.Wake {
		return a.String() + " +cont"
	}
	return a.String()
}

var errFull = errors.New("resource temporarily unavailable")

func parseInput(t *testing.T, m *Machine, line string, words []string) []Input {
	t.Helper()
	args := words[1:]
	task := func() Task {
		for id, name := range taskNames {
			if len(args) > 0 && args[0] == name {
				return Task(id)
			}
		}
		if len(args) > 0 && strings.Trim(args[0], "0123456789") == "" {
			return Task(mustInt(t, args[0]))
		}
		t.Fatalf("%s: which task?", line)
		return 0
	}
	number := func(i int) int {
		n := 0
		if i >= len(args) {
			t.Fatalf("%s: a number is missing", line)
		}
		if _, err := fmt.Sscanf(args[i], "%d", &n); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return n
	}
	after := func(word string) int {
		if i := slices.Index(args, word); i >= 0 {
			return number(i + 1)
		}
		return 0
	}
	switch words[0] {
	case "begin":
		return []Input{Begin{}}
	case "forked":
		return []Input{Forked{Task: task(), Pid: number(1)}}
	case "refused":
		return []Input{NotForked{Task: task(), Err: errFull}}
	case "executed":
		run := m.tasks[task()].run
		if number(1) != m.tasks[task()].pid {
			run-- // it is of an earlier one
		}
		return []Input{Executed{Task: task(), Run: run}}
	case "earlier":
		return []Input{Executed{Task: task(), Run: m.tasks[task()].run - 1}}
	case "up":
		return []Input{Forked{Task: task(), Pid: number(1)}, Executed{Task: task(), Run: m.tasks[task()].run}}
	case "exit":
		return []Input{Exit{Task: task(), Pid: number(1), Status: parseStatus(t, args[2]), Left: after("left"), Unheard: args[len(args)-1] == "unheard", Starved: args[len(args)-1] == "starved"}}
	case "broken":
		f := &StartError{Status: number(2), Text: "cannot execute x", Err: errors.New("no")}
		return []Input{Exit{Task: task(), Pid: number(1), Failure: f, Left: after("left")}}
	case "early-exit":
		return []Input{Exit{Task: task(), Pid: number(1), Status: parseStatus(t, args[2]), Left: after("left"), Unexecuted: true}}
	case "orphan":
		return []Input{Remains{Task: task(), Left: after("left")}}
	case "stop":
		return []Input{Stop{Signal: parseSignal(t, args[0]), Cause: "asked", Heard: len(args) > 1}}
	case "gate":
		return []Input{Gate{Closed: args[0] == "closed", Reason: "load", Source: parseSource(args)}}
	case "down":
		return []Input{Down{}}
	case "bring":
		return []Input{Up{}}
	case "restart":
		return []Input{Restart{parseWhy(args[0])}}
	case "met", "unmet":
		in := Met{Condition: number(0), Run: m.cmd().run, Now: words[0] == "met", Text: "so"}
		switch {
		case len(args) > 1 && args[1] == "ago":
			in.Ago = mustDuration(t, args[2])
		case len(args) > 1:
			in.Run = number(1)
		}
		return []Input{in}
	case "trouble":
		return []Input{Met{Condition: number(0), Now: true, Trouble: errFull}}
	case "deliver":
		return []Input{Deliver{Target: Target(slices.Index(targetNames[:], args[0])), Signal: parseSignal(t, args[1])}}
	case "signal":
		return []Input{Signalled{parseSignal(t, args[0])}}
	case "drained":
		return []Input{Drained{Unread: number(0)}}
	case "heir":
		return []Input{Exit{Task: task(), Pid: number(1), Status: parseStatus(t, args[2]), Heir: number(3), Left: after("left")}}
	case "halted":
		return []Input{Halted{Task: task(), Pid: number(1)}}
	case "ready":
		return []Input{Readied{m.cmd().run - len(args)}}
	case "lacks":
		return []Input{Unready{Run: m.cmd().run, Lacks: args[0], Never: len(args) > 1}}
	case "says":
		return []Input{parseNotice(t, m.cmd().run, args)}
	case "woken":
		return []Input{Woken{Task: task()}}
	case "suspend":
		return []Input{Suspend{}}
	case "continue":
		return []Input{Continue{}}
	case "tick", "early", "late":
		return []Input{Tick{}}
	}
	t.Fatalf("%s: unknown input", line)
	return nil
}

// parseSource is the gate that "gate closed user" is about.
func parseSource(args []string) Source {
	if len(args) > 1 && args[1] == "user" {
		return UserGate
	}
	return LoadGate
}

func parseWhy(word string) Why {
	for why := range reasonCount {
		if why.String() == word {
			return why
		}
	}
	panic("no reason: " + word)
}
