package proc

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// patience bounds a failure.
const patience = 20 * time.Second

// world is Children with what feeds them. Reaping takes every child of this
// program, so that no test here may run beside another, or use os/exec.
type world struct {
	*Children
	t      *testing.T
	deaths chan os.Signal
	inputs chan supervise.Input
}

// newWorld makes Children for cmd, a script for sh, unless argv says otherwise.
func newWorld(t *testing.T, cmd Spec) *world {
	return newWorlds(t, cmd, Spec{})
}

func newWorlds(t *testing.T, cmd, log Spec) *world {
	w := &world{t: t, deaths: make(chan os.Signal, 1), inputs: make(chan supervise.Input, 16)}
	signal.Notify(w.deaths, syscall.SIGCHLD)
	t.Cleanup(func() { signal.Stop(w.deaths) })
	for _, s := range []*Spec{&cmd, &log} {
		if s.Env == nil {
			s.Env = os.Environ()
		}
		if s.Stdio == [3]int{} {
			s.Stdio = [3]int{0, 1, 2}
		}
	}
	var err error
	if w.Children, err = New(cmd, log, nil, nil, 0, w.inputs); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for task := range w.tasks {
			_ = w.killTree(supervise.Task(task))
		}
		w.until("nothing is left", func() bool { w.Reap(); return len(w.left()) == 0 })
	})
	return w
}

func (w *world) left() []member {
	return append(w.members(supervise.Cmd), w.members(supervise.Log)...)
}

// until waits for a condition that a change of a process brings about.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain until %s; left: %v", what, w.left())
		}
		select {
		case <-w.deaths:
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func (w *world) start(task supervise.Task, run, last int) int {
	w.t.Helper()
	pid, err := w.Start(supervise.Start{Task: task, Run: run, Last: last})
	if err != nil {
		w.t.Fatal(err)
	}
	return pid
}

// exit waits for the end of the main process of task.
func (w *world) exit(task supervise.Task) (exit supervise.Exit) {
	w.t.Helper()
	w.until("the main process has ended", func() bool {
		for _, in := range w.Reap() {
			if e, ok := in.(supervise.Exit); ok && e.Task == task {
				exit = e
				return true
			}
		}
		return false
	})
	return exit
}

func sh(script string, args ...string) Spec {
	return Spec{Argv: append([]string{"/bin/sh", "-c", script, "sh"}, args...), Session: OwnSession}
}

// words waits until path holds n words, and returns them.
func (w *world) words(path string, n int) (words []string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%s has %d words", path, n), func() bool {
		text, _ := os.ReadFile(path)
		words = strings.Fields(string(text))
		return len(words) >= n
	})
	return words
}

