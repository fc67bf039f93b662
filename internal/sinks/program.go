// Package sinks is what dlog and dsyslog share beside the lines themselves:
// their frame, and how signals reach whoever waits.
package sinks

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"dmon/internal/cli"
	"dmon/internal/speech"
	"dmon/logpipe"
)

// garbage is what may be added to what is in use before garbage is collected,
// in hundredths, and of 4 MiB at least. There is next to none. A limit of all
// memory would not do: the runtime's own share is not known, and where that
// comes near to it, garbage is collected without end.
const garbage = 50

// Program is one invocation of dlog or dsyslog.
type Program struct {
	Name     string
	Args     []string  // without its name
	Stdout   io.Writer // for what the user asked for
	Messages io.Writer // a message each Write; never waits
	Signals  *Signals
}

// Main runs a program called name and ends the process with its status. hears
// are the signals beside TERM that it answers to.
func Main(name string, run func(*Program) error, hears ...os.Signal) {
	// One goroutine does all the work. A second processor would only wake up
	// idle threads each time the scheduler moves it.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(garbage)
	p := &Program{
		Name: name, Args: os.Args[1:],
		Stdout:   speech.Answers{File: os.Stdout},
		Messages: speech.NewStream(name, unix.Stderr),
	}
	p.Signals = watch(func(err error) { os.Exit(p.Tell(err)) }, hears)
	if err := run(p); err != nil {
		os.Exit(p.Tell(err))
	}
}

// Tell tells err, or answers with it, and returns the status to exit with.
func (p *Program) Tell(err error) int { return cli.Tell(p.Name, p.Stdout, p.Messages, err) }

// Say says text.
func (p *Program) Say(text string) { fmt.Fprintf(p.Messages, "%s: %s\n", p.Name, cli.OneLine(text)) }

// Input opens descriptor fd, the value of --input-fd. Its waits end for a signal.
func (p *Program) Input(fd int) (logpipe.Source, error) {
	wake, err := p.Signals.FD()
	if err == nil {
		err = given(fd)
	}
	if err != nil {
		return nil, err
	}
	return logpipe.Open(fd, wake, func(err error) {
		p.Say(err.Error() + "; if " + p.Name + " is killed, lines that it has read are lost")
	})
}

// given refuses a descriptor that we were not given.
// The language's runtime opens some for itself; those, unlike any that came
// through exec, are to be closed there.
func given(fd int) error {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if fd > 2 && (err != nil || flags&unix.FD_CLOEXEC != 0) {
		return &cli.Misuse{
			Text: fmt.Sprintf("-i, --input-fd: descriptor %d is not open", fd),
			Hint: fmt.Sprintf("a shell opens it for reading with %d<FILE", fd),
		}
	}
	return nil
}
