package cli

import (
	"strconv"
	"strings"
	"syscall"
)

// signals are the names that every system we build for knows.
var signals = []struct {
	name string
	sig  syscall.Signal
}{
	{"HUP", syscall.SIGHUP}, {"INT", syscall.SIGINT}, {"QUIT", syscall.SIGQUIT},
	{"ILL", syscall.SIGILL}, {"TRAP", syscall.SIGTRAP}, {"ABRT", syscall.SIGABRT},
	{"BUS", syscall.SIGBUS}, {"FPE", syscall.SIGFPE}, {"KILL", syscall.SIGKILL},
	{"USR1", syscall.SIGUSR1}, {"SEGV", syscall.SIGSEGV}, {"USR2", syscall.SIGUSR2},
	{"PIPE", syscall.SIGPIPE}, {"ALRM", syscall.SIGALRM}, {"TERM", syscall.SIGTERM},
	{"CHLD", syscall.SIGCHLD}, {"CONT", syscall.SIGCONT}, {"STOP", syscall.SIGSTOP},
	{"TSTP", syscall.SIGTSTP}, {"TTIN", syscall.SIGTTIN}, {"TTOU", syscall.SIGTTOU},
	{"URG", syscall.SIGURG}, {"XCPU", syscall.SIGXCPU}, {"XFSZ", syscall.SIGXFSZ},
	{"VTALRM", syscall.SIGVTALRM}, {"PROF", syscall.SIGPROF}, {"WINCH", syscall.SIGWINCH},
	{"IO", syscall.SIGIO}, {"SYS", syscall.SIGSYS},
}

// lastSignal is the largest number a signal has on Linux, real-time ones
// included; other systems stop earlier and say so when it is sent.
const lastSignal = 64

// ParseSignal reads a SIGNAL: TERM, SIGTERM, term or 15. "help" is answered
// with the names.
func ParseSignal(s string) (syscall.Signal, error) {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && n >= 1 && n <= lastSignal {
		return syscall.Signal(n), nil
	}
	for _, e := range signals {
		if sameWord(s, e.name) || sameWord(s, "SIG"+e.name) {
			return e.sig, nil
		}
	}
	if s == "help" {
		return 0, &Answer{SignalNames()}
	}
	return 0, Invalidf("%q is not a SIGNAL: a name like TERM, or a number from 1 to %d", s, lastSignal)
}

// SignalNames lists the names that ParseSignal knows, a line each.
func SignalNames() string {
	names := make([]string, len(signals))
	for i, e := range signals {
		names[i] = e.name
	}
	return strings.Join(names, "\n") + "\n"
}

// SignalName is the short name of sig ("TERM"), or its number.
func SignalName(sig syscall.Signal) string {
	for _, e := range signals {
		if e.sig == sig {
			return e.name
		}
	}
	return strconv.Itoa(int(sig))
}
