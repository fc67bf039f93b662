//go:build linux && soak

package soak

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// What a command may be: each is a script for sh. None has more than some
// twenty processes at once.
var commands = []string{
	// One that ends at once, well or not.
	`exit $((DMON_RUN % 3))`,
	// One that lives.
	`sleep 1000`,
	// Some that hide: sessions of their own, without their parents, deaf,
	// stopped, busy.
	`trap '' TERM
	for i in 1 2 3; do
		setsid sh -c 'trap "" TERM HUP; sleep 1000 & (setsid sleep 1000 &) ; wait' &
		(setsid sh -c 'kill -STOP $$; sleep 1000' &)
	done
	sh -c 'while :; do :; done' & wait`,
	// Two lines of processes that replace themselves for ever.
	`echo 'setsid sh "$0" & exit' >"$LINE"; sh "$LINE" & sh "$LINE" & sleep 1000`,
	// One that goes into the background and leaves its first process.
	`(sleep 1000 & sleep 1000 &) ; exit 0`,
}

// tree is a dmon whose processes are killed at random, itself among them.
type tree struct {
	*round
	mark    string // in the environment of everything
	pidFile string
	words   []string // of dmon
	pid     int      // of dmon
	daemon  bool

	messages *os.File
}

const treeTime = 20 * time.Second // bounds a failure; the longest stop sequence takes 2 s

// grow is a whole round of that kind.
func (r *round) grow(stop <-chan os.Signal) error {
	r.count = 1
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	t := &tree{round: r, mark: "SOAK_MARK=" + r.dir, pidFile: r.path("pid"), daemon: r.rng.IntN(2) == 0}
	var err error
	if t.messages, err = os.Create(t.path("messages")); err != nil {
		return err
	}
	defer t.messages.Close()
	if err := t.start(); err != nil {
		return err
	}
	begun := time.Now()
	for length := *period / 4; time.Since(begun) < length; {
		select {
		case <-stop:
			return errors.New("interrupted")
		case <-time.After(time.Duration(r.rng.IntN(60)) * time.Millisecond):
		}
		t.disturb()
	}
	if err := t.goesOn(); err != nil {
		return err
	}
	return t.end()
}

// start starts dmon in one of its ways.
func (t *tree) start() error {
	t.words = []string{"-v", "-e", "--min-uptime", "0", "-k", "1s", "-p", t.pidFile, "--cmd-pid-file", t.path("cmd"), "-I", t.path("events")}
	if t.daemon {
		t.words = append(t.words, "--messages", "log")
	} else {
		t.words = append(t.words, "-n")
	}
	if t.rng.IntN(3) == 0 {
		t.words = append(t.words, "--forking")
	}
	t.words = append(t.words, "sh", "-c", commands[t.rng.IntN(len(commands))], "--")
	t.words = append(t.words, [][]string{
		{filepath.Join(bin, "dlog"), "-t", "-s", "10k", "-z", t.path("log")}, {"cat"}, {"sh", "-c", "sleep 0.1; cat"},
	}[t.rng.IntN(3)]...)
	t.round.words = strings.Join(t.words, " ")
	c := t.command(t.words...)
	if err := c.Start(); err != nil {
		return err
	}
	t.pid = c.Process.Pid
	if t.daemon {
		if err := c.Wait(); err != nil {
			return fmt.Errorf("dmon did not start: %w", err)
		}
		text, err := os.ReadFile(t.pidFile)
		if err != nil {
			return err
		}
		t.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err
	}
	// Before it has said what its signals mean, any of them ends it.
	return t.until("dmon did not start the command", func() bool { return t.starts() > 0 })
}

// command is dmon with words, in a session of its own.
func (t *tree) command(words ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(bin, "dmon"), words...)
	c.Stdout, c.Stderr = t.messages, t.messages
	c.Env = append(os.Environ(), t.mark, "LINE="+t.path("line"))
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return c
}

// disturb does one bad thing.
func (t *tree) disturb() {
	all := t.marked()
	if len(all) == 0 {
		return
	}
	victim := all[t.rng.IntN(len(all))]
	deadly := []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGINT}
	harmless := []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGWINCH, syscall.SIGCONT, syscall.SIGQUIT, syscall.SIGCHLD, syscall.SIGPIPE}
	switch pick := t.rng.IntN(10); {
	case pick < 6 && victim != t.pid:
		t.send(victim, deadly[t.rng.IntN(len(deadly))], &t.killCmd)
	case pick < 7 && victim != t.pid:
		t.send(victim, syscall.SIGSTOP, &t.pokes)
	case pick < 8:
		for range 300 {
			t.send(t.pid, harmless[t.rng.IntN(len(harmless))], &t.pokes)
		}
	case pick < 9:
		t.send(t.pid, syscall.SIGSTOP, &t.pokes)
		for range 20 {
			v := all[t.rng.IntN(len(all))]
			if v != t.pid {
				t.send(v, syscall.SIGKILL, &t.killCmd)
			}
		}
		t.send(t.pid, syscall.SIGCONT, &t.pokes)
	default:
		for _, v := range all {
			if v != t.pid {
				t.send(v, syscall.SIGKILL, &t.killCmd)
			}
		}
	}
}

