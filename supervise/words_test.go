package supervise

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The lines of --write-info as CONTRACT.md section 7 has them; the manner of
// the others is the same.
func TestEventString(t *testing.T) {
	e := Event{Pid: 7, Status: 256, Signal: syscall.SIGTERM, Count: 3, Delay: 2 * time.Second}
	want := []string{
		"cmd start 7", "cmd stop 7", "cmd exit 7 256", "cmd signal 7 15", "cmd timeout 7", "cmd pause 7", "cmd resume 7",
		"cmd hold", "cmd blind", "cmd fail", "cmd delay 2s", "cmd strays 3", "cmd abandon 3", "cmd give-up", "cmd leave",
		"cmd await 2s", "cmd unread 3", "cmd fail", "cmd drop 3", "cmd down", "cmd tell 7", "cmd reach 7",
		"cmd ready 7", "cmd reload 7", "cmd text 7", "cmd healthy 7", "cmd extend 7",
	}
	if len(want) != len(kindNames) {
		t.Fatalf("%d kinds, %d of them here", len(kindNames), len(want))
	}
	for kind, s := range want {
		e.Task, e.Kind = Cmd, Kind(kind)
		if got := e.String(); got != s {
			t.Errorf("got %q, want %q", got, s)
		}
		e.Task = Log
		if got := e.String(); got != strings.Replace(s, "cmd", "log", 1) {
			t.Errorf("got %q", got)
		}
	}
	// waitpid(2) gives an unsigned number, also with the core flag.
	if got := (Event{Kind: Exited, Pid: 7, Status: 0x8b}).String(); got != "cmd exit 7 139" {
		t.Errorf("got %q", got)
	}
}

