package proc

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

func TestEldest(t *testing.T) {
	for _, c := range []struct {
		name string
		left []member
		want int
	}{
		{"the only one", []member{{pid: 3, start: 9}}, 3},
		{"numbers come round", []member{{pid: 3, start: 9}, {pid: 4, start: 7}, {pid: 5, start: 8}}, 4},
		{"one that is hidden has no age", []member{{pid: 3}, {pid: 4, start: 9}, {pid: 5}, {pid: 6, start: 8}}, 6},
		{"all are hidden", []member{{pid: 3}, {pid: 4}}, 3},
		{"the same moment", []member{{pid: 3, start: 9}, {pid: 4, start: 9}}, 3},
	} {
		if got := eldest(c.left); got.pid != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// What goes into the background is followed to the eldest of what it left, whose
// end is that of the run.
func TestForking(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	s := sh(`setsid sh -c 'echo $$ >>$0; read x <$0.go; exit 5' $1 & until [ -s $1 ]; do sleep 0.02; done; (sleep 1000 & echo $! >>$1)`, file)
	s.Forking = true
	if err := unix.Mkfifo(file+".go", 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, s)
	w.start(supervise.Cmd, 1, 0)
	first := w.exit(supervise.Cmd)
	pids := w.pids(file, 2)
	if first.Status != 0 || first.Heir != pids[0] || first.Left != 1 {
		t.Fatalf("the first end is %+v, %d and %d are left", first, pids[0], pids[1])
	}
	if err := os.WriteFile(file+".go", []byte("x\n"), 0); err != nil {
		t.Fatal(err)
	}
	if e := w.exit(supervise.Cmd); e.Pid != pids[0] || e.Status != 5<<8 || e.Failure != nil || e.Heir != pids[1] {
		t.Errorf("the end of the heir is %+v", e)
	}
}

// A stop is no end: what was used until then is the process's own still, and is
// not counted a second time.
func TestStopIsNotBooked(t *testing.T) {
	w := newWorld(t, sh(`i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; kill -STOP $$; exit 0`))
	w.tty = &Terminal{fd: -1} // of which stops are heard
	census := NewCensus()
	w.Inform(census)
	pid := w.start(supervise.Cmd, 1, 0)
	w.until("it has stopped", func() bool {
		m, err := w.tree.stat(pid)
		w.Reap() // after the look
		return err == nil && m.state == 'T'
	})
	if used := census.reaped.Load(); used != 0 {
		t.Errorf("%d ns were booked when it stopped", used)
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	w.exit(supervise.Cmd)
	if census.reaped.Load() == 0 {
		t.Error("nothing was booked when it ended")
	}
}

// The first run has nothing before it, whatever it is started with.
func TestLastStatus(t *testing.T) {
	for run, want := range map[int]syscall.WaitStatus{1: 9 << 8, 2: 7 << 8} {
		w := newWorld(t, sh(`exit ${DMON_LAST_STATUS-9}`))
		w.start(supervise.Cmd, run, 7)
		if e := w.exit(supervise.Cmd); e.Status != want {
			t.Errorf("run %d ended with %v", run, e.Status)
		}
	}
}

// One thread in state D is enough, and the others do not hide it.
func TestThreadInD(t *testing.T) {
	stat := func(state string) string {
		return "7 (a b) " + state + " 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 99 0 0\n"
	}
	for want, states := range map[bool][]string{true: {"S", "D", "R"}, false: {"S", "T", "R"}} {
		dir := t.TempDir() + "/"
		for i, state := range states {
			thread := dir + strconv.Itoa(7+i)
			if err := os.Mkdir(thread, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(thread+"/stat", []byte(stat(state)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tr := tree{buf: make([]byte, 512)}
		if got := tr.threadInD(dir); got != want {
			t.Errorf("%v: %v", states, got)
		}
	}
}
