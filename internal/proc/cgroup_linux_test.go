package proc

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// grouped is a world whose command has a group.
func grouped(t *testing.T, cmd Spec) (*world, *Group) {
	t.Helper()
	g := OpenGroup("")
	if g == nil {
		t.Fatal("cannot have a cgroup, which takes root and a mount of version 2")
	}
	w := newWorld(t, cmd)
	w.Use(g)
	t.Cleanup(func() {
		_ = w.killTree(supervise.Cmd)
		w.until("nothing is left", func() bool { w.Reap(); return len(w.left()) == 0 })
		if err := g.Remove(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(g.path); err == nil {
			t.Error("the group is there still")
		}
	})
	return w, g
}

func (w *world) isMember(g *Group, pid int) bool {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cgroup")
	path, _ := unifiedPath(text)
	return filepath.Base(path) == filepath.Base(g.path)
}

// Every run is born into the group, also after cgroup.kill, which kernels hold
// against whoever is born later.
func TestGroupOfEachRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	w, g := grouped(t, sh(`echo $$ >>$1; (trap "" TERM; setsid sleep 1000 & echo $! >>$1); exec sleep 1000`, file))
	for run := 1; run <= 3; run++ {
		w.start(supervise.Cmd, run, 0)
		for _, pid := range w.pids(file, 2*run)[2*run-2:] {
			if !w.isMember(g, pid) {
				t.Fatalf("process %d of run %d is not in the group", pid, run)
			}
		}
		if err := w.Send(supervise.Send{Task: supervise.Cmd, Target: supervise.Tree, Signal: syscall.SIGKILL}); err != nil {
			t.Fatal(err)
		}
		if n := len(g.pids()); n != 0 {
			t.Errorf("%d processes live after KILL", n)
		}
		w.exit(supervise.Cmd)
		w.until("nothing is left", func() bool { w.Reap(); return len(w.left()) == 0 })
	}
}

// One that somebody removes between two runs is made anew.
func TestGroupRemoved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	w, g := grouped(t, sh(`echo $$ >>$1; exec sleep 1000`, file))
	if err := unix.Rmdir(g.path); err != nil {
		t.Fatal(err)
	}
	if pid := w.start(supervise.Cmd, 1, 0); !w.isMember(g, pid) {
		t.Error("it is not in the group")
	}
}

