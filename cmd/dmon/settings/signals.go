package settings

import (
	"syscall"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// Forwardable are the signals that -s and -S pass on.
var Forwardable = []syscall.Signal{
	syscall.SIGCONT, syscall.SIGALRM, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGWINCH,
}

func defineSignals(f *cli.Flags, p *supervise.Policy) {
	const all = "CONT ALRM QUIT USR1 USR2 HUP WINCH"
	f.Group("Signals", func() {
		f.Add(cli.Switch(&p.Forward[supervise.Cmd], Forwardable), "cmd-sigs", "s", "forward "+all+" to COMMAND\n(as it is: most of them end a program that does not\nexpect them)").
			Says("signals", all+" go to the command")
		f.Add(cli.Switch(&p.Forward[supervise.Log], Forwardable), "log-sigs", "S", "forward them to LOGCOMMAND").
			Needs("a log command").Says("log signals", all+" go to the log command")
	})
}

// Forwards reports whether signals are passed on to anybody.
func (s *Settings) Forwards() bool {
	return s.Policy.Forward[supervise.Cmd] != nil || s.Policy.Forward[supervise.Log] != nil
}

// HangUpEnds reports whether HUP is a reason to leave.
func (s *Settings) HangUpEnds() bool { return s.Foreground && !s.Forwards() }

// stopSignals says which signals end dmon.
func (s *Settings) stopSignals() string {
	ignored := proc.Ignored()
	var names []string
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if ignored&(1<<(sig-1)) == 0 && (sig != syscall.SIGHUP || s.HangUpEnds()) {
			names = append(names, cli.SignalName(sig))
		}
	}
	switch n := len(names); n {
	case 0:
		return "no signal: all of them were ignored at the start"
	case 1:
		return names[0]
	case 2:
		return names[0] + " or " + names[1]
	default:
		return names[0] + ", " + names[1] + " or " + names[2]
	}
}