func TestActionString(t *testing.T) {
	for want, a := range map[string]Action{
		"start log 2":          Start{Task: Log, Run: 2},
		"send cmd tree 15":     Send{Task: Cmd, Target: Tree, Signal: syscall.SIGTERM, Wake: true},
		"send cmd main 9":      Send{Task: Cmd, Target: Main, Signal: syscall.SIGKILL},
		"send log children 1":  Send{Task: Log, Target: Children, Signal: syscall.SIGHUP},
		"freeze cmd":           Freeze{Cmd},
		"thaw log":             Thaw{Log},
		"close pipe":           ClosePipe{},
		"suspend":              SuspendSelf{},
		"ready":                Ready{},
		"settled":              Settled{},
		"beat":                 Beat{},
		"report":               Report{},
		"tell cmd start 5":     Emit{Event{Kind: Started, Pid: 5}},
		"finish 3":             Finish{3},
		"states down stopping": word{fmt.Sprintf("states %v %v", down, stopping)},
		"states waiting up":    word{fmt.Sprintf("states %v %v", waiting, up)},
		"phases idle running":  word{fmt.Sprintf("phases %v %v", idle, running)},
		"phases closing":       word{fmt.Sprintf("phases %v", closing)},
		"start job 2 1":        Start{Task: FirstJob + 1, Run: 1},
		"phases leaving done":  word{fmt.Sprintf("phases %v %v", leaving, done)},
		"phases draining":      word{fmt.Sprintf("phases %v", draining)},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

type word struct{ s string }

func (w word) String() string { return w.s }

func TestStartError(t *testing.T) {
	why := errors.New("permission denied")
	var err error = &StartError{Status: 126, Text: "cannot execute x", Err: why}
	if err.Error() != "cannot execute x: permission denied" || !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
}

func TestBackoff(t *testing.T) {
	for _, row := range []struct {
		b    Backoff
		want string
	}{
		{Backoff{time.Second, 30 * time.Second}, "1s 2s 4s 8s 16s 30s 30s"},
		{Backoff{time.Second, time.Second}, "1s 1s 1s"},
		{Backoff{time.Second, 2 * time.Second}, "1s 2s 2s"},
		{Backoff{3, 7}, "3ns 6ns 7ns 7ns"},
		{Backoff{3, 6}, "3ns 6ns 6ns"},
		{Backoff{5 * time.Second, time.Second}, "1s 1s"},
		{Backoff{0, time.Second}, "0s 0s"},
		{Backoff{1 << 61, 1<<63 - 1}, "640511h56m49.213693952s 1281023h53m38.427387904s 2562047h47m16.854775807s 2562047h47m16.854775807s"},
	} {
		words := strings.Fields(row.want)
		var d time.Duration
		for i, w := range words {
			d = row.b.next(d)
			if got := d.String(); got != w {
				t.Errorf("%+v: delay %d is %v, not %v", row.b, i, got, w)
			}
		}
	}
}

func TestStatusSet(t *testing.T) {
	s := StatusSet{Codes: map[int]bool{0: true, 3: true, 15: true}, Signals: map[syscall.Signal]bool{syscall.SIGHUP: true}}
	for _, row := range []struct {
		ws   syscall.WaitStatus
		want bool
	}{
		{0, true}, {3 << 8, true}, {1 << 8, false}, {1, true}, {15, false}, {3, false}, {0x81, true}, {129 << 8, false},
	} {
		if s.Has(row.ws) != row.want {
			t.Errorf("%#x: %v", int(row.ws), !row.want)
		}
	}
	if (StatusSet{}).Has(0) {
		t.Error("the empty set has 0")
	}
}

// F1: "the status of COMMAND's last run; 128+n where signal n ended it".
func TestExitStatus(t *testing.T) {
	ends := map[syscall.WaitStatus]int{}
	for code := range 256 {
		ends[syscall.WaitStatus(code<<8)] = code
	}
	for sig := 1; sig <= 64; sig++ {
		ends[syscall.WaitStatus(sig)] = 128 + sig
		ends[syscall.WaitStatus(sig|0x80)] = 128 + sig // with a core
	}
	for ws, want := range ends {
		m := NewMachine(parsePolicy(t, "-m 0"), epoch)
		checkedStep(t, m, epoch, Begin{})
		checkedStep(t, m, epoch, Forked{Cmd, 10})
		out := checkedStep(t, m, epoch, Exit{Task: Cmd, Pid: 10, Status: ws})
		if last := out[len(out)-1]; last != (Finish{want}) {
			t.Errorf("%#x: %v", int(ws), last)
		}
	}
}

// A ladder is completed without touching the one that was given.
func TestLadder(t *testing.T) {
	given := Ladder{{Signal: syscall.SIGTERM, Wait: 0}, {Signal: syscall.SIGKILL, Target: Children}}
	if got := fmt.Sprint(given.complete(Tree)); got != "[{terminated tree 0s} {killed children 10s} {killed tree 0s}]" {
		t.Error(got)
	}
	if given[1].Wait != 0 {
		t.Error("the given ladder was changed")
	}
	if got := fmt.Sprint(Ladder{}.complete(Tree)); got != "[{killed tree 0s}]" {
		t.Error(got)
	}
	if whole := given.complete(Tree); len(whole.complete(Tree)) != len(whole) {
		t.Error("a complete ladder was completed")
	}
}

// The number of the run before, and how it ended, are the command's to see.
func TestStartLast(t *testing.T) {
	m := NewMachine(parsePolicy(t, "-t 5s"), epoch)
	steps := []struct {
		at   time.Duration
		in   string
		run  int
		last int
	}{
		{0, "begin", 1, 0}, {0, "up cmd 10", 0, 0}, {2, "exit cmd 10 3", 2, 3}, {2, "up cmd 11", 0, 0},
		{4, "exit cmd 11 sig9", 3, 137}, {4, "refused cmd", 0, 0}, {5, "tick", 3, 137}, {5, "up cmd 12", 0, 0},
		{10, "tick", 0, 0}, {10, "exit cmd 12 0", 4, 124}, {10, "forked cmd 13", 0, 0}, {10, "broken cmd 13 126", 0, 0}, {11, "tick", 5, 126},
	}
	for _, s := range steps {
		for _, in := range parseInput(t, m, s.in, strings.Fields(s.in)) {
			for _, a := range checkedStep(t, m, epoch.Add(s.at*time.Second), in) {
				if start, ok := a.(Start); ok && start != (Start{Task: Cmd, Run: s.run, Last: s.last}) {
					t.Errorf("%s: %+v", s.in, start)
				} else if ok {
					s.run = 0
				}
			}
		}
		if s.run != 0 {
			t.Errorf("%s: no start", s.in)
		}
	}
}
