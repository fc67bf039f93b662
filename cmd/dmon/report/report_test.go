package report

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/logpipe"
	"dmon/supervise"
)

// book is a Place and a Launcher that keeps what it is told: a letter for the
// severity, or for the launcher, and the text.
type book struct {
	lines   []string
	waiting bool
}

func (b *book) Put(severity logpipe.Priority, text string) {
	letter := map[logpipe.Priority]string{
		logpipe.SeverityErr: "E", logpipe.SeverityWarning: "W", logpipe.SeverityNotice: "N", logpipe.SeverityInfo: "I",
	}[severity]
	b.lines = append(b.lines, letter+" "+text)
}
func (b *book) Waiting() bool   { return b.waiting }
func (b *book) Say(text string) { b.lines = append(b.lines, "L "+text) }

// take returns what was told since the last time, lines joined by a bar.
func (b *book) take() string {
	text := strings.Join(b.lines, "|")
	b.lines = nil
	return text
}

func exit(code int) syscall.WaitStatus             { return syscall.WaitStatus(code << 8) }
func killed(sig syscall.Signal) syscall.WaitStatus { return syscall.WaitStatus(sig) }

var (
	t0      = time.Unix(1000, 0)
	success = supervise.StatusSet{Codes: map[int]bool{0: true}}
	refusal = &supervise.StartError{Status: 127, Text: `cannot execute "x"`, Err: syscall.ENOENT}
)

func started(run int) supervise.Event {
	return supervise.Event{Time: t0, Kind: supervise.Started, Pid: 7, Run: run}
}

func exited(status syscall.WaitStatus) supervise.Event {
	why := supervise.ByExit
	if status.Signaled() {
		why = supervise.BySignal
	}
	return supervise.Event{Time: t0.Add(1500 * time.Millisecond), Kind: supervise.Exited, Pid: 7, Status: status, Why: why}
}

