package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// tree finds processes by the lists of children that the kernel keeps for each
// thread, so that its cost goes with the size of the tree and not with the
// number of processes on the machine.
type tree struct {
	buf  []byte // for what is read from /proc, which is used at once
	ours string // the list of the children of our first thread
}

// member is a process of a tree, as it was when it was looked at.
type member struct {
	pid     int
	start   uint64 // in clock ticks since boot; with the pid, who it is
	state   byte
	parent  int
	pgrp    int
	sid     int
	threads int
}

// adopt makes orphans come to us instead of to init, which we may be ourselves.
func (t *tree) adopt() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil && os.Getpid() != 1 {
		return fmt.Errorf("cannot become the reaper of orphans: %w", err)
	}
	// In a new pid namespace with the old /proc the numbers there are not ours,
	// and what they name would be somebody else's.
	if self, err := os.Readlink("/proc/self"); err != nil || self != strconv.Itoa(os.Getpid()) {
		return errors.New("/proc is not that of this pid namespace (with unshare(1), add --mount-proc)")
	}
	t.buf = make([]byte, 4096)
	// The kernel hands orphans to the first thread of a process that lives, and
	// the first thread of a Go program never ends. What other threads have there
	// is what they forked: the main processes, which we know.
	t.ours = "/proc/self/task/" + strconv.Itoa(os.Getpid()) + "/children"
	if _, err := t.list(nil, t.ours); err != nil {
		return fmt.Errorf("cannot find the processes of a command: %w (is /proc mounted?)", err)
	}
	return nil
}

// read returns a file; it is good until the next read.
func (t *tree) read(path string) ([]byte, error) { return t.readUntil(path, false) }

// readLine is read for a file that the kernel gives in one piece, so that no
// second look is needed to see that this was all.
func (t *tree) readLine(path string) ([]byte, error) { return t.readUntil(path, true) }

func (t *tree) readUntil(path string, once bool) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	n := 0
	for {
		if n == len(t.buf) {
			t.buf = append(t.buf, make([]byte, len(t.buf))...)
		}
		got, err := unix.Read(fd, t.buf[n:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || got == 0 {
			return t.buf[:n], err
		}
		if n += got; once && n < len(t.buf) {
			return t.buf[:n], nil
		}
	}
}

// children adds the children of every thread of a process to pids, zombies
// included. Of one that is gone there are none.
func (t *tree) children(pids []int, m member) []int {
	pid := strconv.Itoa(m.pid)
	dir := "/proc/" + pid + "/task/"
	if m.threads == 1 {
		// A thread that it has made since is looked for by the next walk.
		pids, _ = t.list(pids, dir+pid+"/children")
		return pids
	}
	threads, _ := names(dir)
	for _, tid := range threads {
		// A thread that is gone has given its children to another.
		pids, _ = t.list(pids, dir+tid+"/children")
	}
	return pids
}

// list adds the pids in a file of the kernel's to pids.
func (t *tree) list(pids []int, path string) ([]int, error) {
	text, err := t.read(path)
	if err != nil {
		return pids, err
	}
	for f := range bytes.FieldsSeq(text) {
		pids = append(pids, atoi(f))
	}
	return pids, nil
}

// names lists a directory of /proc without a stat of each entry.
func names(dir string) ([]string, error) {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var list []string
	buf := make([]byte, 2048)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err != nil || n <= 0 {
			return list, err
		}
		_, _, list = unix.ParseDirent(buf[:n], -1, list)
	}
}

// look reads what a process is now; ok is false where it is gone or a zombie.
func (t *tree) look(pid int) (m member, ok bool) {
	stat, err := t.readLine("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return member{}, false
	}
	return parseStat(pid, stat)
}

// parseStat reads /proc/PID/stat. The name in it may hold anything, so that
// the fields are counted from the last parenthesis.
func parseStat(pid int, stat []byte) (m member, ok bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return member{}, false
	}
	// Numbered as in proc(5), less three: state is the third field there.
	f, n := [20][]byte{}, 0
	for field := range bytes.FieldsSeq(stat[end+1:]) {
		if f[n] = field; n == len(f)-1 {
			break
		}
		n++
	}
	if n < len(f)-1 {
		return member{}, false
	}
	m = member{pid: pid, state: f[0][0], parent: atoi(f[1]), pgrp: atoi(f[2]), sid: atoi(f[3]), threads: atoi(f[17])}
	m.start, _ = strconv.ParseUint(string(f[19]), 10, 64)
	// A zombie whose other threads go on is alive, and so may its children be.
	return m, m.state != 'X' && (m.state != 'Z' || m.threads > 1)
}

func atoi(b []byte) int {
	n, _ := strconv.Atoi(string(b))
	return n
}
