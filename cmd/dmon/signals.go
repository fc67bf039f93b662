package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"dmon/cmd/dmon/settings"
	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// subscribe asks for the signals that mean something to us from the first
// moment, and disregards the others that would end us. Those that were ignored
// when we were started stay so, for us and for our children.
func (w *world) subscribe() {
	signal.Notify(w.deaths, syscall.SIGCHLD)
	w.notify(w.stops, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	w.notify(w.signals, syscall.SIGUSR1)
	proc.Disregard(syscall.SIGQUIT, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGPIPE)
	proc.Quiet()
}

// subscribeMore asks for the others, of which a process that only waits for a
// daemon to begin must know nothing.
func (w *world) subscribeMore() {
	w.notify(w.signals, faults...)
	if w.opts.Foreground {
		w.notify(w.signals, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU)
	}
	if !w.opts.HangUpEnds() {
		w.moveHangUp()
	}
	if w.opts.Forwards() {
		w.notify(w.signals, settings.Forwardable...)
	}
	if w.keys != settings.NoKeys && !w.ignores(syscall.SIGINT) {
		proc.WatchInterrupts()
	}
	switch w.keys {
	case settings.KeysHanded:
		w.notify(w.signals, syscall.SIGQUIT, syscall.SIGWINCH, syscall.SIGCONT)
	case settings.KeysPassed:
		w.notify(w.signals, syscall.SIGQUIT, syscall.SIGWINCH)
	}
}

// moveHangUp has HUP come with the other signals where it is no request to
// leave: sixteen of them must not crowd out TERM.
func (w *world) moveHangUp() {
	before := w.stops
	w.stops = make(chan os.Signal, cap(before))
	w.notify(w.signals, syscall.SIGHUP)
	w.notify(w.stops, syscall.SIGTERM, syscall.SIGINT)
	signal.Stop(before)
	for len(before) > 0 {
		if s := <-before; s != syscall.SIGHUP {
			w.stops <- s // perhaps for the second time, which is one request
		}
	}
}

func (w *world) notify(to chan<- os.Signal, signals ...syscall.Signal) {
	for _, s := range signals {
		if !w.ignores(s) {
			signal.Notify(to, s)
		}
	}
}

// ignores reports whether we were started with s ignored.
func (w *world) ignores(s syscall.Signal) bool { return w.ignored&(1<<(s-1)) != 0 }

// faults are signals that Go's runtime needs for faults of ours. One that was
// sent ends us as it ends others, and not with a trace.
var faults = []syscall.Signal{syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE}

// meaning translates a signal.
func (w *world) meaning(s os.Signal) (supervise.Input, bool) {
	sig, _ := s.(syscall.Signal)
	switch sig {
	case syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE:
		proc.DieOf(sig)
		return nil, false // we are the first process: nothing happens to it
	case syscall.SIGTERM:
		return w.asked(sig)
	case syscall.SIGINT:
		return w.interrupt()
	case syscall.SIGHUP:
		if w.opts.HangUpEnds() {
			return w.asked(sig)
		}
	case syscall.SIGTSTP:
		return supervise.Suspend{}, w.children.Resumable()
	case syscall.SIGTTIN, syscall.SIGTTOU:
		return supervise.Suspend{}, !w.children.Lend() && w.children.Resumable()
	case syscall.SIGQUIT, syscall.SIGWINCH, syscall.SIGCONT:
		if w.keys != settings.KeysShared && w.children.Key(sig) {
			return nil, false
		}
	}
	return supervise.Signalled{Signal: sig}, true
}

func (w *world) asked(sig syscall.Signal) (supervise.Input, bool) {
	w.told = true
	return supervise.Stop{Signal: sig, Cause: "signal " + cli.SignalName(sig)}, true
}

// interrupt is INT, which on a terminal is ^C unless a process has sent it:
// COMMAND has had it too, or nothing was up that could have.
func (w *world) interrupt() (supervise.Input, bool) {
	if n := proc.Sent(); n != w.sent {
		w.sent = n
		return w.asked(syscall.SIGINT)
	}
	switch w.keys {
	case settings.NoKeys:
		return w.asked(syscall.SIGINT)
	case settings.KeysHanded:
		if w.children.Key(syscall.SIGINT) {
			return nil, false // it was meant for COMMAND alone
		}
	case settings.KeysPassed:
		w.children.Key(syscall.SIGINT)
	}
	w.interrupted = true
	return supervise.Stop{Signal: syscall.SIGINT, Cause: "signal INT", Heard: true}, true
}

// keyWait is far more than a thread waits for a processor on a busy machine, and
// nothing to a person at a terminal.
const keyWait = 100 * time.Millisecond

// dieOfKey ends us by INT where ^C is what ended COMMAND, or kept it from being
// started again: only then does a shell give up the loop or the list of commands
// that the key was meant for. We may have missed the key, and with --tty did not get
// it; then a COMMAND that died of INT tells of it, and with --tty the shell
// has not had the key either. Where INT cannot end us, status says it.
func (w *world) dieOfKey(status int) {
	if status != cli.ExitSignalled+int(syscall.SIGINT) || w.keys == settings.NoKeys || w.ignores(syscall.SIGINT) {
		return
	}
	ended := w.children.Ended()
	byKey := !w.told && ended.Signaled() && ended.Signal() == syscall.SIGINT
	switch {
	case w.interrupted:
	case byKey && w.keys == settings.KeysShared:
	case byKey && w.keys == settings.KeysHanded:
		proc.InterruptGroup()
	default:
		return
	}
	proc.DieOf(syscall.SIGINT)
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

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