// How loud each event is: at each level, to a launcher, to somebody who watches.
func TestHowLoud(t *testing.T) {
	failed := func(run int, again bool, err error) supervise.Event {
		return supervise.Event{Kind: supervise.Failed, Run: run, Again: again, Err: err}
	}
	noRoom := errors.New("no room")
	for _, row := range []struct {
		e                             supervise.Event
		quiet, normal, verbose, watch string
	}{
		{started(1), "", "", "I command started, pid 7, run 1", ""},
		{exited(exit(0)), "", "", "I command exited with status 0 after 1.5s", ""},
		{exited(exit(3)), "", "W command exited with status 3 after 1.5s", "W command exited with status 3 after 1.5s", "W command exited with status 3 after 1.5s"},
		{exited(killed(syscall.SIGSEGV)), "", "W command was ended by SEGV after 1.5s", "W command was ended by SEGV after 1.5s", "W command was ended by SEGV after 1.5s"},
		{exited(killed(syscall.SIGSEGV) | 0x80), "", "W command was ended by SEGV (core dumped) after 1.5s", "W command was ended by SEGV (core dumped) after 1.5s", "W command was ended by SEGV (core dumped) after 1.5s"},
		{supervise.Event{Kind: supervise.TimedOut}, "", "", "I command has run for 1h30m, which is the limit", ""},
		{supervise.Event{Kind: supervise.Held, Cause: "load"}, "", "", "I held: load", "N held: load"},
		{supervise.Event{Kind: supervise.Paused, Cause: "load"}, "", "", "I paused: load", "N paused: load"},
		{supervise.Event{Kind: supervise.Resumed, Cause: "load"}, "", "", "I resumed: load", "N resumed: load"},
		{supervise.Event{Kind: supervise.Blind, Err: noRoom}, "", "N no room", "N no room", "N no room"},
		// A program that cannot be executed ends dmon at the first start, and not later.
		{failed(1, false, refusal), `E cannot execute "x": no such file or directory`, `E cannot execute "x": no such file or directory`, `E cannot execute "x": no such file or directory`, `E cannot execute "x": no such file or directory`},
		{failed(2, false, refusal), "", `N cannot execute "x": no such file or directory`, `N cannot execute "x": no such file or directory`, `N cannot execute "x": no such file or directory`},
		{failed(2, true, refusal), "", "", `I cannot execute "x": no such file or directory`, ""},
		{failed(1, false, noRoom), "", "N no room", "N no room", "N no room"},
		{failed(1, true, noRoom), "", "", "I no room", ""},
		{supervise.Event{Kind: supervise.GaveUp}, "E command failed 5 times within 1m, giving up", "E command failed 5 times within 1m, giving up", "E command failed 5 times within 1m, giving up", "E command failed 5 times within 1m, giving up"},
		{supervise.Event{Kind: supervise.GaveUp, Task: supervise.Log}, "E log command failed 5 times within 1m, giving up", "E log command failed 5 times within 1m, giving up", "E log command failed 5 times within 1m, giving up", "E log command failed 5 times within 1m, giving up"},
		{supervise.Event{Kind: supervise.Abandoned, Count: 2}, "E cannot end 2 processes of the command", "E cannot end 2 processes of the command", "E cannot end 2 processes of the command", "E cannot end 2 processes of the command"},
		{supervise.Event{Kind: supervise.Delayed, Delay: 90 * time.Second}, "", "", "I command starts again in 1m30s", ""},
		{supervise.Event{Kind: supervise.Strays, Count: 1}, "", "", "I command left 1 process behind", ""},
		{supervise.Event{Kind: supervise.Leaving, Cause: "signal TERM"}, "", "", "I leaving: signal TERM", ""},
		{supervise.Event{Kind: supervise.Sent, Pid: 7, Signal: syscall.SIGTERM}, "", "", "I sent TERM to the command", ""},
		{supervise.Event{Kind: supervise.Stopping, Pid: 7}, "", "", "", ""},
		{supervise.Event{Kind: supervise.Awaited, Signal: syscall.SIGKILL, Delay: 9 * time.Second}, "", "", "I waiting for the command to end; KILL follows in 9s, a second ^C kills it at once", "N waiting for the command to end; KILL follows in 9s, a second ^C kills it at once"},
		{supervise.Event{Kind: supervise.Unread, Task: supervise.Log, Count: 1}, "E the log command left 1 byte unread, which are lost", "E the log command left 1 byte unread, which are lost", "E the log command left 1 byte unread, which are lost", "E the log command left 1 byte unread, which are lost"},
		{supervise.Event{Kind: supervise.Dropped, Count: 3}, "E 3 jobs not run, too many were waiting", "E 3 jobs not run, too many were waiting", "E 3 jobs not run, too many were waiting", "E 3 jobs not run, too many were waiting"},
		{supervise.Event{Kind: supervise.JobFailed, Task: supervise.FirstJob, Err: noRoom}, "", "N no room", "N no room", "N no room"},
		{supervise.Event{Kind: supervise.Reached, Cause: "the command is not ready after 5s"}, "", "N the command is not ready after 5s", "N the command is not ready after 5s", "N the command is not ready after 5s"},
		{supervise.Event{Kind: supervise.Exited, Pid: 7, Status: 15, Why: supervise.ByReady, Time: t0.Add(1500 * time.Millisecond)}, "", "", "I command was ended by TERM after 1.5s", ""},
		{supervise.Event{Kind: supervise.BecameReady, Pid: 7}, "", "", "I command is ready", ""},
		{supervise.Event{Kind: supervise.Reloading, Met: true}, "", "", "I command reads its settings anew", ""},
		{supervise.Event{Kind: supervise.Reloading}, "", "", "I command has read its settings anew", ""},
		{supervise.Event{Kind: supervise.Checked, Met: true}, "", "", "I command is healthy", ""},
		{supervise.Event{Kind: supervise.Checked}, "", "", "I command is not healthy", ""},
		{supervise.Event{Kind: supervise.Said, Cause: "serving"}, "", "", "I command says: serving", ""},
		{supervise.Event{Kind: supervise.Extended, Delay: 30 * time.Second}, "", "", "I command needs 30s more", ""},
		{supervise.Event{Kind: supervise.JobFailed, Task: supervise.FirstJob, Err: noRoom, Again: true}, "", "", "I no room", ""},
		{supervise.Event{Kind: supervise.Failed, Task: supervise.FirstJob, Run: 1, Err: refusal}, "", `N cannot execute "x": no such file or directory`, `N cannot execute "x": no such file or directory`, `N cannot execute "x": no such file or directory`},
	} {
		for _, at := range []struct {
			level   Level
			watched bool
			want    string
		}{{Quiet, false, row.quiet}, {Normal, false, row.normal}, {Verbose, false, row.verbose}, {Normal, true, row.watch}} {
			b := new(book)
			v := NewVoice(b, b)
			v.Tune(at.level, nil, false)
			m := NewMessages(v, About{Watched: at.watched, Policy: supervise.Policy{
				Success: success, Timeout: 90 * time.Minute, GiveUp: supervise.GiveUp{Failures: 5, Window: time.Minute},
			}})
			m.Event(started(1))
			b.take()
			if m.Event(row.e); b.take() != at.want {
				m.Event(row.e)
				t.Errorf("%v at level %d, watched %v: not %q but %q", row.e, at.level, at.watched, at.want, b.take())
			}
		}
	}
}