// F53, F54, and a member that has left the group: held by STOP.
func TestF53F54GroupFreeze(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	w, g := grouped(t, sh(`for i in 1 2 3; do sh -c 'echo $$ >>$0; while :; do sleep 0.01; done' $1 & done; wait`, file))
	w.start(supervise.Cmd, 1, 0)
	pids := w.pids(file, 3)
	state := func(pid int) byte { m, _ := w.tree.look(pid); return m.state }
	if err := unix.Kill(pids[0], unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	w.until("the one is stopped", func() bool { return state(pids[0]) == 'T' })
	moveTo(t, filepath.Dir(g.path), pids[1])
	defer func() { _ = unix.Kill(pids[1], unix.SIGKILL) }()
	for range 2 {
		if err := w.Freeze(supervise.Cmd); err != nil {
			t.Fatal(err)
		}
	}
	if !g.says("frozen 1") {
		t.Fatal("the group is not frozen")
	}
	// Or in a vfork, whose child is still in the group: D, and it gets no further.
	w.until("the one outside is stopped", func() bool { s := state(pids[1]); return s == 'T' || s == 'D' })
	if state(pids[2]) == 'T' {
		t.Error("a frozen one was stopped as well")
	}
	if err := unix.Kill(pids[2], unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if !g.wait("frozen 1", patience) {
		t.Error("CONT from outside woke the group")
	}
	if err := w.Thaw(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	w.until("the one outside goes on", func() bool { return state(pids[1]) == 'S' })
	if !g.wait("frozen 0", patience) {
		t.Error("the group is frozen still")
	}
	if s := state(pids[0]); s != 'T' {
		t.Errorf("what was stopped before is in state %c", s)
	}
}

// A TERM wakes, so that handlers run; and KILL reaches what has left the group.
func TestF52GroupStop(t *testing.T) {
	dir := t.TempDir()
	w, g := grouped(t, sh(`trap 'echo bye >$1; exit 3' TERM; sleep 1000 & echo $! >$2; while :; do sleep 0.01; done`, dir+"/said", dir+"/pid"))
	w.start(supervise.Cmd, 1, 0)
	away := w.pids(dir+"/pid", 1)[0]
	moveTo(t, filepath.Dir(g.path), away)
	if err := w.Freeze(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	if err := w.Send(supervise.Send{Task: supervise.Cmd, Target: supervise.Main, Signal: syscall.SIGTERM, Wake: true}); err != nil {
		t.Fatal(err)
	}
	if err := w.Thaw(supervise.Cmd); err != nil { // as the machine does when a ladder begins in a pause
		t.Fatal(err)
	}
	if e := w.exit(supervise.Cmd); e.Status != 3<<8 || e.Left != 1 {
		t.Errorf("the end is %+v", e)
	}
	if err := w.killTree(supervise.Cmd); err != nil {
		t.Fatal(err)
	}
	w.until("nothing is left", func() bool { w.Reap(); return len(w.left()) == 0 })
}

func moveTo(t *testing.T, dir string, pid int) {
	t.Helper()
	if err := os.WriteFile(dir+"/cgroup.procs", []byte(strconv.Itoa(pid)), 0); err != nil {
		t.Fatal(err)
	}
}

// A later dmon with the same pid file finds what one that was killed has left;
// one that lives keeps it to itself, and other files are other groups.
func TestPredecessor(t *testing.T) {
	dir := t.TempDir()
	g := OpenGroup(dir + "/x.pid")
	w := newWorld(t, sh(`trap "" TERM; sleep 1000 & mkdir $1/below; echo $! >$1/below/cgroup.procs; echo 2 >$2; while :; do sleep 0.01; done`, g.path, dir+"/ready"))
	w.Use(g)
	w.start(supervise.Cmd, 1, 0)
	w.words(dir+"/ready", 1)

	second := OpenGroup(dir + "/x.pid")
	if second == nil || second.Left() != 0 || second.path == g.path {
		t.Fatalf("a second one beside it has %+v", second)
	}
	g.close() // as its death does
	for _, other := range []string{dir + "/y.pid", filepath.Dir(dir) + "/x.pid"} {
		o := OpenGroup(other)
		if o == nil || o.Left() != 0 || o.path == g.path {
			t.Errorf("%s has %+v", other, o)
		}
		if err := o.Remove(); err != nil {
			t.Error(err)
		}
	}
	heir := OpenGroup(dir + "/../" + filepath.Base(dir) + "/x.pid")
	if heir == nil || heir.Left() < 2 || heir.path != g.path {
		t.Fatalf("the heir has %+v", heir)
	}
	if !heir.freeze() {
		t.Error("cannot freeze")
	}
	begin := time.Now()
	if err := heir.Clear(50*time.Millisecond, nil); err != nil || len(heir.pids()) != 0 {
		t.Errorf("after %v: %v, left %v", time.Since(begin), err, heir.pids())
	}
	w.exit(supervise.Cmd)
	w.until("nothing is left", func() bool { w.Reap(); return len(w.left()) == 0 })
	w.Use(heir)
	if pid := w.start(supervise.Cmd, 2, 0); !w.isMember(heir, pid) {
		t.Error("the next run is not in the group")
	}
	_ = w.killTree(supervise.Cmd)
	w.exit(supervise.Cmd)
	w.until("nothing is left", func() bool { w.Reap(); return len(w.left()) == 0 })
	for _, g := range []*Group{second, heir} {
		if err := g.Remove(); err != nil {
			t.Error(err)
		}
	}
}

// Below a group on which cgroup.kill was used once, children cannot be born into
// a new one: then there is none.
func TestGroupBelowKilled(t *testing.T) {
	own, err := ownCgroup()
	if err != nil {
		t.Fatal(err)
	}
	dir := own + "/dmon-test-" + strconv.Itoa(os.Getpid())
	if err := unix.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	defer unix.Rmdir(dir)
	defer moveTo(t, own, os.Getpid())
	moveTo(t, dir, os.Getpid())
	g := OpenGroup("")
	if g == nil {
		t.Error("no group below one that was never killed")
	}
	if err := g.Remove(); err != nil {
		t.Error(err)
	}
	moveTo(t, own, os.Getpid())
	if err := os.WriteFile(dir+"/cgroup.kill", []byte("1"), 0); err != nil {
		t.Fatal(err)
	}
	moveTo(t, dir, os.Getpid())
	g = OpenGroup("")
	w := newWorld(t, sh("exit 7"))
	w.Use(g)
	w.start(supervise.Cmd, 1, 0)
	if e := w.exit(supervise.Cmd); e.Status != 7<<8 {
		t.Errorf("a child of group %+v ends with %v", g, e.Status)
	}
	if err := g.Remove(); err != nil {
		t.Error(err)
	}
}

func TestCgroupFiles(t *testing.T) {
	for text, want := range map[string]string{
		"0::/\n": "/", "9:pids:/x\n0::/a b/c\n": "/a b/c", "0::/../x\n": "", "0::/x (deleted)\n": "", "1:cpu:/\n": "", "": "",
	} {
		if got, ok := unifiedPath([]byte(text)); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
	const mount = "41 31 0:38 %ROOT /mnt/c rw,relatime shared:9 - cgroup2 cgroup2 rw"
	for root, want := range map[string]string{"/": "/mnt/c/a/b", "/a": "/mnt/c/b", "/a/b": "/mnt/c", "/x": "", "/a/bb": ""} {
		got, ok := mountedAt(strings.Replace(mount, "%ROOT", root, 1), "/a/b")
		if ok != (want != "") || ok && got != want {
			t.Errorf("a mount of %s has it at %q, %v", root, got, ok)
		}
	}
	if _, ok := mountedAt(strings.Replace(mount, "cgroup2 ", "tmpfs ", 1), "/"); ok {
		t.Error("a tmpfs is taken for it")
	}
}
