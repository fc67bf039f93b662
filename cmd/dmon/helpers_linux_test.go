package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// helpers are programs for the scripts: this test binary under other names.
// Each returns its exit status.
var helpers = map[string]func(args []string) int{
	"numbers": numbers,
	"gaps":    gaps,
	"starts":  starts,
	"signals": signals,
	"unread":  unread,
	"listen":  listen,
	"early":   early,
}

// An unused helper is a test that somebody forgot.
func TestHelpersAreUsed(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, s := range scripts {
		text, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	for name := range helpers {
		if !bytes.Contains(all, []byte(name+" ")) {
			t.Errorf("no script uses the helper %q", name)
		}
	}
}

// numbers COUNT DIR writes the lines "RUN 1" to "RUN COUNT" to standard
// output, each with one write, where RUN is dmon's number of the run. After
// each it notes in DIR/RUN how many were taken, so that a script can tell what
// must be in the log even after a KILL. COUNT 0 has no end.
func numbers(args []string) int {
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return usageError("numbers: %v", err)
	}
	run := os.Getenv("DMON_RUN")
	note, err := os.Create(filepath.Join(args[1], run))
	if err != nil {
		return usageError("numbers: %v", err)
	}
	var line, noted []byte
	for n := 1; count == 0 || n <= count; n++ {
		line = append(strconv.AppendInt(append(append(line[:0], run...), ' '), int64(n), 10), '\n')
		if _, err := syscall.Write(1, line); err != nil {
			return usageError("numbers: line %d: %v", n, err)
		}
		noted = append(strconv.AppendInt(noted[:0], int64(n), 10), '\n')
		if _, err := note.WriteAt(noted, 0); err != nil {
			return usageError("numbers: %v", err)
		}
	}
	return 0
}

// gaps [-d] DIR reads a log from standard input, whose lines end in what
// numbers wrote, and compares it with the notes in DIR. It tells the first
// lines that are missing, broken, out of order or, without -d, there twice.
func gaps(args []string) int {
	repeats := args[0] == "-d"
	if repeats {
		args = args[1:]
	}
	got, faults := readNumbers(repeats)
	notes, err := os.ReadDir(args[0])
	if err != nil {
		return usageError("gaps: %v", err)
	}
	lines := 0
	for _, e := range notes {
		text, err := os.ReadFile(filepath.Join(args[0], e.Name()))
		if err != nil {
			return usageError("gaps: %v", err)
		}
		// One that was killed may have written a line that it did not note.
		noted, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		if n := got[e.Name()]; n < noted || n > noted+1 {
			faults = append(faults, fmt.Sprintf("run %s: %d lines written, %d logged", e.Name(), noted, n))
		}
		lines += got[e.Name()]
		delete(got, e.Name())
	}
	for run := range got {
		faults = append(faults, fmt.Sprintf("run %q was never made", run))
	}
	fmt.Printf("%d lines of %d runs\n", lines, len(notes))
	for i, f := range faults {
		if i == 10 {
			fmt.Printf("and %d more\n", len(faults)-i)
			break
		}
		fmt.Println(f)
	}
	return min(len(faults), 1)
}

// readNumbers returns the last line of each run, and what is wrong before it.
func readNumbers(repeats bool) (last map[string]int, faults []string) {
	last = map[string]int{}
	data, err := readAll(os.Stdin)
	if err != nil {
		return last, []string{err.Error()}
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) < 2 || !strings.HasSuffix(line, "\n") {
			faults = append(faults, fmt.Sprintf("broken: %q", line))
			continue
		}
		run := f[len(f)-2]
		n, err := strconv.Atoi(f[len(f)-1])
		switch {
		case err != nil:
			faults = append(faults, fmt.Sprintf("broken: %q", line))
		case n == last[run]+1:
			last[run] = n
		case repeats && n >= 1 && n <= last[run]:
			// Written again after a KILL; what follows must go on from there.
		default:
			faults = append(faults, fmt.Sprintf("run %s: %d after %d", run, n, last[run]))
			last[run] = max(n, last[run])
		}
	}
	return last, faults
}

func readAll(f *os.File) ([]byte, error) {
	var b bytes.Buffer
	_, err := b.ReadFrom(f)
	return b.Bytes(), err
}

// starts FILE COMMAND [ARG]... appends a line with its pid and the monotonic
// clock in milliseconds to FILE and becomes COMMAND.
func starts(args []string) int {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return usageError("starts: %v", err)
	}
	f, err := os.OpenFile(args[0], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return usageError("starts: %v", err)
	}
	fmt.Fprintf(f, "%d %d\n", os.Getpid(), now.Nano()/1e6)
	f.Close()
	return usageError("starts: %v", execvp(args[1:]))
}

// signals FILE appends the name of each signal that it gets to FILE, "ready"
// first, and ends on TERM.
func signals(args []string) int {
	f, err := os.OpenFile(args[0], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return usageError("signals: %v", err)
	}
	c := make(chan os.Signal, 64)
	signal.Notify(c, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
		syscall.SIGALRM, syscall.SIGTERM, syscall.SIGCONT, syscall.SIGWINCH)
	fmt.Fprintln(f, "ready")
	for s := range c {
		fmt.Fprintln(f, s)
		if s == syscall.SIGTERM {
			break
		}
	}
	return 0
}

// unread PID prints how many bytes are in the pipe that is the standard input
// of a process.
func unread(args []string) int {
	f, err := os.Open("/proc/" + args[0] + "/fd/0")
	if err != nil {
		return usageError("unread: %v", err)
	}
	defer f.Close()
	n, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCINQ)
	if err != nil {
		return usageError("unread: %v", err)
	}
	fmt.Println(n)
	return 0
}

// listen unix|unixgram SOCKET FILE appends what comes to a socket to FILE,
// "ready" first, one connection after another, until it is ended.
func listen(args []string) int {
	out, err := os.OpenFile(args[2], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return usageError("listen: %v", err)
	}
	if args[0] == "unixgram" {
		conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: args[1], Net: "unixgram"})
		if err != nil {
			return usageError("listen: %v", err)
		}
		fmt.Fprintln(out, "ready")
		_, err = io.Copy(out, conn)
		return usageError("listen: %v", err)
	}
	l, err := net.Listen("unix", args[1])
	if err != nil {
		return usageError("listen: %v", err)
	}
	fmt.Fprintln(out, "ready")
	for {
		conn, err := l.Accept()
		if err != nil {
			return usageError("listen: %v", err)
		}
		_, _ = io.Copy(out, conn) // the next one may fare better
		conn.Close()
	}
}

// early DELAY COMMAND [ARG]... sends TERM to COMMAND so soon after it was
// executed, and exits as it does. A shell would do for that, if it did not
// now and then swallow a signal for a child that it has yet to execute.
func early(args []string) int {
	delay, err := time.ParseDuration(args[0])
	if err != nil {
		return usageError("early: %v", err)
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return usageError("early: %v", err)
	}
	<-time.After(delay)
	// It may have ended already, as a launcher does.
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait() // its state says more
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return cmd.ProcessState.ExitCode()
}

func usageError(format string, a ...any) int {
	fmt.Fprintf(os.Stderr, format+"\n", a...)
	return 99
}

func execvp(argv []string) error {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	return syscall.Exec(path, argv, os.Environ())
}
