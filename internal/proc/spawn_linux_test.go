package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// reports, set in the environment, makes this binary say what it has become.
const reports = "DMON_TEST_REPORTS"

func init() {
	if os.Getenv(reports) == "" {
		return
	}
	os.Exit(report())
}

// report prints what a child was given, a line each.
func report() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 1
	}
	for line := range strings.Lines(string(status)) {
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), ":\t"); name {
		case "Uid", "Gid", "Groups", "SigIgn", "NoNewPrivs", "Cpus_allowed_list", "Umask":
			fmt.Printf("%s %s\n", name, strings.Join(strings.Fields(value), " "))
		case "SigBlk": // Go's runtime has unblocked some before we look
			if value != "0000000000000000" {
				fmt.Printf("%s %s\n", name, value)
			}
		}
	}
	nice, _ := unix.Getpriority(unix.PRIO_PROCESS, 0)
	fmt.Println("nice", 20-nice) // the system call's way to say it
	ioprio, _, _ := unix.Syscall(unix.SYS_IOPRIO_GET, 1, 0, 0)
	fmt.Println("ioprio", ioprio)
	oom, _ := os.ReadFile("/proc/self/oom_score_adj")
	fmt.Println("oom", strings.TrimSpace(string(oom)))
	var core, fsize unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &core) != nil || unix.Getrlimit(unix.RLIMIT_FSIZE, &fsize) != nil {
		return 1
	}
	fmt.Println("core", core.Cur, core.Max)
	fmt.Println("fsize", fsize.Cur == ^uint64(0))
	sid, _ := unix.Getsid(0)
	fmt.Println("leads group", unix.Getpgrp() == os.Getpid(), "session", sid == os.Getpid())
	death, _ := deathSignal()
	fmt.Println("death", death)
	fmt.Println("run", os.Getenv("DMON_RUN"), os.Getenv("DMON_LAST_STATUS"))
	fmt.Fprintln(os.Stderr, "to standard error")
	return 0
}

func deathSignal() (int32, error) {
	var n int32
	_, _, errno := unix.Syscall6(unix.SYS_PRCTL, unix.PR_GET_PDEATHSIG, uintptr(unsafe.Pointer(&n)), 0, 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return n, nil
}

// reporter is a Spec whose process reports to the file that is returned.
func reporter(t *testing.T) (Spec, string) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Where go test keeps its binaries other users must not look.
	dir, err := os.MkdirTemp("", "proc-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program, out := filepath.Join(dir, "reporter"), filepath.Join(dir, "out")
	if err := errors.Join(os.Chmod(dir, 0o755), copyFile(exe, program)); err != nil {
		t.Fatal(err)
	}
	return Spec{Argv: []string{program}, Env: append(os.Environ(), reports+"=1"), Open: [3]string{1: out}, Stdio: [3]int{0, 1, SameAsStdout}}, out
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

func pointer(n int) *int { return &n }

// run starts s once and returns its report, by the first word of each line.
func run(t *testing.T, s Spec, out string) map[string]string {
	t.Helper()
	w := newWorld(t, s)
	w.start(supervise.Cmd, 2, 7)
	if e := w.exit(supervise.Cmd); e.Status != 0 || e.Failure != nil {
		t.Fatalf("the end is %v, %v", e.Status, e.Failure)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		got[name] = value
	}
	return got
}

func expect(t *testing.T, got map[string]string, want ...string) {
	t.Helper()
	for _, line := range want {
		name, value, _ := strings.Cut(line, " ")
		if got[name] != value {
			t.Errorf("%s is %q, not %q", name, got[name], value)
		}
	}
}

func TestNothingAsked(t *testing.T) {
	s, out := reporter(t)
	plain := run(t, s, out)
	// What we have is what it gets.
	nice, err1 := unix.Getpriority(unix.PRIO_PROCESS, 0)
	oom, err2 := os.ReadFile("/proc/self/oom_score_adj")
	ioprio, _, errno := unix.Syscall(unix.SYS_IOPRIO_GET, 1, 0, 0)
	if err := errors.Join(err1, err2); err != nil || errno != 0 {
		t.Fatal(err, errno)
	}
	expect(t, plain, "leads group false session false", "death 0", "run 2 7", "to standard error", "oom "+strings.TrimSpace(string(oom)),
		fmt.Sprintf("nice %d", 20-nice), fmt.Sprintf("ioprio %d", ioprio), "NoNewPrivs 0", "SigIgn 0000000000000000")
	if _, blocked := plain["SigBlk"]; blocked {
		t.Errorf("signals are blocked: %s", plain["SigBlk"])
	}
}

func TestEverythingAsked(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("only root can ask for all of it")
	}
	s, out := reporter(t)
	s.Session, s.OnOurDeath, s.NoNewPrivs = OwnSession, syscall.SIGTERM, true
	s.Umask, s.Nice, s.OOMScore, s.IOPriority, s.CPUs = pointer(0o27), pointer(5), pointer(321), pointer(2<<13|6), []int{0}
	s.Limits = []Limit{{Resource: unix.RLIMIT_CORE, Value: 4096}}
	s.User = &Credential{UID: 61401, GID: 61402, Groups: []uint32{61402, 61403}, Text: "somebody"}
	s.Stdio[2] = 2
	before, _ := os.ReadFile("/proc/self/oom_score_adj")
	got := run(t, s, out)
	if ours, err := os.ReadFile("/proc/self/oom_score_adj"); err != nil || !bytes.Equal(ours, before) {
		t.Errorf("our own oom_score_adj of %s became %s, %v", before, ours, err)
	}
	expect(t, got, "leads group true session true", "death 15", "NoNewPrivs 1", "Umask 0027", "nice 5", "oom 321",
		"ioprio 16390", "Cpus_allowed_list 0", "core 4096 4096", "fsize true",
		"Uid 61401 61401 61401 61401", "Gid 61402 61402 61402 61402", "Groups 61402 61403")
	if _, joined := got["to"]; joined {
		t.Error("standard error went to standard output")
	}
	s, out = reporter(t)
	s.Session = OwnGroup
	expect(t, run(t, s, out), "leads group true session false")
}

// Signals that were ignored when dmon began stay ignored.
func TestIgnoredStays(t *testing.T) {
	s, out := reporter(t)
	p, err := newPlan(&s, 1<<(syscall.SIGHUP-1)|1<<(syscall.SIGTTOU-1))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, s)
	w.tasks[supervise.Cmd].plan = p
	w.start(supervise.Cmd, 1, 0)
	w.exit(supervise.Cmd)
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), "SigIgn 0000000000200001\n") {
		t.Errorf("ignored: %s, %v", text, err)
	}
}

