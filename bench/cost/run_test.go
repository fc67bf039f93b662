//go:build linux && amd64

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/bench/stage"
)

// TestMain makes the test binary its own helper: with helperDir in its
// environment it is a bench that has started something and is interrupted.
func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		helper(dir)
	}
	os.Exit(m.Run())
}

const helperDir = "BENCH_HELPER_DIR"

// helper starts a tree with a daemon and a stranger to TERM in it, says so,
// and waits to be interrupted.
func helper(dir string) {
	if err := becomeSubreaper(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	leaveOnSignal(dir)
	ready := filepath.Join(dir, "ready")
	if err := syscall.Mkfifo(ready, 0o600); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	line := "trap '' TERM INT; (setsid sh -c 'echo >" + ready + "; exec sleep 1000' &); exec sleep 1000"
	if _, err := spawn([]string{"/bin/sh", "-c", line}, dir, 2); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.ReadFile(ready)
	fmt.Println("ready", stage.Descendants(os.Getpid()))
	select {}
}

// startHelper runs helper and returns it with what it has started.
func startHelper(t *testing.T) (*exec.Cmd, string, []int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "work")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), helperDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	guard := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	t.Cleanup(func() { guard.Stop() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready [") {
		t.Fatalf("the helper said %q, %v", line, err)
	}
	pids := stage.Descendants(cmd.Process.Pid)
	if len(pids) < 2 {
		t.Fatalf("the helper started %v, too little", pids)
	}
	t.Cleanup(func() { // where the bench fails to, so that a failing test leaves nothing either
		if t.Failed() {
			for _, pid := range pids {
				syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	})
	return cmd, dir, pids
}

func TestInterruptLeavesNothing(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd, dir, pids := startHelper(t)
		cmd.Process.Signal(s)
		cmd.Wait()
		if got, want := cmd.ProcessState.ExitCode(), 128+int(s); got != want {
			t.Errorf("%v: exit status %d, want %d", s, got, want)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%v: the directory is still there", s)
		}
		for _, pid := range pids {
			if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
				t.Errorf("%v: process %d is still there", s, pid)
			}
		}
	}
}

func TestSweepIsBounded(t *testing.T) {
	if err := sweep(time.Second); err != nil {
		t.Errorf("nothing to sweep: %v", err)
	}
	pid, err := spawn([]string{"/bin/sleep", "1000"}, "/", 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exitOf(pid, time.Millisecond); err == nil {
		t.Error("a process that goes on has an exit status")
	}
	if err := sweep(10 * time.Second); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("process %d is still there", pid)
	}
}

func TestSpawnKeepsOurEnvironmentAway(t *testing.T) {
	t.Setenv("GOMAXPROCS", "1")
	t.Setenv("DMON_OPTIONS", "-v")
	for _, pair := range environment() {
		if strings.HasPrefix(pair, "GO") || strings.HasPrefix(pair, "DMON") {
			t.Errorf("tools get %s", pair)
		}
	}
}

func TestStampsOfTheRealProbe(t *testing.T) {
	dir := t.TempDir()
	k, err := build(dir, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	x, err := newBox(filepath.Join(t.TempDir(), "box"), k.probe)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	before := stage.Now()
	pid, err := x.launch(x.command("s"))
	if err != nil {
		t.Fatal(err)
	}
	s, took, err := x.first(pid)
	if err != nil {
		t.Fatal(err)
	}
	if s.pid != pid || s.at < before || s.at > stage.Now() || took <= 0 || took > time.Duration(s.at-before) {
		t.Errorf("stamp %+v after %v, launched as %d between %d and %d", s, took, pid, before, stage.Now())
	}
	if err := sweep(10 * time.Second); err != nil {
		t.Error(err)
	}
	if _, err := x.launch(x.command("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := x.next(0); err != nil {
		t.Error(err)
	}
	if err := sweep(10 * time.Second); err != nil {
		t.Error(err)
	}
}

func TestASupervisorThatFailsIsQuoted(t *testing.T) {
	dir := t.TempDir()
	k, err := build(dir, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	x, err := newBox(filepath.Join(t.TempDir(), "box"), k.probe)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	pid, err := x.launch([]string{"/bin/sh", "-c", "echo no luck >&2; exit 3"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.next(pid); err == nil ||
		!strings.Contains(err.Error(), "ended before") || !strings.Contains(err.Error(), "no luck") {
		t.Errorf("got %v", err)
	}
	if err := sweep(10 * time.Second); err != nil {
		t.Error(err)
	}
}
