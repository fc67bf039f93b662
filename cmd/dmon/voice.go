package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/daemon"
	"dmon/logpipe"
)

// voice says dmon's own messages, a line each, where --messages wants them. A
// daemon's failures go to its launcher too, as long as that listens: they are
// what the user waits for. It belongs to the loop's goroutine.
type voice struct {
	stderr   io.Writer
	launcher *daemon.Launcher
	put      func(severity logpipe.Priority, text string) // nil: standard error, until openVoice knows better
	level    int
}

// Levels of wordiness: -q, neither, -v.
const (
	quiet = iota
	normal
	verbose
)

// systemLog is where syslog daemons listen.
const systemLog = "/dev/log"

// openVoice finds the place for the messages.
func (w *world) openVoice() error {
	v := w.voice
	v.level = normal
	switch {
	case w.opts.Quiet:
		v.level = quiet
	case w.opts.Verbose:
		v.level = verbose
	}
	switch w.opts.Messages {
	case "none":
		v.put = func(logpipe.Priority, string) {}
	case "log":
		// A full pipe is no place to wait, and a message no reason to stop.
		v.put = func(_ logpipe.Priority, text string) { _ = w.pipe.Say("dmon: " + text) }
	case "syslog":
		s := logpipe.NewSyslog(systemLog, "dmon", os.Getpid(), logpipe.FacilityDaemon)
		v.put = func(severity logpipe.Priority, text string) { _ = s.Say(severity, text) }
	}
	return nil
}

// failure is why dmon cannot do what it was asked; it is said even with -q.
func (v *voice) failure(text string) { v.say(logpipe.SeverityErr, text) }

// complain says each line of err, which may be several joined.
func (v *voice) complain(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		v.failure(line)
	}
}

// notice is what the user should know, and does not with -q.
func (v *voice) notice(text string) {
	if v.level >= normal {
		v.say(logpipe.SeverityNotice, text)
	}
}

// answer is what the user asked for, so that it is said in any case.
func (v *voice) answer(text string) { v.say(logpipe.SeverityNotice, text) }

// detail is said with -v.
func (v *voice) detail(text string) {
	if v.level >= verbose {
		v.write(logpipe.SeverityInfo, text)
	}
}

// say speaks to the launcher as long as that listens, else to put.
func (v *voice) say(severity logpipe.Priority, text string) {
	if v.launcher.Waiting() {
		v.launcher.Say(cli.OneLine(text))
		return
	}
	v.write(severity, text)
}

func (v *voice) write(severity logpipe.Priority, text string) {
	text = cli.OneLine(text)
	if v.put != nil {
		v.put(severity, text)
		return
	}
	fmt.Fprintf(v.stderr, "dmon: %s\n", text)
}