// Each step between fork and exec that can fail says so in its own words.
func TestStages(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		change func(*Spec)
		status int
		text   string
		errno  syscall.Errno
	}{
		"not found":   {func(s *Spec) { s.Argv = []string{"no-such-command"} }, 127, `cannot execute "no-such-command"`, unix.ENOENT},
		"no such dir": {func(s *Spec) { s.Argv = []string{file + "/x"} }, 127, "cannot execute", unix.ENOENT},
		"not for us":  {func(s *Spec) { s.Argv = []string{file} }, 126, "cannot execute", unix.EACCES},
		"directory":   {func(s *Spec) { s.Argv = []string{dir} }, 126, "cannot execute", unix.EACCES},
		"too long":    {func(s *Spec) { s.Argv = []string{"/" + strings.Repeat("x", 300)} }, 126, "cannot execute", unix.ENAMETOOLONG},
		"input":       {func(s *Spec) { s.Open[0] = "/no/such/file" }, 125, `cannot open "/no/such/file"`, unix.ENOENT},
		"output":      {func(s *Spec) { s.Open[1] = dir }, 125, "cannot open", unix.EISDIR},
		"descriptor":  {func(s *Spec) { s.Stdio[1] = 999 }, 125, "cannot use descriptor 999 as 1", unix.EBADF},
		"limit":       {func(s *Spec) { s.Limits = []Limit{{Resource: 99, Name: "foo"}} }, 125, "cannot set limit foo", unix.EINVAL},
		"ioprio":      {func(s *Spec) { s.IOPriority = pointer(7 << 13) }, 125, "cannot set the I/O priority", unix.EINVAL},
		"processors":  {func(s *Spec) { s.CPUs = []int{1023} }, 125, "cannot run on the given processors", unix.EINVAL},
		"oom":         {func(s *Spec) { s.OOMScore = pointer(5000) }, 125, "cannot set oom_score_adj", unix.EINVAL},
	} {
		s := Spec{Argv: []string{"/bin/true"}, Stdio: [3]int{0, 1, 2}, Session: OwnSession}
		row.change(&s)
		w := newWorld(t, s)
		w.start(supervise.Cmd, 1, 0)
		e := w.exit(supervise.Cmd)
		if e.Failure == nil {
			t.Errorf("%s: it ended with %v and no failure", name, e.Status)
			continue
		}
		if e.Failure.Status != row.status || !errors.Is(e.Failure, row.errno) || !strings.Contains(e.Failure.Error(), row.text) {
			t.Errorf("%s: status %d, %v", name, e.Failure.Status, e.Failure)
		}
		select {
		case in := <-w.inputs:
			t.Errorf("%s: told %+v", name, in)
		default:
		}
	}
}

// A file without an interpreter's name is for the shell; what must not be
// executed is passed over in PATH.
func TestExecSearch(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"closed/prog": 0o644, "open/prog": 0o755} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("echo \"$0 $*\"\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out")
	s := Spec{Argv: []string{"prog", "a", "b c"}, Env: []string{"PATH=" + dir + "/closed:" + dir + "/none:" + dir + "/open"},
		Stdio: [3]int{0, 1, 2}, Open: [3]string{1: out}}
	w := newWorld(t, s)
	w.start(supervise.Cmd, 1, 0)
	e := w.exit(supervise.Cmd)
	text, err := os.ReadFile(out)
	if want := dir + "/open/prog a b c\n"; err != nil || string(text) != want || e.Status != 0 {
		t.Errorf("%q, %v, the end is %+v", text, err, e)
	}
}

// Descriptors of ours stay ours.
func TestDescriptorsStay(t *testing.T) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	out := filepath.Join(t.TempDir(), "out")
	w := newWorld(t, Spec{Argv: []string{"/bin/sh", "-c", "ls /proc/self/fd"}, Stdio: [3]int{0, ends[1], 2}, Open: [3]string{1: out}})
	w.start(supervise.Cmd, 1, 0)
	w.exit(supervise.Cmd)
	unix.Close(ends[1])
	if n, err := unix.Read(ends[0], make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("the pipe has %d bytes, %v", n, err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	// What this test was given is inherited, such as it is; ls opens one itself.
	for _, fd := range strings.Fields(string(text)) {
		n := 0
		fmt.Sscan(fd, &n)
		if flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0); n > 3 && err == nil && flags&unix.FD_CLOEXEC != 0 {
			t.Errorf("descriptor %d was passed on", n)
		}
	}
}
