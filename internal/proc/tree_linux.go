package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"dmon/supervise"

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
	pid   int
	start uint64 // in clock ticks since boot; with the pid, who it is
	state byte
	pgrp  int
	sid   int
}

// adopt makes orphans come to us instead of to init.
func (t *tree) adopt() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
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

// read returns the start of a file that fits the buffer; it is good until the
// next read.
func (t *tree) read(path string) ([]byte, error) {
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
		n += got
	}
}

// children lists the children of every thread of a process, zombies included.
func (t *tree) children(pid string) ([]int, error) {
	dir := "/proc/" + pid + "/task"
	threads, err := names(dir)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, tid := range threads {
		// A thread that is gone has given its children to another.
		pids, _ = t.list(pids, dir+"/"+tid+"/children")
	}
	return pids, nil
}

// list adds the pids in a file of the kernel's to pids.
func (t *tree) list(pids []int, path string) ([]int, error) {
	text, err := t.read(path)
	if err != nil {
		return pids, err
	}
	for _, f := range bytes.Fields(text) {
		if n, err := strconv.Atoi(string(f)); err == nil {
			pids = append(pids, n)
		}
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
	stat, err := t.read("/proc/" + strconv.Itoa(pid) + "/stat")
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
	f := bytes.Fields(stat[end+1:])
	if len(f) < 20 {
		return member{}, false
	}
	m = member{pid: pid, state: f[0][0], pgrp: atoi(f[2]), sid: atoi(f[3])}
	m.start, _ = strconv.ParseUint(string(f[19]), 10, 64)
	// A zombie whose other threads go on is alive, and so may its children be.
	threads := atoi(f[17])
	return m, m.state != 'X' && (m.state != 'Z' || threads > 1)
}

func atoi(b []byte) int {
	n, _ := strconv.Atoi(string(b))
	return n
}

// orphans are the processes of a task whose parent is gone and that came to
// us. When a task has none, and no main process, nothing of it is left: every
// descendant has a parent that is one of these, or came to us itself.
func (c *Children) orphans(t supervise.Task) []member {
	pids, _ := c.tree.list(nil, c.tree.ours) // it worked when we began
	var list []member
	for _, pid := range pids {
		if _, main := c.taskOf(pid); main {
			continue
		}
		if m, ok := c.tree.look(pid); ok && c.owner(m) == t {
			list = append(list, m)
		}
	}
	return list
}

// owner tells the orphans of the log command from those of the command: only
// the former can be in the group or the session that the log command leads.
func (c *Children) owner(m member) supervise.Task {
	l := &c.tasks[supervise.Log]
	if l.leader != 0 && (m.pgrp == l.leader || m.sid == l.leader) {
		return supervise.Log
	}
	return supervise.Cmd
}

// members walks the tree of a task: the main process first, then downwards.
func (c *Children) members(t supervise.Task) []member {
	var list []member
	if pid := c.tasks[t].pid; pid != 0 {
		if m, ok := c.tree.look(pid); ok {
			list = append(list, m)
		}
	}
	list = append(list, c.orphans(t)...)
	seen := make(map[int]bool, len(list))
	for _, m := range list {
		seen[m.pid] = true
	}
	for i := 0; i < len(list); i++ {
		pids, _ := c.tree.children(strconv.Itoa(list[i].pid)) // it may be gone by now
		for _, pid := range pids {
			if m, ok := c.tree.look(pid); ok && !seen[pid] {
				seen[pid] = true
				list = append(list, m)
			}
		}
	}
	return list
}

// signalAll signals those members that which wants. One that is gone is no
// error; the first that refuses is.
func (c *Children) signalAll(members []member, sig syscall.Signal, which func(member) bool) error {
	var first error
	for _, m := range members {
		if !which(m) {
			continue
		}
		if err := c.signal(m, sig); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// signal reaches m and nobody else. A child of ours keeps its number until we
// reap it; any other may have ended since it was looked at, and its number may
// be a stranger's by now: hence the pidfd, and the second look through it.
func (c *Children) signal(m member, sig syscall.Signal) error {
	if _, main := c.taskOf(m.pid); main {
		return signalChild(m.pid, sig)
	}
	fd, err := unix.PidfdOpen(m.pid, 0)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	if err != nil {
		return c.signalWithoutPidfd(m, sig)
	}
	defer unix.Close(fd)
	if now, ok := c.tree.look(m.pid); !ok || now.start != m.start {
		return nil
	}
	if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("cannot signal process %d: %w", m.pid, err)
	}
	return nil
}

// signalWithoutPidfd is for kernels before 5.3 and for when no descriptor is
// to be had: the start time has a grain of 10 ms, in which a number does not
// come round in practice.
func (c *Children) signalWithoutPidfd(m member, sig syscall.Signal) error {
	if now, ok := c.tree.look(m.pid); !ok || now.start != m.start {
		return nil
	}
	return signalChild(m.pid, sig)
}

// Bounds of the walks that repeat until nothing changes. A tree that outruns
// them is met again at the next rung or tick.
const (
	walkTime   = 250 * time.Millisecond
	walkPasses = 1000
)

// Freeze implements supervise.System.
func (c *Children) Freeze(t supervise.Task) error {
	k := &c.tasks[t]
	if !k.ours {
		k.ours, k.frozen = true, map[int]uint64{}
		for _, m := range c.members(t) {
			if m.state == 'T' {
				k.frozen[m.pid] = m.start
			}
		}
	}
	return c.stopAll(t)
}

// stopAll sends STOP until two walks in a row find the same processes, all of
// them stopped: one that was forked behind the back of a walk is found by the
// next, and a stopped one forks no more. A process in state D, such as the
// parent in a vfork, stops when it leaves it.
func (c *Children) stopAll(t supervise.Task) error {
	deadline := time.Now().Add(walkTime)
	var before []member
	for pass := 0; pass < walkPasses; pass++ {
		members := c.members(t)
		if err := c.signalAll(members, syscall.SIGSTOP, running); err != nil {
			return err
		}
		if settled(members) && same(before, members) || time.Now().After(deadline) {
			return nil
		}
		before = members
	}
	return nil
}

func running(m member) bool { return m.state != 'T' && m.state != 't' }

func settled(members []member) bool {
	for _, m := range members {
		if running(m) && m.state != 'D' {
			return false
		}
	}
	return true
}

func same(a, b []member) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].pid != b[i].pid || a[i].start != b[i].start {
			return false
		}
	}
	return true
}

// Thaw implements supervise.System.
func (c *Children) Thaw(t supervise.Task) error {
	k := &c.tasks[t]
	before := k.frozen
	k.frozen, k.ours = nil, false
	return c.signalAll(c.members(t), syscall.SIGCONT, func(m member) bool {
		start, was := before[m.pid]
		return !was || start != m.start
	})
}

// killTree stops first and kills then: a tree that forks faster than it can
// be walked would outrun KILL alone.
func (c *Children) killTree(t supervise.Task) error {
	deadline := time.Now().Add(walkTime)
	killed := map[int]uint64{}
	for pass := 0; pass < walkPasses && time.Now().Before(deadline); pass++ {
		stopErr := c.stopAll(t)
		fresh := c.members(t)
		err := c.signalAll(fresh, syscall.SIGKILL, all)
		if err != nil || stopErr != nil {
			return errors.Join(err, stopErr)
		}
		grown := false
		for _, m := range fresh {
			if killed[m.pid] != m.start {
				killed[m.pid], grown = m.start, true
			}
		}
		if !grown {
			return nil // all that there is has had its KILL, and dies as it is scheduled
		}
	}
	return nil
}
