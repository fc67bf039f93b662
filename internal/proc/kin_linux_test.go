package proc

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// What children use that nobody waits for is counted by the group, and what the log
// command and its children have used is none of it.
func TestF89CensusOfChurnAndLogger(t *testing.T) {
	const work = `i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done`
	dir := t.TempDir()
	g := OpenGroup("")
	if g == nil {
		t.Fatal("cannot have a cgroup, which takes root and a mount of version 2")
	}
	defer g.Remove()
	w := newWorlds(t, sh(`trap "" CHLD; while [ ! -e $1 ]; do sh -c '`+work+`'; done; exec sleep 1000`, dir+"/enough"), sh(work+"; "+work+"; exit 0"))
	w.Use(g)
	c := NewCensus()
	w.Inform(c)
	take := func() Activity {
		a, err := c.Take()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	w.start(supervise.Cmd, 1, 0)
	last := take()
	w.until("the churn is seen", func() bool {
		a := take()
		if a.Used < last.Used {
			t.Fatalf("used %v, then %v", last.Used, a.Used)
		}
		last = a
		return a.Used > 400*time.Millisecond
	})
	if err := os.WriteFile(dir+"/enough", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.until("the command rests", func() bool {
		a := take()
		rests := a.Used == last.Used && a.Active == 0 && len(w.members(supervise.Cmd)) == 1
		last = a
		return rests
	})
	w.start(supervise.Log, 1, 0)
	w.exit(supervise.Log)
	if a := take(); a.Used > last.Used+50*time.Millisecond {
		t.Errorf("the log command's is counted: %v, then %v", last.Used, a.Used)
	}
	// Without the group too.
	w.Use(nil)
	w.inform()
	w.start(supervise.Log, 2, 0)
	w.exit(supervise.Log)
	if a := take(); a.Used > last.Used+50*time.Millisecond {
		t.Errorf("without a group the log command's is counted: %v, then %v", last.Used, a.Used)
	}
}

// Whose a process is.
func TestF60Owner(t *testing.T) {
	tr := &tree{buf: make([]byte, 4096)}
	const far = 1 << 30 // no process has this number: nothing can be read of it
	for name, c := range map[string]struct {
		k    kin
		m    member
		want supervise.Task
	}{
		"one of before":                   {kin{older: map[int]uint64{7: 3}, mixed: true}, member{pid: 7, start: 3}, nobody},
		"its number came round":           {kin{older: map[int]uint64{7: 3}}, member{pid: 7, start: 4}, supervise.Cmd},
		"hidden, of before":               {kin{older: map[int]uint64{7: 3}, mixed: true}, hiddenMember(7, 1), nobody},
		"in the log's group":              {kin{logLeader: 5}, member{pid: 8, pgrp: 5}, supervise.Log},
		"in the log's session":            {kin{logLeader: 5, mixed: true}, member{pid: 8, sid: 5}, supervise.Log},
		"in the command's session":        {kin{logLeader: 5, cmdLeader: 6, mixed: true}, member{pid: 8, sid: 6}, supervise.Cmd},
		"no log command, nobody before":   {kin{}, member{pid: 8}, supervise.Cmd},
		"no leader is no group":           {kin{}, member{pid: 8, pgrp: 0, sid: 0}, supervise.Cmd},
		"nothing is known":                {kin{logLeader: 5, mixed: true}, member{pid: far}, supervise.Cmd},
		"an environment that is not ours": {kin{logLeader: 5, mixed: true}, member{pid: os.Getpid()}, nobody},
		"the same, with nobody before":    {kin{logLeader: 5}, member{pid: os.Getpid()}, supervise.Cmd},
	} {
		if got := c.k.owner(tr, c.m); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

func TestBirthmark(t *testing.T) {
	for text, want := range map[string]mark{
		"A=b|DMON_PID=12|DMON_RUN=1|": markCmd, "DMON_PID=12|": markLog, "DMON_PID=13|DMON_RUN=1|": markOther,
		"DMON_PID=1|DMON_RUN=1|": markOther, "A=b|": markOther, "nginx: master process|": markUnknown, "DMON_PID=12|title|": markUnknown,
		"DMON_PID=123|": markOther, "DMON_RUN=1|": markOther,
	} {
		if got := markIn([]byte(strings.ReplaceAll(text, "|", "\x00")), 12); got != want {
			t.Errorf("%q: %d, not %d", text, got, want)
		}
	}
}

// A process that is ended before it has executed anything says so, and one that is
// executed is never taken for such.
func TestF62Unexecuted(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	s := sh("exit 0")
	s.Open[0] = fifo
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGKILL, unix.SIGHUP, unix.SIGINT} {
		w := newWorld(t, s)
		pid := w.start(supervise.Cmd, 1, 0)
		w.until("it hangs", func() bool {
			m, _ := w.tree.look(pid)
			text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/wchan")
			return m.state == 'S' && string(text) == "wait_for_partner"
		})
		if err := unix.Kill(pid, sig); err != nil {
			t.Fatal(err)
		}
		if e := w.exit(supervise.Cmd); !e.Unexecuted || e.Failure != nil || e.Status.Signal() != sig {
			t.Errorf("%v: the end is %+v", sig, e)
		}
		if len(w.inputs) != 0 {
			t.Errorf("%v: told %v", sig, <-w.inputs)
		}
	}
	for range 200 {
		w := newWorld(t, Spec{Argv: []string{"/bin/true"}})
		w.start(supervise.Cmd, 1, 0)
		if e := w.exit(supervise.Cmd); e.Unexecuted || e.Status != 0 {
			t.Fatalf("the end is %+v", e)
		}
	}
}
