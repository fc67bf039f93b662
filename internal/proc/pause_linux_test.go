package proc

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Parents that watch for children that were stopped go on after a pause as if
// there had been none.
//
//check:need script bsdutils
//check:need su util-linux
//check:need make make
func TestF91ResumeUnderWatchingParents(t *testing.T) {
	const job = `echo $$ >$DIR/pid; while [ ! -e $DIR/go ]; do sleep 0.01; done; echo over >>$DIR/said`
	for name, command := range map[string]string{
		"script":  `script -qec "$JOB" /dev/null; echo next >>$DIR/said`,
		"su":      `su root -s /bin/sh -m -c "$JOB"; echo next >>$DIR/said`,
		"bash -m": `bash -c 'set -m; sh -c "$JOB"; echo next >>$DIR/said'`,
		"make":    `printf 'all:\n\t@sh -c "$$JOB"\n\t@echo next >>$$DIR/said\n' >$DIR/Makefile; make -s -C $DIR`,
	} {
		for _, tool := range []string{"script", "su", "make"} {
			if _, err := exec.LookPath(tool); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			dir := t.TempDir()
			s := sh(command)
			s.Env = append(os.Environ(), "JOB="+job, "DIR="+dir)
			w := newWorld(t, s)
			w.start(supervise.Cmd, 1, 0)
			inner := w.pids(dir+"/pid", 1)[0]
			if err := w.Freeze(supervise.Cmd); err != nil {
				t.Fatal(err)
			}
			w.until(name+" is stopped", func() bool {
				_ = w.Freeze(supervise.Cmd) // as the gate does
				m, _ := w.tree.look(inner)
				return m.state == 'T' && settled(w.members(supervise.Cmd))
			})
			if err := w.Thaw(supervise.Cmd); err != nil {
				t.Fatal(err)
			}
			// The job ends when all have dealt with what they were told of the pause:
			// script takes an end that comes together with it for another stop.
			w.until(name+" goes on", func() bool {
				for _, m := range w.members(supervise.Cmd) {
					if m.state == 'T' { // as the machine does after a while
						_ = w.Thaw(supervise.Cmd)
						return false
					}
					if name == "script" && pendingSignals(m.pid) {
						return false
					}
				}
				return true
			})
			if err := os.WriteFile(dir+"/go", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			w.until(name+" is over", func() bool {
				if slices.ContainsFunc(w.members(supervise.Cmd), func(m member) bool { return m.state == 'T' }) {
					_ = w.Thaw(supervise.Cmd)
				}
				return len(w.Reap()) > 0
			})
			if said := strings.Join(w.words(dir+"/said", 2), " "); said != "over next" {
				t.Errorf("%s: said %s", name, said)
			}
		}
	}
}

// What a debugger holds is none that we have stopped, and a process whose first
// thread has ended is stopped when the others are.
func TestThawLeavesTraced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	w := newWorld(t, sh(`echo $$ >>$1; exec sleep 1000`, file))
	pid := w.start(supervise.Cmd, 1, 0)
	w.pids(file, 1)
	traced := make(chan error)
	over := make(chan bool)
	go func() {
		runtime.LockOSThread()
		err := unix.PtraceSeize(pid)
		if err == nil {
			err = unix.PtraceInterrupt(pid)
		}
		traced <- err
		<-over
		_ = unix.PtraceDetach(pid)
		traced <- nil
	}()
	if err := <-traced; err != nil {
		t.Fatal(err)
	}
	state := func() byte { m, _ := w.tree.look(pid); return m.state }
	w.until("it is in the hands of the debugger", func() bool { return state() == 't' })
	if err := w.Freeze(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	if err := w.Thaw(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil || !strings.Contains(string(text), "\nShdPnd:\t0000000000000000\n") {
		t.Errorf("a signal waits for what is traced: %v", err)
	}
	close(over)
	<-traced
	if err := unix.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	w.exit(supervise.Cmd)
}

// A vfork is not caught in two: its parent would count as busy all the while.
//
//check:need python3 python3
func TestF92VforkIsNotCaught(t *testing.T) {
	const loop = `import os, sys
open(sys.argv[1], "w").write("begun")
while True:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ), 0)`
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	begun := filepath.Join(t.TempDir(), "begun")
	s := Spec{Argv: []string{python, "-c", loop, begun}, Session: OwnSession}
	for name, make := range map[string]func() *world{
		"cgroup": func() *world { w, _ := grouped(t, s); return w },
		"stop":   func() *world { return newWorld(t, s) },
	} {
		_ = os.Remove(begun)
		w := make()
		w.start(supervise.Cmd, 1, 0)
		w.words(begun, 1)
		for range 60 {
			if err := w.Freeze(supervise.Cmd); err != nil {
				t.Fatal(err)
			}
			// One that has come out of it needs a processor to show that.
			w.until(name+": nobody is caught", func() bool {
				return !slices.ContainsFunc(w.members(supervise.Cmd), func(m member) bool { return m.state == 'D' })
			})
			if err := w.Thaw(supervise.Cmd); err != nil {
				t.Fatal(err)
			}
			for len(w.inputs) > 0 {
				<-w.inputs
			}
		}
		_ = w.killTree(supervise.Cmd)
		w.exit(supervise.Cmd)
	}
}

// pendingSignals reports whether signals wait for a process. CONT does not count:
// it has had its effect, though script has it wait for ever.
func pendingSignals(pid int) bool {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		set, _ := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		if strings.HasSuffix(name, "Pnd") && set&^(1<<(unix.SIGCONT-1)) != 0 {
			return true
		}
	}
	return false
}