// goesOn waits until the command is up once more, or has begun another run.
func (t *tree) goesOn() error {
	before := t.starts()
	return t.until("the command was not started again", func() bool {
		if !there(t.pid) {
			return true // end tells
		}
		// One that was stopped is none that ended.
		if pid := numberFrom(t.path("cmd")); pid > 0 && there(pid) {
			return true
		}
		return t.starts() > before
	})
}

func (t *tree) starts() int {
	text, _ := os.ReadFile(t.path("events"))
	return strings.Count(string(text), "cmd start")
}

// end ends dmon in one of many ways, and looks for what is left.
func (t *tree) end() error {
	if !there(t.pid) {
		return errors.New("dmon has ended before it was told to")
	}
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL, syscall.SIGSEGV}
	sig := signals[t.rng.IntN(len(signals))]
	died := sig == syscall.SIGKILL || sig == syscall.SIGSEGV
	t.round.words += fmt.Sprintf(", ended by %v", sig)
	if err := syscall.Kill(t.pid, sig); err != nil {
		return err
	}
	if !died && t.rng.IntN(3) == 0 {
		_ = syscall.Kill(t.pid, sig) // the second is less polite
	}
	if err := t.until("dmon goes on", func() bool { return !there(t.pid) }); err != nil {
		return err
	}
	_, _ = syscall.Wait4(t.pid, nil, 0, nil)
	if !died {
		if err := t.nothingLeft(); err != nil {
			return err
		}
	}
	return t.next(died)
}

// nothingLeft is what an orderly end promises.
func (t *tree) nothingLeft() error {
	for _, pid := range t.marked() {
		if there(pid) {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			return fmt.Errorf("process %d is left: %q", pid, line)
		}
	}
	if pids := stage.Children(os.Getpid()); len(pids) > 0 {
		return fmt.Errorf("processes %v are left, dead or alive", pids)
	}
	for _, name := range []string{"pid", "cmd"} {
		if _, err := os.Stat(t.path(name)); err == nil {
			return fmt.Errorf("the file %s is left", name)
		}
	}
	if groups := t.groups(); len(groups) > 0 {
		return fmt.Errorf("control groups are left: %v", groups)
	}
	return t.temporary()
}

// groups are the control groups that dmons made, which they name after the pid
// file, below ours.
func (t *tree) groups() (list []string) {
	text, _ := os.ReadFile("/proc/self/cgroup")
	_, path, _ := strings.Cut("\n"+string(text), "\n0::")
	path, _, _ = strings.Cut(path, "\n")
	for _, root := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		found, _ := filepath.Glob(filepath.Join(root, path, "dmon."+filepath.Base(t.pidFile)+".*"))
		list = append(list, found...)
	}
	return list
}

// temporary finds files that only a program in the middle of something has.
func (t *tree) temporary() error {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		switch name {
		case "pid", "cmd", "events", "messages", "log", "line":
		default:
			if !strings.HasPrefix(name, "log.") {
				return fmt.Errorf("the file %s is left", name)
			}
		}
	}
	return nil
}

// next is another dmon with the same pid file: it runs whatever became of the
// one before, once the processes that one could not end are gone.
func (t *tree) next(died bool) error {
	if died {
		// The command has had TERM; what it had started is nobody's now, and the
		// log command reads to the end of what that may still write.
		for end := time.Now().Add(treeTime); len(t.marked())+len(stage.Children(os.Getpid())) > 0; {
			if time.Now().After(end) {
				return fmt.Errorf("processes %v could not be killed", t.marked())
			}
			for _, pid := range append(t.marked(), stage.Children(os.Getpid())...) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
			}
		}
	}
	t.restarts++
	if err := t.command("-n", "-m", "0", "-p", t.pidFile, "--cmd-pid-file", t.path("cmd"), "true").Run(); err != nil {
		return fmt.Errorf("the next dmon did not run: %w", err)
	}
	return t.nothingLeft()
}

// marked are the processes of this round.
func (t *tree) marked() (pids []int) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, d := range dirs {
		env, err := os.ReadFile(d + "/environ")
		if err == nil && strings.Contains(string(env), t.mark+"\x00") {
			pid, _ := strconv.Atoi(filepath.Base(d))
			pids = append(pids, pid)
		}
	}
	return pids
}

// until waits for something that has to come.
func (t *tree) until(failure string, done func() bool) error {
	for end := time.Now().Add(treeTime); !done(); stage.Pause(5 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("%s in %v", failure, treeTime)
		}
	}
	return nil
}

func numberFrom(path string) int {
	text, _ := os.ReadFile(path)
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// there says whether a process exists and is no zombie.
func there(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	rest := stat[strings.LastIndexByte(string(stat), ')')+1:]
	return len(rest) > 1 && rest[1] != 'Z' && rest[1] != 'X'
}
