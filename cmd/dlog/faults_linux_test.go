package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"dmon/logpipe"
)

// inPipe is how many bytes are in p.
func inPipe(p *logpipe.Pipe) (int, error) {
	end, err := p.ReadEnd()
	if err != nil {
		return 0, err
	}
	return unix.IoctlGetInt(end, unix.TIOCINQ)
}

// disk is a small disk of its own with a dlog on it.
type disk struct {
	*process
	dir string // how the test reaches it
}

// startOnDisk starts dlog with args on a file called log on a disk of 1 MiB,
// most of which is taken.
func startOnDisk(t *testing.T, p *logpipe.Pipe, args ...string) *disk {
	t.Helper()
	mount := t.TempDir()
	argv := append([]string{mount, binary(t)}, args...)
	cmd := helper("ondisk", append(argv, filepath.Join(mount, "log"))...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  unix.CLONE_NEWNS | unix.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
	}
	ready, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	cmd.ExtraFiles = []*os.File{tell}
	d := start(t, cmd, p)
	tell.Close()
	if n, _ := ready.Read(make([]byte, 1)); n != 1 {
		t.Fatalf("no disk: %s", d.errors.String())
	}
	// The descriptor keeps the disk, which otherwise ends with the process.
	dir, err := os.Open(fmt.Sprintf("/proc/%d/root%s", cmd.Process.Pid, mount))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return &disk{d, fmt.Sprintf("/proc/self/fd/%d", dir.Fd())}
}

func (d *disk) path(name string) string { return filepath.Join(d.dir, name) }

// fill takes what is left of the disk.
func (d *disk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(d.path("filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 1000))
	}
}

func (d *disk) free(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.path("filler")); err != nil {
		t.Fatal(err)
	}
}

func (d *disk) waitSaid(t *testing.T, what string) {
	t.Helper()
	eventually(t, fmt.Sprintf("it says %q", what), func() bool { return strings.Contains(d.errors.String(), what) })
}

func TestF42DiskFull(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	d := startOnDisk(t, p)
	d.fill(t)
	const count = 8000 // about 600 kB
	fed := feed(p, count)
	d.waitSaid(t, "no space left on device; trying again every 1s")
	// Nothing half stands there while it waits.
	checkPrefix(t, content(d.path("log")))
	d.free(t)
	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if n := checkNumbered(t, content(d.path("log")), count); n > 0 {
		t.Errorf("%d lines came twice", n)
	}
	if said := d.errors.String(); strings.Count(said, "\n") != 2 || !strings.HasSuffix(said, "works again\n") {
		t.Errorf("it said %q", said)
	}
}

// checkPrefix expects whole numbered lines from the first on.
func checkPrefix(t *testing.T, text string) {
	t.Helper()
	checkNumbered(t, text, strings.Count(text, "\n"))
}

func TestF42TermWhileTheDiskIsFull(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	d := startOnDisk(t, p)
	d.fill(t)
	const count = 20_000 // more than the disk holds
	fed := feed(p, count)
	d.waitSaid(t, "no space left on device")
	d.signal(t, syscall.SIGTERM)
	d.wantStatus(t, 125)
	if !strings.Contains(d.errors.String(), " lines (") {
		t.Errorf("it does not say how many lines are left: %q", d.errors.String())
	}
	first := content(d.path("log"))
	checkPrefix(t, first)
	// The rest is in the pipe, for a successor with more room.
	path := filepath.Join(t.TempDir(), "log")
	next := startDlog(t, p, path)
	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	next.wantStatus(t, 0)
	if n := checkNumbered(t, first+content(path), count); n > 0 {
		t.Errorf("%d lines came twice", n)
	}
}

func TestF42DropTellsHowMany(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	d := startOnDisk(t, p, "--on-error", "drop", "-p", "> ")
	put(t, p, "before\n")
	eventually(t, "the first line is there", func() bool { return content(d.path("log")) == "> before\n" })
	d.fill(t)
	long := strings.Repeat("x", 5000)
	put(t, p, long+"\n"+long+"\n")
	d.waitSaid(t, "dropping lines")
	put(t, p, long+"\n")
	eventually(t, "all is taken", func() bool { return drained(t, p) })
	d.free(t)
	put(t, p, "after\n")
	want := "> before\n> dlog: 3 lines dropped: no space left on device\n> after\n"
	eventually(t, "the loss is told", func() bool { return content(d.path("log")) == want })
	d.term(t)
}

func TestF43ShortWrites(t *testing.T) {
	t.Parallel()
	// A limit on the size of files cuts a write, and can be raised from outside.
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := start(t, helper("limited", "100001", binary(t), path), p)
	const count = 3000
	fed := feed(p, count)
	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	eventually(t, "it complains", func() bool { return strings.Contains(d.errors.String(), "file too large; trying again") })
	checkPrefix(t, content(path))
	limit := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(d.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if n := checkNumbered(t, content(path), count); n > 0 {
		t.Errorf("%d lines came twice", n)
	}
}

// traced runs the built dlog under strace with faults injected, feeds it count
// lines in several portions, and returns what is in the log and what it said.
func traced(t *testing.T, count int, inject []string, args ...string) (path, said string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "log")
	// Only what is done to the log fails: the runtime of the language does not
	// survive a failing write to its own descriptors.
	argv := []string{"-f", "-qq", "-P", path, "-P", dir, "-o", filepath.Join(dir, "trace")}
	for _, i := range inject {
		argv = append(argv, "-e", "trace="+strings.SplitN(i, ":", 2)[0], "-e", "inject="+i)
	}
	argv = append(argv, binary(t))
	argv = append(argv, args...)
	cmd := exec.Command("strace", append(argv, path)...)
	p := newPipe(t)
	d := start(t, cmd, p)
	if err := <-feed(p, count); err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if !strings.Contains(content(filepath.Join(dir, "trace")), "(INJECTED)") {
		t.Fatal("nothing was injected")
	}
	return path, d.errors.String()
}

func TestF43WriteFails(t *testing.T) {
	for _, fault := range []string{"EIO", "ENOSPC", "EDQUOT"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			path, said := traced(t, 1500, []string{"write:error=" + fault + ":when=1..2"})
			if n := checkNumbered(t, content(path), 1500); n > 0 {
				t.Errorf("%d lines came twice", n)
			}
			_ = said // the message may have been the victim
		})
	}
}

func TestF43SyncFails(t *testing.T) {
	t.Parallel()
	path, said := traced(t, 1500, []string{"fsync:error=EIO:when=1..2"})
	if n := checkNumbered(t, content(path), 1500); n > 0 {
		t.Errorf("%d lines came twice", n)
	}
	if !strings.Contains(said, "input/output error; writing it again") || !strings.HasSuffix(said, "works again\n") {
		t.Errorf("it said %q", said)
	}
}

func TestF48RenameRefused(t *testing.T) {
	t.Parallel()
	path, said := traced(t, 3000, []string{"renameat2:error=EACCES:when=1..2"}, "-b", "-s", "20k", "-m", "0")
	if n := checkNumbered(t, everything(t, path), 3000); n > 0 {
		t.Errorf("%d lines came twice", n)
	}
	if !strings.Contains(said, "cannot rotate") || !strings.Contains(said, "going on with the old file") {
		t.Errorf("it said %q", said)
	}
}
