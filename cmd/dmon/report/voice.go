package report

import (
	"fmt"
	"io"
	"time"

	"dmon/internal/cli"
	"dmon/logpipe"
)

// Voice says dmon's own messages, a line each, where --messages wants them. A
// daemon's failures go to its launcher too, as long as that listens: they are
// what the user waits for. It belongs to the loop's goroutine.
//
// The rules of speech are those of package cli. Whatever a message holds of the
// user's words, it stays one line and does nothing to a terminal.
type Voice struct {
	place    Place
	launcher Launcher
	level    Level
	stamps   bool
}

// Launcher is who waits for the start of a daemon.
type Launcher interface {
	Waiting() bool
	Say(text string)
}

// Place is where messages go. Put must not block.
type Place interface {
	Put(severity logpipe.Priority, text string)
}

// PlaceFunc makes a Place of a function.
type PlaceFunc func(severity logpipe.Priority, text string)

// Put calls f.
func (f PlaceFunc) Put(severity logpipe.Priority, text string) { f(severity, text) }

// Nowhere is the Place of --messages none.
func Nowhere(logpipe.Priority, string) {}

// Stream makes a Place of w, which gets a line for each message in one Write.
func Stream(w io.Writer) Place {
	return PlaceFunc(func(_ logpipe.Priority, text string) { fmt.Fprintf(w, "dmon: %s\n", text) })
}

// Counting makes a Place of say, which may fail. What is lost is told to instead,
// unless that is nil, and counted; the count is said before what comes next.
func Counting(say func(severity logpipe.Priority, text string) error, instead Place) Place {
	return &counting{say: say, instead: instead}
}

type counting struct {
	say     func(severity logpipe.Priority, text string) error
	instead Place
	lost    int
	why     error // of the first of them
}

func (c *counting) Put(severity logpipe.Priority, text string) {
	if c.lost > 0 {
		if c.say(logpipe.SeverityWarning, fmt.Sprintf("%s could not be told here: %v", count(c.lost, "message"), c.why)) != nil {
			c.lose(severity, text, nil)
			return
		}
		c.lost = 0
	}
	if err := c.say(severity, text); err != nil {
		c.lose(severity, text, err)
	}
}

func (c *counting) lose(severity logpipe.Priority, text string, err error) {
	if c.lost++; c.lost == 1 {
		c.why = err
		if c.instead != nil {
			c.instead.Put(logpipe.SeverityWarning, fmt.Sprintf("messages come here for now: %v", err))
		}
	}
	if c.instead != nil {
		c.instead.Put(severity, text)
	}
}

// Level is how wordy a Voice is.
type Level int

// Levels of wordiness: -q, neither, -v.
const (
	Quiet Level = iota - 1
	Normal
	Verbose
)

// NewVoice returns a Voice of the Normal level that speaks at place.
func NewVoice(place Place, launcher Launcher) *Voice {
	return &Voice{place: place, launcher: launcher}
}

// Tune sets how wordy v is and, unless place is nil, where it speaks from now
// on. With stamps a Verbose voice adds the time, as a place may not.
func (v *Voice) Tune(level Level, place Place, stamps bool) {
	v.level, v.stamps = level, stamps && level == Verbose
	if place != nil {
		v.place = place
	}
}

// Place is where v speaks.
func (v *Voice) Place() Place { return v.place }

// Failure is why dmon cannot do what it was asked; it is said even with -q.
func (v *Voice) Failure(text string) { v.say(logpipe.SeverityErr, text) }

// Complain says err as a failure; of several that were joined, each.
func (v *Voice) Complain(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			v.Complain(e)
		}
		return
	}
	v.Failure(err.Error())
}

// Warning is what went wrong with what dmon looks after, and is not said with -q.
func (v *Voice) Warning(text string) {
	if v.level >= Normal {
		v.say(logpipe.SeverityWarning, text)
	}
}

// Notice is what the user should know, and does not with -q.
func (v *Voice) Notice(text string) {
	if v.level >= Normal {
		v.say(logpipe.SeverityNotice, text)
	}
}

// Answer is what the user asked for, so that it is said in any case.
func (v *Voice) Answer(text string) { v.say(logpipe.SeverityNotice, text) }

// Detail is said with -v.
func (v *Voice) Detail(text string) {
	if v.level >= Verbose {
		v.put(logpipe.SeverityInfo, text)
	}
}

// say speaks to the launcher as long as that listens, else at the place.
func (v *Voice) say(severity logpipe.Priority, text string) {
	if v.launcher.Waiting() {
		v.launcher.Say(cli.OneLine(text))
		return
	}
	v.put(severity, text)
}

func (v *Voice) put(severity logpipe.Priority, text string) {
	text = cli.OneLine(text)
	if v.stamps {
		text += time.Now().Format(" [2006-01-02 15:04:05]")
	}
	v.place.Put(severity, text)
}