func TestTheLauncherIsTold(t *testing.T) {
	b := &book{waiting: true}
	m := NewMessages(NewVoice(b, b), About{})
	m.Event(supervise.Event{Kind: supervise.Held, Cause: "load\n"})
	m.Event(supervise.Event{Kind: supervise.Paused, Cause: "load"})
	m.Event(supervise.Event{Kind: supervise.Failed, Run: 1, Err: refusal})
	if got, want := b.take(), `L held: load\x0a|L cannot execute "x": no such file or directory`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Of failures in a row the 1st, 2nd, 4th and 8th are told; a good run, or one
// that was to be ended, is none.
func TestFailuresInARow(t *testing.T) {
	b := new(book)
	m := NewMessages(NewVoice(b, b), About{Policy: supervise.Policy{Success: success, Timeout: time.Second}})
	run := func(e supervise.Event) string {
		m.Event(started(1))
		m.Event(e)
		return b.take()
	}
	for i := 1; i <= 17; i++ {
		want := ""
		switch i {
		case 1:
			want = "W command exited with status 9 after 1.5s"
		case 2, 4, 8, 16:
			want = fmt.Sprintf("W command exited with status 9 after 1.5s (%s failure in a row)", map[int]string{2: "2nd", 4: "4th", 8: "8th", 16: "16th"}[i])
		}
		if got := run(exited(exit(9))); got != want {
			t.Errorf("failure %d: %q, not %q", i, got, want)
		}
	}
	if got := run(exited(exit(0))); got != "" {
		t.Errorf("a good run: %q", got)
	}
	// A run that was too long has failed, whatever its status; the next has not.
	late := exited(exit(0))
	late.Why = supervise.ByTimeout
	if got := run(late); !strings.HasPrefix(got, "W command exited with status 0") {
		t.Errorf("a run that was too long: %q", got)
	}
	if got := run(exited(exit(0))); got != "" {
		t.Errorf("a good run after it: %q", got)
	}
	// The log command's are its own.
	log := exited(exit(1))
	log.Task = supervise.Log
	m.Event(log)
	if got := b.take(); !strings.HasPrefix(got, "W log command exited with status 1") || strings.Contains(got, "row") {
		t.Errorf("the log command: %q", got)
	}
	asked := exited(killed(syscall.SIGTERM))
	for _, asked.Why = range []supervise.Why{supervise.ByStop, supervise.ByRequest, supervise.ByAge} {
		if got := run(asked); got != "" {
			t.Errorf("the end that was asked for: %q", got)
		}
	}
	if got := run(exited(exit(0))); got != "" {
		t.Errorf("the end that was asked for: %q", got)
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 8: "8th", 11: "11th", 12: "12th", 13: "13th", 16: "16th", 21: "21st", 32: "32nd", 111: "111th", 1024: "1024th"} {
		if got := ordinal(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}

// That -m is used up is told where there was one to use.
func TestRespawnsUsedUp(t *testing.T) {
	for _, row := range []struct {
		max  int
		want string
	}{{0, ""}, {-1, ""}, {2, "N leaving: no respawn is left after 3 runs, the last was ended by KILL"}} {
		b := new(book)
		m := NewMessages(NewVoice(b, b), About{Policy: supervise.Policy{MaxRespawns: row.max}})
		m.Event(started(3))
		m.Event(exited(killed(syscall.SIGKILL)))
		b.take()
		if m.Event(supervise.Event{Kind: supervise.Leaving, Cause: supervise.NoRespawnLeft}); strings.Join(b.lines, "") != row.want {
			t.Errorf("-m %d: %q", row.max, b.lines)
		}
	}
}

func TestGivenUpAfterOne(t *testing.T) {
	b := new(book)
	m := NewMessages(NewVoice(b, b), About{Policy: supervise.Policy{GiveUp: supervise.GiveUp{Failures: 1, Window: time.Minute}}})
	if m.Event(supervise.Event{Kind: supervise.GaveUp}); b.take() != "E command failed once within 1m, giving up" {
		t.Error("not so")
	}
	m.voice.Tune(Verbose, nil, false)
	if m.Event(supervise.Event{Kind: supervise.Leaving, Cause: "cmd failed once within 1m0s"}); b.take() != "I leaving: command failed once within 1m" {
		t.Error("not so")
	}
}

func TestHints(t *testing.T) {
	b := new(book)
	v := NewVoice(b, b)
	v.Tune(Verbose, nil, false)
	m := NewMessages(v, About{Policy: supervise.Policy{Success: success}, Hint: func(task supervise.Task) string {
		return map[supervise.Task]string{supervise.Log: "behind --"}[task]
	}})
	m.Event(supervise.Event{Kind: supervise.Failed, Task: supervise.Log, Run: 1, Err: refusal})
	if got := b.take(); !strings.HasSuffix(got, "directory (behind --)") {
		t.Error(got)
	}
	m.Event(supervise.Event{Kind: supervise.Failed, Task: supervise.Cmd, Run: 1, Err: refusal})
	if got := b.take(); !strings.HasSuffix(got, "directory") {
		t.Error(got)
	}
	// Who leaves processes behind and ends well is probably a daemon; said once.
	strays := supervise.Event{Kind: supervise.Strays, Count: 2}
	m.Event(exited(exit(0)))
	b.take()
	m.Event(strays)
	if got := b.take(); got != "I command left 2 processes behind (does it put itself in the background? see --forking)" {
		t.Error(got)
	}
	m.Event(strays)
	if got := b.take(); got != "I command left 2 processes behind" {
		t.Error(got)
	}
}

func TestNews(t *testing.T) {
	b := new(book)
	m := NewMessages(NewVoice(b, b), About{})
	if got := m.News("sleep 9", "", 3, true); got != "sleep 9 waits for its start, looked after by process 3 (kill -USR1 3 has that say in the system log how it is, kill 3 ends both)" {
		t.Error(got)
	}
	if got := m.News("sleep 9", "web/a", 3, true); got != "sleep 9 waits for its start, looked after by process 3 (dmonctl status web/a says how it is, dmonctl stop web/a ends both)" {
		t.Error(got)
	}
	log := started(1)
	log.Task, log.Pid = supervise.Log, 5
	m.Event(log)
	m.Event(started(1))
	if got := m.News(strings.Repeat("\u4e16\x1b", 40), "", 3, false); got != strings.Repeat("\u4e16\\x1b", 11)+"\u4e16\\... runs as process 7, looked after by process 3 (kill 3 ends both)" {
		t.Error(got)
	}
}

func TestTroubleThatRepeatsItself(t *testing.T) {
	b := new(book)
	m := NewMessages(NewVoice(b, b), About{})
	for _, text := range []string{"a", "a", "b", "b", "a"} {
		m.Trouble(nil, errors.New(text))
	}
	if got := b.take(); got != "N a|N b|N a" {
		t.Error(got)
	}
}

// A16: before the first start there is no time since when.
func TestReport(t *testing.T) {
	b := new(book)
	v := NewVoice(b, b)
	v.Tune(Quiet, nil, false)
	m := NewMessages(v, About{Gate: func() string { return "load 1" }})
	m.Report(supervise.Snapshot{Now: t0, Cmd: supervise.TaskSnapshot{State: "down"},
		Log: supervise.TaskSnapshot{State: "up", Pid: 9, Run: 2, Since: t0.Add(-90 * time.Second)}})
	if got := b.take(); got != "N command down, run 0; log command up, pid 9, run 2, for 1m30s; load 1" {
		t.Error(got)
	}
	m.Report(supervise.Snapshot{Now: t0, Cmd: supervise.TaskSnapshot{State: "waiting", Run: 1, Since: t0.Add(-time.Second), Due: t0.Add(time.Minute)}})
	if got := b.take(); got != "N command waiting, run 1, for 1s, starts in 1m; load 1" {
		t.Error(got)
	}
	m.Report(supervise.Snapshot{Now: t0, Cmd: supervise.TaskSnapshot{State: "up", Run: 1, Since: t0, Due: t0.Add(time.Minute)}})
	if got := b.take(); got != "N command up, run 1, for 0s; load 1" {
		t.Error(got)
	}
}

// keeper is a PidKeeper that notes what is asked of it.
type keeper struct{ done []string }

func (k *keeper) Write(pid int) error { k.done = append(k.done, fmt.Sprint(pid)); return nil }
func (k *keeper) Remove() error {
	k.done = append(k.done, "gone")
	return errors.New("cannot remove it")
}

func TestListeners(t *testing.T) {
	b, k := new(book), new(keeper)
	v := NewVoice(b, b)
	var order []string
	note := func(name string) Listener { return Func(func(supervise.Event) { order = append(order, name) }) }
	settled := errors.New("nobody waits")
	r := &Reporter{Messages: NewMessages(v, About{}), OnReady: func() error { return settled },
		Listeners: []Listener{note("first"), CmdPid{File: k, Voice: v}, note("last")}}
	for _, e := range []supervise.Event{started(1), {Kind: supervise.Started, Task: supervise.Log, Pid: 8}, {Kind: supervise.Paused}, exited(exit(0))} {
		r.Event(e)
	}
	if got := strings.Join(order, " "); got != "first last first last first last first last" {
		t.Error(got)
	}
	if got := strings.Join(k.done, " "); got != "7 gone" || b.take() != "N cannot remove it" {
		t.Error(got)
	}
	var o supervise.Observer = r
	if !errors.Is(o.Ready(), settled) {
		t.Error("Ready is not Settled")
	}
}
