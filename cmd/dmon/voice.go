package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"dmon/internal/daemon"
)

// voice says dmon's own messages, a line each, where --messages wants them. A
// daemon's failures go to its launcher too, as long as that listens: they are
// what the user waits for. The loop speaks, and the gate's pump, hence the lock.
type voice struct {
	mu       sync.Mutex
	stderr   io.Writer
	launcher *daemon.Launcher
	put      func(level, line string) // nil: standard error, until openVoice knows better
	level    int
}

// Levels of wordiness: -q, neither, -v.
const (
	quiet = iota
	normal
	verbose
)

// Kinds of message, as the system log calls them.
const (
	levelError  = "err"
	levelNotice = "notice"
	levelDetail = "info"
)

// openVoice finds the place for the messages.
func (w *world) openVoice() error {
	v := w.voice
	v.level = normal
	switch {
	case w.opts.quiet:
		v.level = quiet
	case w.opts.verbose:
		v.level = verbose
	}
	switch w.opts.messages {
	case "none":
		v.put = func(string, string) {}
	case "log":
		v.put = func(_, line string) { _ = w.pipe.Say("dmon: " + line) } // a full pipe is no place to wait
	case "syslog":
		v.put = syslogVoice()
	}
	return nil
}

// failure is why dmon cannot do what it was asked; it is said even with -q.
func (v *voice) failure(text string) { v.say(levelError, text) }

// complain says each line of err, which may be several joined.
func (v *voice) complain(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		v.failure(line)
	}
}

// notice is what the user should know, and does not with -q.
func (v *voice) notice(text string) {
	if v.level >= normal {
		v.say(levelNotice, text)
	}
}

// answer is what the user asked for, so that it is said in any case.
func (v *voice) answer(text string) { v.say(levelNotice, text) }

// detail is said with -v.
func (v *voice) detail(text string) {
	if v.level >= verbose {
		v.put1(levelDetail, text)
	}
}

func (v *voice) say(level, text string) {
	if v.launcher.Waiting() {
		v.launcher.Say(text)
		return
	}
	v.put1(level, text)
}

func (v *voice) put1(level, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.put != nil {
		v.put(level, text)
		return
	}
	fmt.Fprintf(v.stderr, "dmon: %s\n", text)
}
