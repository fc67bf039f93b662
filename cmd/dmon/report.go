package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"dmon/cmd/dmon/settings"
	"dmon/internal/cli"
	"dmon/internal/daemon"
	"dmon/supervise"
)

// reporter tells the world what the loop does: it is the loop's Observer.
type reporter struct {
	*world
	terminal bool // somebody watches: pauses are told without -v
	started  [2]time.Time
	trouble  string // the last one that was told
}

func newReporter(w *world) *reporter {
	return &reporter{world: w, terminal: w.keys != settings.NoKeys && isTerminal(os.Stderr)}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

var taskWords = [...]string{supervise.Cmd: "command", supervise.Log: "log command"}

// Event implements supervise.Observer.
func (r *reporter) Event(e supervise.Event) {
	if r.stream != nil {
		r.stream.Write(e)
	}
	if r.cmdPid != nil && e.Task == supervise.Cmd {
		r.keepCmdPid(e)
	}
	text := r.words(e)
	switch {
	case text == "":
	case r.isFailure(e):
		r.voice.failure(text)
	case e.Kind == supervise.Failed && !e.Again, e.Kind == supervise.JobFailed, e.Kind == supervise.Blind:
		r.voice.notice(text)
	case e.Kind == supervise.Held, e.Kind == supervise.Paused, e.Kind == supervise.Resumed, e.Kind == supervise.Awaited:
		r.tellPause(e, text)
	default:
		r.voice.detail(text)
	}
}

// isFailure reports whether e says why dmon cannot do what it was asked.
func (r *reporter) isFailure(e supervise.Event) bool {
	switch e.Kind {
	case supervise.Abandoned, supervise.GaveUp, supervise.Unread, supervise.Dropped:
		return true
	case supervise.Failed:
		var refused *supervise.StartError
		return errors.As(e.Err, &refused) && e.Run == 1 && !e.Again && e.Task < supervise.FirstJob
	default:
		return false
	}
}

// tellPause tells what somebody who watches wonders about: why nothing moves.
func (r *reporter) tellPause(e supervise.Event, text string) {
	if r.terminal || e.Kind == supervise.Held && r.launcher.Waiting() {
		r.voice.notice(text)
		return
	}
	r.voice.detail(text)
}

func (r *reporter) keepCmdPid(e supervise.Event) {
	var err error
	switch e.Kind {
	case supervise.Started:
		err = r.cmdPid.Write(e.Pid)
	case supervise.Exited:
		err = r.cmdPid.Remove()
	}
	if err != nil {
		r.voice.notice(err.Error())
	}
}

// words says e to a person; "" is for what no person needs to hear.
func (r *reporter) words(e supervise.Event) string {
	who := taskWord(e.Task)
	switch e.Kind {
	case supervise.Started:
		r.started[e.Task] = e.Time
		return fmt.Sprintf("%s started, pid %d, run %d", who, e.Pid, e.Run)
	case supervise.Exited:
		return fmt.Sprintf("%s %s after %s", who, ending(e), since(r.started[e.Task], e.Time))
	case supervise.TimedOut:
		return fmt.Sprintf("%s has run for %s, which is the limit", who, cli.FormatTime(r.opts.Policy.Timeout))
	case supervise.Paused:
		return "paused: " + e.Cause
	case supervise.Resumed:
		return "resumed: " + e.Cause
	case supervise.Held:
		return "held: " + e.Cause
	case supervise.Failed:
		return e.Err.Error()
	case supervise.Blind:
		return e.Err.Error() + "; nothing is paused for it until that is over"
	case supervise.GaveUp:
		g := r.opts.Policy.GiveUp
		return fmt.Sprintf("%s failed %d times within %s, giving up", who, g.Failures, cli.FormatTime(g.Window))
	case supervise.Delayed:
		return fmt.Sprintf("%s starts again in %s", who, cli.FormatTime(e.Delay))
	case supervise.Strays:
		return fmt.Sprintf("%s left %s behind", who, processes(e.Count))
	case supervise.Abandoned:
		return fmt.Sprintf("cannot end %s of the %s", processes(e.Count), who)
	case supervise.Leaving:
		return "leaving: " + e.Cause
	case supervise.Awaited:
		return fmt.Sprintf("waiting for the %s to end; %s follows in %s, and at once on a second ^C", who, cli.SignalName(e.Signal), cli.FormatTime(e.Delay))
	case supervise.Unread:
		return fmt.Sprintf("the %s left %s unread, which are lost", who, count(e.Count, "byte"))
	case supervise.JobFailed:
		return e.Err.Error()
	case supervise.Dropped:
		return fmt.Sprintf("%s not run, too many were waiting", count(e.Count, "job"))
	case supervise.Sent:
		if e.Pid == 0 {
			return fmt.Sprintf("sent %s to what is left of the %s", cli.SignalName(e.Signal), who)
		}
		return fmt.Sprintf("sent %s to the %s", cli.SignalName(e.Signal), who)
	default:
		return ""
	}
}

func ending(e supervise.Event) string {
	if !e.Status.Signaled() {
		return fmt.Sprintf("exited with status %d", e.Status.ExitStatus())
	}
	core := ""
	if e.Status.CoreDump() {
		core = " (core dumped)"
	}
	return "was ended by " + cli.SignalName(e.Status.Signal()) + core
}

// since is a length of time as a person reads it: no finer than helps.
func since(from, to time.Time) string {
	d := to.Sub(from)
	if d < 10*time.Second {
		return cli.FormatTime(d.Round(time.Millisecond))
	}
	return cli.FormatTime(d.Round(time.Second))
}

func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func taskWord(t supervise.Task) string {
	if t >= supervise.FirstJob {
		return "job"
	}
	return taskWords[t]
}

// Report implements supervise.Observer: the answer to USR1, in one line.
func (r *reporter) Report(s supervise.Snapshot) {
	parts := []string{"command " + describe(s.Now, s.Cmd)}
	if s.Log.State != "" {
		parts = append(parts, "log command "+describe(s.Now, s.Log))
	}
	if r.watch != nil {
		parts = append(parts, r.watch.State())
	}
	r.voice.answer(strings.Join(parts, "; "))
}

func describe(now time.Time, t supervise.TaskSnapshot) string {
	text := t.State
	if t.Pid != 0 {
		text += fmt.Sprintf(", pid %d", t.Pid)
	}
	text += fmt.Sprintf(", run %d, for %s", t.Run, since(t.Since, now))
	if t.State == "waiting" && !t.Due.IsZero() {
		text += ", starts in " + since(now, t.Due)
	}
	return text
}

// Ready implements supervise.Observer. What the start needed is given back
// after the launcher was let go, who is in a hurry.
func (r *reporter) Ready() error {
	err := r.launcher.Ready()
	daemon.MakeThreads(r.threads())
	daemon.GiveBackCode()
	return err
}

// threads is how many the runtime is to make: for the loop, for the wait for the
// execve of each task, for the watcher of the gate, and two to take their place.
// With one less, dmon still lived through every storm of signals in a full
// control group; with two less it did not.
func (r *reporter) threads() int {
	n := 4
	if r.opts.Log.Argv != nil {
		n++
	}
	if r.watch != nil {
		n++
	}
	return n
}

// Trouble implements supervise.Observer. The same trouble again, as each step
// against a process that is not ours to signal gives, is told to -v only.
func (r *reporter) Trouble(_ supervise.Action, err error) {
	text := err.Error()
	if text == r.trouble {
		r.voice.detail(text)
		return
	}
	r.trouble = text
	r.voice.notice(text)
}