func (w *world) pids(path string, n int) (pids []int) {
	w.t.Helper()
	for _, word := range w.words(path, n) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			w.t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func TestStatuses(t *testing.T) {
	for script, want := range map[string]syscall.WaitStatus{
		"exit 0": 0, "exit 7": 7 << 8, "exit 255": 255 << 8, "kill -9 $$": 9, "kill -1 $$": 1,
	} {
		w := newWorld(t, sh(script))
		pid := w.start(supervise.Cmd, 1, 0)
		if e := w.exit(supervise.Cmd); e.Pid != pid || e.Status != want || e.Failure != nil || e.Left != 0 {
			t.Errorf("%s: %+v", script, e)
		}
		// What was executed is told, once.
		select {
		case in := <-w.inputs:
			if in != (supervise.Executed{Task: supervise.Cmd, Run: 1}) {
				t.Errorf("%s: told %+v", script, in)
			}
		case <-time.After(patience):
			t.Errorf("%s: not told that it was executed", script)
		}
	}
}

// Orphans are counted for the task they belong to, and reaped.
func TestOrphans(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pids")
	w := newWorlds(t, sh(`(sleep 1000 & echo $! >>$1); (setsid sleep 1000 & echo $! >>$1); exit 3`, file), sh("exec sleep 1000"))
	w.start(supervise.Log, 1, 0)
	w.start(supervise.Cmd, 1, 0)
	e := w.exit(supervise.Cmd)
	if e.Left != 2 || e.Status != 3<<8 {
		t.Fatalf("the end is %+v", e)
	}
	pids := w.pids(file, 2)
	for i, pid := range pids {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		w.until("the count goes down", func() bool {
			for _, in := range w.Reap() {
				if e, ok := in.(supervise.Remains); ok && e.Task == supervise.Cmd && e.Left == 1-i {
					return true
				}
			}
			return false
		})
	}
	if m := w.members(supervise.Log); len(m) != 1 {
		t.Errorf("the log command has the members %v", m)
	}
}

// The tree is every descendant, whatever group or session it moved to.
func TestMembers(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pids")
	w := newWorld(t, sh(`echo $$ >>$1
		sh -c 'echo $$ >>$1; sh -c "echo \$\$ >>\$1; exec sleep 1000" sh $1; :' sh $1 &
		(setsid sh -c 'echo $$ >>$1; exec sleep 1000' sh $1 &)
		wait; exec sleep 1000`, file))
	main := w.start(supervise.Cmd, 1, 0)
	want := w.pids(file, 4)
	slices.Sort(want)
	var got []int
	w.until("the tree is settled", func() bool {
		got = nil
		members := w.members(supervise.Cmd)
		for _, m := range members {
			got = append(got, m.pid)
		}
		if len(members) == 0 || members[0].pid != main {
			t.Fatalf("the main process is not first: %v", members)
		}
		slices.Sort(got)
		return slices.Equal(got, want)
	})
	// Children alone leaves out the main process; Main is nothing else.
	if err := w.Send(supervise.Send{Task: supervise.Cmd, Target: supervise.Children, Signal: syscall.SIGKILL}); err != nil {
		t.Fatal(err)
	}
	w.until("the main process is alone", func() bool { w.Reap(); return len(w.members(supervise.Cmd)) == 1 })
	if err := w.Send(supervise.Send{Task: supervise.Cmd, Target: supervise.Main, Signal: syscall.SIGTERM}); err != nil {
		t.Fatal(err)
	}
	if e := w.exit(supervise.Cmd); e.Status != 15 || e.Pid != main {
		t.Errorf("the end is %+v", e)
	}
	// To what is gone nothing is sent, and that is no error.
	for _, target := range []supervise.Target{supervise.Tree, supervise.Main, supervise.Children} {
		if err := w.Send(supervise.Send{Task: supervise.Cmd, Target: target, Signal: syscall.SIGTERM, Wake: true}); err != nil {
			t.Error(err)
		}
	}
}

// F53: what was stopped before the pause is stopped after it.
func TestF53F54FreezeAndThaw(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pids")
	w := newWorld(t, sh(`sleep 1000 & echo $! >>$1; sleep 1000 & echo $! >>$1; wait`, file))
	w.start(supervise.Cmd, 1, 0)
	pids := w.pids(file, 2)
	state := func(pid int) byte { m, _ := w.tree.look(pid); return m.state }
	if err := unix.Kill(pids[0], unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	w.until("the one is stopped", func() bool { return state(pids[0]) == 'T' })
	for range 2 { // again, as the gate says so again
		if err := w.Freeze(supervise.Cmd); err != nil {
			t.Fatal(err)
		}
	}
	w.until("all are stopped", func() bool { return settled(w.members(supervise.Cmd)) })
	// F54: woken from outside, it is stopped by the next one.
	if err := unix.Kill(pids[1], unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := w.Freeze(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	w.until("all are stopped again", func() bool { return settled(w.members(supervise.Cmd)) })
	if err := w.Thaw(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	w.until("the other goes on", func() bool { return state(pids[1]) == 'S' })
	if s := state(pids[0]); s != 'T' {
		t.Errorf("what was stopped before is in state %c", s)
	}
}

// F12: a number that is a stranger's by now is left alone.
func TestF12RecycledPid(t *testing.T) {
	const lastPid = "/proc/sys/kernel/ns_last_pid"
	w := newWorld(t, sh("exec sleep 1000"))
	old := w.start(supervise.Cmd, 1, 0)
	was, ok := w.tree.look(old)
	if !ok {
		t.Fatal("it is gone")
	}
	if err := unix.Kill(old, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.exit(supervise.Cmd)
	// Somebody else may be given the number: then try again.
	stranger := 0
	w.until("the number comes round", func() bool {
		if err := os.WriteFile(lastPid, []byte(strconv.Itoa(old-1)), 0); err != nil {
			t.Fatalf("cannot set the next pid, which takes root: %v", err)
		}
		stranger = w.start(supervise.Cmd, 1, 0)
		now, ok := w.tree.look(stranger)
		// The start has a grain of 10 ms.
		if ok && stranger == old && now.start != was.start {
			return true
		}
		_ = unix.Kill(stranger, unix.SIGKILL) // it is our child
		w.exit(supervise.Cmd)
		return false
	})
	w.tasks[supervise.Cmd].pid = 0 // not ours any more, for once
	for name, signal := range map[string]func(member, ...syscall.Signal) error{"pidfd": w.signal, "number": w.signalWithoutPidfd} {
		if err := signal(was, syscall.SIGKILL); err != nil {
			t.Errorf("by %s: %v", name, err)
		}
	}
	// A signal that was sent would be seen at once.
	if m, ok := w.tree.look(stranger); !ok {
		t.Error("the stranger was killed")
	} else if err := w.signal(m, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	w.tasks[supervise.Cmd].pid = stranger
	if e := w.exit(supervise.Cmd); e.Status != 15 {
		t.Errorf("the stranger ended with %v, not with the TERM that was meant for it", e.Status)
	}
}

func TestParseStat(t *testing.T) {
	const rest = " S 1 22 33 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2"
	for name, ok := range map[string]bool{
		"sleep": true, "": true, "a b": true, ") S 9 9": true, "((((": true, "))))": true, "\n\n": true, "x) Z 1 1 1 1": true, "\xff": true,
	} {
		m, got := parseStat(7, []byte("7 ("+name+")"+rest))
		if got != ok || m != (member{pid: 7, parent: 1, start: 987654, state: 'S', pgrp: 22, sid: 33, threads: 1, flags: 4194304, used: 260 * time.Millisecond}) {
			t.Errorf("%q: %+v, %v", name, m, got)
		}
	}
	for _, text := range []string{"", "7", "7 (x", "7 (x)", "7 (x) S", "7 (x) S 1 2 3"} {
		if m, ok := parseStat(7, []byte(text)); ok {
			t.Errorf("%q is taken as %+v", text, m)
		}
	}
	dead := strings.Replace(rest, " S ", " Z ", 1)
	if m, ok := parseStat(7, []byte("7 (x)"+dead)); !ok || m.alive() {
		t.Error("a zombie is taken as alive")
	}
	if m, ok := parseStat(7, []byte("7 (x)"+strings.Replace(dead, " 20 0 1 ", " 20 0 2 ", 1))); !ok || !m.alive() {
		t.Error("a zombie with a thread that lives is taken as dead")
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("7 (x) S 1 22 33 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2"))
	f.Add([]byte(")"))
	f.Fuzz(func(t *testing.T, stat []byte) {
		if m, ok := parseStat(1, stat); ok && (m.used < 0 || m.pid != 1) {
			t.Errorf("%q is %+v", stat, m)
		}
	})
}
