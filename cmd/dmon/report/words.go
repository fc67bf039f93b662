package report

import (
	"fmt"
	"strconv"
	"time"

	"dmon/internal/cli"
	"dmon/supervise"
)

// words says events to a person.
type words struct {
	policy  supervise.Policy
	started [2]time.Time
	pid     int    // of the command, in its latest run; 0: there was none
	last    string // how the last run of the command ended
	strays  bool   // they were told of
	gaveUp  string // what failed too often
}

var taskWords = [...]string{supervise.Cmd: "command", supervise.Log: "log command"}

func taskWord(t supervise.Task) string {
	if t >= supervise.FirstJob {
		return "job"
	}
	return taskWords[t]
}

// say says e; "" is for what no person needs to hear.
func (w *words) say(e supervise.Event) string {
	who := taskWord(e.Task)
	switch e.Kind {
	case supervise.Started:
		w.began(e)
		return fmt.Sprintf("%s started, pid %d, run %d", who, e.Pid, e.Run)
	case supervise.Exited:
		w.note(e)
		return fmt.Sprintf("%s %s%s%s", who, ending(e), w.lasted(e), w.unready(e))
	case supervise.BecameReady:
		return "command is ready"
	case supervise.Reloading:
		if e.Met {
			return "command reads its settings anew"
		}
		return "command has read its settings anew"
	case supervise.Checked:
		if e.Met {
			return "command is healthy"
		}
		return "command is not healthy"
	case supervise.Said:
		return "command says: " + e.Cause
	case supervise.Extended:
		return "command needs " + cli.FormatTime(e.Delay) + " more"
	case supervise.TimedOut:
		return fmt.Sprintf("%s has run for %s, which is the limit", who, cli.FormatTime(w.policy.Timeout))
	case supervise.Told, supervise.Reached:
		return e.Cause
	case supervise.Paused:
		return "paused: " + e.Cause
	case supervise.Resumed:
		return "resumed: " + e.Cause
	case supervise.Held:
		return "held: " + e.Cause
	case supervise.Failed:
		return e.Err.Error()
	case supervise.Blind:
		return e.Err.Error()
	case supervise.GaveUp:
		g := w.policy.GiveUp
		return w.surrendered(fmt.Sprintf("%s failed %s within %s", who, times(g.Failures), cli.FormatTime(g.Window)))
	case supervise.Delayed:
		return fmt.Sprintf("%s starts again in %s", who, cli.FormatTime(e.Delay))
	case supervise.Strays:
		return fmt.Sprintf("%s left %s behind%s", who, Processes(e.Count), w.forkingHint(e))
	case supervise.Abandoned:
		return fmt.Sprintf("cannot end %s of the %s", Processes(e.Count), who)
	case supervise.Leaving:
		return "leaving: " + w.why(e.Cause)
	case supervise.Awaited:
		return fmt.Sprintf("waiting for the %s to end; %s follows in %s, a second ^C kills it at once", who, cli.SignalName(e.Signal), cli.FormatTime(e.Delay.Round(time.Second)))
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

// surrendered says what follows where a task failed too often, as why says.
func (w *words) surrendered(why string) string {
	switch rest := w.policy.AfterGiveUp; {
	case rest.Hold:
		return why + ", staying down until it is started"
	case rest.Again > 0:
		return why + ", trying again in " + cli.FormatTime(rest.Again)
	default:
		w.gaveUp = why
		return why + ", giving up"
	}
}

// began keeps when a run began.
func (w *words) began(e supervise.Event) {
	if e.Task < supervise.FirstJob {
		w.started[e.Task] = e.Time
	}
	if e.Task == supervise.Cmd {
		w.pid = e.Pid
	}
}

// lasted says how long the run that ended was.
func (w *words) lasted(e supervise.Event) string {
	if e.Task >= supervise.FirstJob {
		return ""
	}
	return " after " + since(w.started[e.Task], e.Time)
}

// unready is for a run that ended by itself too soon.
func (w *words) unready(e supervise.Event) string {
	if w.endedEarly(e) {
		return ", before it was ready"
	}
	return ""
}

func (w *words) endedEarly(e supervise.Event) bool {
	return w.policy.Ready.Asked() && e.Task == supervise.Cmd && e.Kind == supervise.Exited && !e.Ready && (e.Why == supervise.ByExit || e.Why == supervise.BySignal)
}

// note keeps how the command's last run ended.
func (w *words) note(e supervise.Event) {
	if e.Task == supervise.Cmd {
		w.last = ending(e)
	}
}

// why says why dmon leaves, in more words where the cause leaves a question.
func (w *words) why(cause string) string {
	switch {
	case w.gaveUp != "":
		return w.gaveUp
	case cause == supervise.NoRespawnLeft && w.policy.MaxRespawns > 0:
		return fmt.Sprintf("%s after %d runs, the last %s", cause, w.policy.MaxRespawns+1, w.last)
	default:
		return cause
	}
}

// forkingHint is for the usual reason of a command that leaves processes behind,
// once.
func (w *words) forkingHint(e supervise.Event) string {
	if w.strays || e.Task != supervise.Cmd || w.last != "exited with status 0" {
		return ""
	}
	w.strays = true
	return " (does it put itself in the background? see --forking)"
}

func ending(e supervise.Event) string {
	if !e.Status.Signaled() {
		return fmt.Sprintf("exited with status %d", e.Status.ExitStatus()) + starved(e)
	}
	core := starved(e)
	if e.Status.CoreDump() {
		core = " (core dumped)"
	}
	return "was ended by " + cli.SignalName(e.Status.Signal()) + core
}

// starved says of a run that there was no memory for it.
func starved(e supervise.Event) string {
	if e.Why == supervise.ByOOM {
		return " (out of memory)"
	}
	return ""
}

// since is a length of time as a person reads it: no finer than helps.
func since(from, to time.Time) string {
	d := to.Sub(from)
	if d < 10*time.Second {
		return cli.FormatTime(d.Round(time.Millisecond))
	}
	return cli.FormatTime(d.Round(time.Second))
}

// Processes says how many processes n is.
func Processes(n int) string {
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

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func ordinal(n int) string {
	ending := "th"
	if n/10%10 != 1 && n%10 <= 3 {
		ending = [...]string{"th", "st", "nd", "rd"}[n%10]
	}
	return strconv.Itoa(n) + ending
}

// shownWords is how much of a command is shown where it is not the point.
const shownWords = 60

// News is what who started a daemon wants to know: command runs now, or is held, and
// self is the process to ask and to end, or name, if it was given one, to do so by.
func (w *words) News(command, name string, self int, asks bool) string {
	command = cli.OneLine(command)
	if r := []rune(command); len(r) > shownWords {
		command = string(r[:shownWords-3]) + "..."
	}
	state := "waits for its start"
	if w.pid != 0 {
		state = fmt.Sprintf("runs as process %d", w.pid)
	}
	how := ""
	if name != "" {
		return fmt.Sprintf("%s %s, looked after by process %d (dmonctl status %s says how it is, dmonctl stop %s ends both)", command, state, self, name, name)
	}
	if asks {
		how = fmt.Sprintf("kill -USR1 %d has that say in the system log how it is, ", self)
	}
	return fmt.Sprintf("%s %s, looked after by process %d (%skill %d ends both)", command, state, self, how, self)
}

func describe(now time.Time, t supervise.TaskSnapshot) string {
	text := t.State
	if t.Pid != 0 {
		text += fmt.Sprintf(", pid %d", t.Pid)
	}
	text += fmt.Sprintf(", run %d", t.Run)
	if !t.Since.IsZero() { // it has been in that state since before the first start
		text += ", for " + since(t.Since, now)
	}
	if t.State == "waiting" && !t.Due.IsZero() {
		text += ", starts in " + since(now, t.Due)
	}
	return text
}
