// Package daemon turns dmon into a daemon and holds its pid file.
//
// A Go program cannot fork and go on. Detach therefore starts this program a
// second time, in a session of its own, and waits: the second life tells the
// first through a pipe what to say and when to end. Everything that can fail
// at the start fails in the second life, while the first still has the user's
// attention and exit status.
package daemon

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// lifeline is the variable that tells the second life that it is one: the
// number of its end of the pipe, and after an = what GOMAXPROCS was, if it was
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
	unix.CloseOnExec(fd)
	name()
	return &Launcher{os.NewFile(uintptr(fd), "lifeline")}
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
	_, err := io.WriteString(l.pipe, line)
	l.pipe.Close()
	l.pipe = nil
	return err
}

// Detach begins the second life and returns the exit status for the first:
// 0 when the second is ready, else what it said. say prints its messages, and
// news, which is called when all is well, what it had to say at the end. The
// signals that end programs and that come while we wait, or came before,
// are a TERM for the second life, whose answer we then still wait for.
func Detach(signals <-chan os.Signal, say, news func(string)) (int, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("cannot make a pipe: %w", err)
	}
	pid, err := begin(write)
	write.Close()
	if err != nil {
		return 0, fmt.Errorf("cannot start the daemon: %w", err)
	}
	r := &relay{pid: pid}
	go r.run(signals)
	text := ""
	status, ready := listen(read, say, func(s string) { text = s })
	if told := r.end(); ready && !told {
		if text != "" {
			news(text)
		}
		return 0, nil
	} else if told && (ready || status < 0) {
		status = statusTerminated
	}
	reap(pid)
	if status < 0 {
		return 0, errors.New("the daemon died before it was ready")
	}
	return status, nil
}

// statusTerminated is the exit status for a second life that TERM has ended.
const statusTerminated = 128 + int(unix.SIGTERM)

// relay passes the signals that are to end us on to the second life, which is
// our child and not reaped before the relay has ended.
type relay struct {
	mu    sync.Mutex
	pid   int
	told  bool // a signal was passed on
	ended bool
}

func (r *relay) run(signals <-chan os.Signal) {
	for s := range signals {
		switch s {
		case unix.SIGTERM, unix.SIGINT, unix.SIGHUP:
			r.mu.Lock()
			if !r.ended {
				r.told = true
				_ = unix.Kill(r.pid, unix.SIGTERM)
			}
			r.mu.Unlock()
		}
	}
}

// end reports whether the second life was told to end, and sees to it that it
// no longer can be.
func (r *relay) end() (told bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	return r.told
}

// begin starts this program again with its own arguments.
func begin(write *os.File) (int, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	// A copy without close-on-exec, beyond the standard streams.
	fd, err := unix.FcntlInt(write.Fd(), unix.F_DUPFD, 3)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	exe, err := executable()
	if err != nil {
		return 0, err
	}
	return syscall.ForkExec(exe, os.Args, &syscall.ProcAttr{
		Env:   environ(fd),
		Files: []uintptr{null.Fd(), null.Fd(), null.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
}

func environ(fd int) []string {
	line := lifeline + "=" + strconv.Itoa(fd)
	env := make([]string, 0, len(os.Environ())+2)
	for _, e := range os.Environ() {
		if procs, ok := strings.CutPrefix(e, "GOMAXPROCS="); ok {
			line += "=" + procs
			continue
		}
		env = append(env, e)
	}
	return append(env, line, "GOMAXPROCS=1")
}

// listen prints what the second life says until it is ready, ends, or is gone,
// which is status -1.
func listen(read io.Reader, say, news func(string)) (status int, ready bool) {
	lines := bufio.NewReader(read)
	for {
		line, err := lines.ReadString('\n')
		if err != nil || line == "" {
			return -1, false
		}
		text := strings.TrimSuffix(line[1:], "\n")
		switch line[0] {
		case sayMessage:
			say(text)
		case sayNews:
			news(text)
		case sayReady:
			return 0, true
		case sayEnd:
			if status, err := strconv.Atoi(text); err == nil {
				return status, false
			}
			return -1, false
		}
	}
}

// reap waits until the second life is really gone, so that nothing of it is
// there any more when the user reads that it failed.
func reap(pid int) {
	for {
		var ws syscall.WaitStatus
		if _, err := syscall.Wait4(pid, &ws, 0, nil); !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}
