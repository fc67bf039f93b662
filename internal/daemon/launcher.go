package daemon

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// lifeline is the variable that tells the second life that it is one: the
// number of its end of the pipe, which is its standard error, and after an = what GOMAXPROCS was, if it was
// set. One processor is all that dmon needs; Go would make room for each.
const lifeline = "DMON_LIFELINE"

// What the second life says, a line each: a message, what there is to know once
// it is ready, that it is ready, that it ends with a status.
const (
	sayMessage = 'm'
	sayNews    = 'n'
	sayReady   = 'r'
	sayEnd     = 'x'
)

// Launcher is what the second life has of the first. A nil Launcher is good
// for a program that never detached: it takes everything in silence.
type Launcher struct{ pipe *os.File }

// Attached returns the Launcher of a second life, and nil in a first one. It
// takes back what Detach changed in the environment, so call it before anybody
// reads that.
func Attached() *Launcher {
	value, ok := os.LookupEnv(lifeline)
	if !ok {
		return nil
	}
	os.Unsetenv(lifeline)
	number, procs, had := strings.Cut(value, "=")
	if had {
		os.Setenv("GOMAXPROCS", procs)
	} else {
		os.Unsetenv("GOMAXPROCS")
	}
	fd, err := strconv.Atoi(number)
	if err != nil {
		return nil
	}
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return nil // not from us
	}
	l := &Launcher{takeOver(fd)}
	name()
	return l
}

// takeOver keeps the lifeline at a number of its own and for us alone. Until now
// it was standard error, for what the runtime has to say when it cannot even
// begin; from now on that is told what the runtime dies of.
func takeOver(fd int) *os.File {
	if own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3); err == nil {
		_ = redirect(1, fd) // to /dev/null: a descriptor that is open cannot fail
		fd = own
	}
	unix.CloseOnExec(fd)
	pipe := os.NewFile(uintptr(fd), "lifeline")
	_ = debug.SetCrashOutput(pipe, debug.CrashOptions{})
	return pipe
}

// Say has the launcher print text, which must be one line, on its standard
// error.
func (l *Launcher) Say(text string) {
	if l.Waiting() {
		fmt.Fprintf(l.pipe, "%c%s\n", sayMessage, text)
	}
}

// News has the launcher know text, one line, for when we are Ready.
func (l *Launcher) News(text string) {
	if l.Waiting() {
		fmt.Fprintf(l.pipe, "%c%s\n", sayNews, text)
	}
}

// Waiting reports whether the launcher still waits for Ready or End.
func (l *Launcher) Waiting() bool { return l != nil && l.pipe != nil }

// Ready lets the launcher go, successfully. An error means that it is gone
// already, and that nobody knows of us.
func (l *Launcher) Ready() error { return l.last(fmt.Sprintf("%c\n", sayReady)) }

// End has the launcher exit with status. It is the last thing to do before we
// exit too. After Ready it does nothing.
func (l *Launcher) End(status int) { _ = l.last(fmt.Sprintf("%c%d\n", sayEnd, status)) }

func (l *Launcher) last(line string) error {
	if !l.Waiting() {
		return nil
	}
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
	_, err := io.WriteString(l.pipe, line)
	l.pipe.Close()
	l.pipe = nil
	return err
}
