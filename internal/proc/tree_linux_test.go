package proc

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"dmon/supervise"
)

// forker, set in the environment, makes this binary one whose child is that of
// another thread than the first.
const forker = "DMON_TEST_FORKS"

func init() {
	if os.Getenv(forker) == "" {
		return
	}
	runtime.LockOSThread() // the first stays here
	go func() {
		if _, err := syscall.ForkExec("/bin/sleep", []string{"sleep", "1000"}, &syscall.ProcAttr{}); err != nil {
			os.Exit(1)
		}
	}()
	select {}
}

// The children of every thread are members.
func TestMembersOfThreads(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, Spec{Argv: []string{self}, Env: []string{forker + "=1"}, Session: OwnSession})
	w.start(supervise.Cmd, 1, 0)
	w.until("the child is found", func() bool { return len(w.members(supervise.Cmd)) == 2 })
}

// A step for the descendants alone wakes the main process too, which may be
// paused, and does nothing else to it.
func TestChildrenWakeMain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	w := newWorld(t, sh(`sleep 1000 & echo $! >>$1; wait; exit 3`, file))
	main := w.start(supervise.Cmd, 1, 0)
	w.pids(file, 1)
	if err := w.Freeze(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	w.until("all are stopped", func() bool { return settled(w.members(supervise.Cmd)) })
	if err := w.Send(supervise.Send{Task: supervise.Cmd, Target: supervise.Children, Signal: syscall.SIGTERM, Wake: true}); err != nil {
		t.Fatal(err)
	}
	if e := w.exit(supervise.Cmd); e.Pid != main || e.Status != 3<<8 {
		t.Errorf("the end is %+v", e)
	}
}
