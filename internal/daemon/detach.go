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
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Detachment is how a daemon is made.
type Detachment struct {
	// Signals are those that end programs, and that came before or come while
	// we wait: a TERM for the second life, whose answer we then still wait for.
	Signals <-chan os.Signal
	Say     func(string) // prints its messages
	News    func(string) // what it had to say at the end, when all is well
	// Keep are descriptors that it gets beside the standard streams. All others
	// are closed, so that no pipe or lock of our caller stays open in it.
	Keep []int
	// PidFile is removed where a second life that died left it, "" for none.
	PidFile string
}

// Detach begins the second life and returns the exit status for the first:
// 0 when the second is ready, else what it said.
func Detach(d Detachment) (int, error) {
	if err := closeOthers(d.Keep); err != nil {
		return 0, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("cannot make a pipe: %w", err)
	}
	pid, err := begin(write)
	write.Close()
	if err != nil {
		if _, there := os.Readlink("/proc/self"); runtime.GOOS == "linux" && there != nil {
			return 0, fmt.Errorf("dmon needs /proc, which is not mounted here: %w", there)
		}
		return 0, fmt.Errorf("cannot start the daemon: %w", err)
	}
	r := &relay{pid: pid}
	go r.run(d.Signals)
	l := listener{say: d.Say}
	status, ready := l.listen(read)
	if told := r.end(); ready && !told {
		if l.news != "" {
			d.News(l.news)
		}
		return 0, nil
	} else if told && (ready || status < 0) {
		status = statusTerminated
	}
	end := reap(pid)
	if status < 0 {
		if d.PidFile != "" {
			clearPidFile(d.PidFile, pid)
		}
		return 0, fmt.Errorf("the daemon died before it was ready%s", l.cause(end))
	}
	return status, nil
}

// begin starts this program again with its own arguments.
func begin(write *os.File) (int, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	exe, err := executable()
	if err != nil {
		return 0, err
	}
	return syscall.ForkExec(exe, os.Args, &syscall.ProcAttr{
		Env:   environ(2),
		Files: []uintptr{null.Fd(), null.Fd(), write.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
}

// closeOthers sees to it that what we start gets nothing above standard error
// but what is to be kept.
func closeOthers(keep []int) error {
	closeOnExec()
	for _, fd := range keep {
		if fd < 3 {
			continue
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
			return fmt.Errorf("cannot keep descriptor %d: %w", fd, err)
		}
	}
	return nil
}

// closeOnExecEach is closeOnExec for a kernel that cannot do all at once.
func closeOnExecEach(list string) {
	entries, err := os.ReadDir(list)
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
	const usual = 1024 // where nobody tells what is open
	for fd := 3; err != nil && fd < usual; fd++ {
		unix.CloseOnExec(fd)
	}
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

// listener hears what the second life says.
type listener struct {
	say    func(string)
	news   string
	reason string // what its runtime died of, "" where it did not say
}

// listen prints what the second life says until it is ready, ends, or is gone,
// which is status -1. What is none of its lines is the runtime's.
func (l *listener) listen(read io.Reader) (status int, ready bool) {
	lines := bufio.NewReader(read)
	for {
		line, err := lines.ReadString('\n')
		if err != nil || line == "" {
			return -1, false
		}
		text := strings.TrimSuffix(line[1:], "\n")
		switch {
		case l.crash(strings.TrimSuffix(line, "\n")):
			_, _ = io.Copy(io.Discard, lines) // where it was
			return -1, false
		case line[0] == sayMessage:
			l.say(text)
		case line[0] == sayNews:
			l.news = text
		case line[0] == sayReady && text == "":
			return 0, true
		case line[0] == sayEnd:
			if status, err := strconv.Atoi(text); err == nil {
				return status, false
			}
			return -1, false
		}
	}
}

// crash reports whether line is the runtime's last word, which it may have
// explained before.
func (l *listener) crash(line string) bool {
	last := strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ")
	if l.reason == "" && (last || strings.HasPrefix(line, "runtime: ")) {
		l.reason = line
	}
	return last
}

// cause says why the second life is gone, as far as anybody knows.
func (l *listener) cause(end syscall.WaitStatus) string {
	switch {
	case l.reason != "":
		return ": " + l.reason
	case end.Signaled():
		return ": " + end.Signal().String()
	}
	return ""
}
