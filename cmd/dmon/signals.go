package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// subscribe asks for the signals that mean something to us, and disregards the
// others that would end us. Those that were ignored when we were started stay
// so, for us and for our children.
func (w *world) subscribe() {
	signal.Notify(w.deaths, syscall.SIGCHLD)
	w.notify(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGTSTP, syscall.SIGUSR1)
	proc.Disregard(syscall.SIGQUIT, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGPIPE)
}

func (w *world) notify(signals ...syscall.Signal) {
	for _, s := range signals {
		if w.ignored&(1<<(s-1)) == 0 {
			signal.Notify(w.signals, s)
		}
	}
}

// meaning translates a signal.
func (w *world) meaning(s os.Signal) (supervise.Input, bool) {
	sig, _ := s.(syscall.Signal)
	switch {
	case sig == syscall.SIGTERM, sig == syscall.SIGINT, sig == syscall.SIGHUP && w.opts.HangUpEnds():
		heard := w.tty && !w.opts.Policy.Terminal && sig == syscall.SIGINT
		w.interrupted = w.interrupted || heard
		return supervise.Stop{Signal: sig, Cause: "signal " + cli.SignalName(sig), Heard: heard}, true
	case sig == syscall.SIGTSTP:
		return supervise.Suspend{}, w.opts.Foreground
	default:
		return supervise.Signalled{Signal: sig}, true
	}
}

// keyWait is far more than a thread waits for a processor on a busy machine, and
// nothing to a person at a terminal.
const keyWait = 100 * time.Millisecond

// dieOfInterrupt ends us by the signal that ended the command: only then does
// a shell give up the loop or the list of commands that ^C was meant for.
func dieOfInterrupt() {
	signal.Reset(syscall.SIGINT)
	if syscall.Kill(os.Getpid(), syscall.SIGINT) == nil {
		<-make(chan struct{}) // the signal is on its way
	}
}

// onTerminal reports whether we have a terminal whose keys send us signals.
func onTerminal() bool {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
