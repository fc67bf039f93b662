package main

import (
	"fmt"
	"strings"

	"dmon/internal/events"
	"dmon/internal/proc"
	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// employ says how jobs are made, if there are to be any: as our own user, with our
// environment, and their output where our messages go in the foreground. A daemon's
// standard error is /dev/null.
func (w *world) employ() {
	if w.opts.Policy.Employs() {
		w.children.Employ(proc.Work{Env: proc.Environ(notForJobs), Brief: w.brief, Out: unix.Stderr, Lanes: w.opts.Policy.Lanes()})
	}
}

// notForJobs are what our own parent told us: a job is not who it means.
var notForJobs = []string{
	"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID",
	"DMON_EVENT", "DMON_NAME", "DMON_SEQ", "DMON_CMD_PID", "DMON_CAUSE", "MAINPID", "SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS",
}

// brief is what a job is told: the event as a line of JSON, and in variables.
func (w *world) brief(j *supervise.Job) ([]byte, []string, error) {
	w.nameItself() // a job is told the name from the first event on
	if j.Digest != nil {
		text, err := w.letter(j)
		return text, nil, err
	}
	env := []string{"DMON_EVENT=" + j.Word, "DMON_NAME=" + w.called()}
	var line []byte
	pid := j.Pid
	if e := j.Event; e != nil {
		words := ""
		if ended[e.Kind] {
			var err error
			if words, err = w.lastWords(e); err != nil {
				return nil, nil, err
			}
		}
		lines := events.Lines{Name: w.called()}
		line = lines.Told(*e, words)
		env = append(env, fmt.Sprintf("DMON_SEQ=%d", e.Seq), "DMON_CAUSE="+cause(e))
		pid = e.Pid
		if j.Lane == supervise.StopLane { // as systemd has it for ExecStop
			env = append(env, fmt.Sprintf("MAINPID=%d", pid))
		}
	}
	if pid > 0 {
		env = append(env, fmt.Sprintf("DMON_CMD_PID=%d", pid))
	}
	if j.Last != nil {
		env = append(env, ending(j)...)
	}
	return line, env, nil
}

// ended are the events that say how a run did.
var ended = map[supervise.Kind]bool{supervise.Exited: true, supervise.GaveUp: true}

// cause is why it happened, in a form that a variable can hold.
func cause(e *supervise.Event) string {
	text := e.Cause
	if e.Err != nil {
		text = e.Err.Error()
	}
	const most = 4096 // one string of an environment has a bound
	if len(text) > most {
		text = text[:most]
	}
	return strings.ReplaceAll(text, "\x00", "")
}

// ending is how the last run has ended, as systemd tells that to ExecStopPost.
func ending(j *supervise.Job) []string {
	ws := j.Last.Status
	code, status := "exited", fmt.Sprint(ws.ExitStatus())
	if ws.Signaled() {
		code, status = "killed", strings.TrimPrefix(unix.SignalName(ws.Signal()), "SIG")
		if ws.CoreDump() {
			code = "dumped"
		}
	}
	return []string{"SERVICE_RESULT=" + result(j), "EXIT_CODE=" + code, "EXIT_STATUS=" + status}
}

// result is systemd's word for it.
func result(j *supervise.Job) string {
	ws := j.Last.Status
	switch {
	case j.Event != nil && j.Event.Kind == supervise.GaveUp:
		return "start-limit-hit"
	case j.Last.Why == supervise.ByTimeout:
		return "timeout"
	case j.Last.Why == supervise.ByWatchdog:
		return "watchdog"
	case j.Last.Why == supervise.ByOOM:
		return "oom-kill"
	case !j.Last.Failed:
		return "success"
	case ws.CoreDump():
		return "core-dump"
	case ws.Signaled():
		return "signal"
	default:
		return "exit-code"
	}
}

// called is the name of this dmon, "" for none.
func (w *world) called() string {
	if w.name == nil {
		return ""
	}
	return w.name.keeper.Name
}
