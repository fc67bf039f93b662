package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// tree finds processes by the lists of children that the kernel keeps for each
// thread, so that its cost goes with the size of the tree and not with the
// number of processes on the machine.
type tree struct {
	buf  []byte // for what is read from /proc, which is used at once
	ours string // the list of the children of our first thread

	scans   bool          // there are no such lists
	parents map[int][]int // where it scans: children by parent, of the walk that goes on
}

// adopt makes orphans come to us instead of to init, which we may be ourselves.
func (t *tree) adopt() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil && os.Getpid() != 1 {
		return fmt.Errorf("cannot become the reaper of orphans: %w", err)
	}
	if err := t.open(); err != nil {
		return err
	}
	// In a new pid namespace with the old /proc the numbers there are not ours,
	// and what they name would be somebody else's.
	if self, _ := os.Readlink("/proc/self"); self != strconv.Itoa(os.Getpid()) {
		return errors.New("/proc is not that of this pid namespace (with unshare(1), add --mount-proc)")
	}
	return nil
}

// open makes t ready for use. Where the kernel keeps no lists of children all
// processes have to be looked at.
func (t *tree) open() error {
	t.buf = make([]byte, 4096)
	if _, err := os.Readlink("/proc/self"); err != nil {
		return fmt.Errorf("dmon needs /proc, which is not mounted here: %w", err)
	}
	// The kernel hands orphans to the first thread of a process that lives, and
	// the first thread of a Go program never ends. What other threads have there
	// is what they forked: the main processes, which we know.
	t.ours = "/proc/self/task/" + strconv.Itoa(os.Getpid()) + "/children"
	_, err := t.list(nil, t.ours)
	t.scans = errors.Is(err, unix.ENOENT)
	if err != nil && !t.scans {
		return fmt.Errorf("cannot find the processes of a command: %w", err)
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

// orphans adds the children of our first thread to pids: a walk begins with it.
func (t *tree) orphans(pids []int) ([]int, error) {
	if !t.scans {
		return t.list(pids, t.ours)
	}
	t.scan()
	return append(pids, t.parents[os.Getpid()]...), nil
}

// scan notes the parents of all processes.
func (t *tree) scan() {
	t.parents = map[int][]int{}
	all, _ := names("/proc")
	for _, name := range all {
		if pid, err := strconv.Atoi(name); err == nil {
			if m, err := t.stat(pid); err == nil {
				t.parents[m.parent] = append(t.parents[m.parent], pid)
			}
		}
	}
}

// children adds the children of every thread of a process to pids, zombies
// included. Of one that is gone there are none.
func (t *tree) children(pids []int, m member) []int {
	if t.scans || m.hidden() {
		return append(pids, t.parents[m.pid]...)
	}
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

// descend adds the descendants of all in list to it, downwards: none comes
// before its parent. more, unless nil, are others that may be among them where
// some are hidden.
func (t *tree) descend(list []member, more func() []int) []member {
	seen := make(map[int]bool, len(list))
	for _, m := range list {
		seen[m.pid] = true
	}
	var pids []int
	for i, scanned := 0, t.scans; i < len(list); i++ {
		if list[i].hidden() && !scanned {
			t.scan() // its children, which may be seen, are listed nowhere else
			scanned = true
		}
		pids = t.children(pids[:0], list[i])
		for _, pid := range pids {
			if m, ok := t.lookBelow(pid, list[i].pid); ok && !seen[pid] {
				seen[pid] = true
				list = append(list, m)
			}
		}
	}
	if more == nil || !slices.ContainsFunc(list, member.hidden) {
		return list
	}
	for _, pid := range more() {
		if m, ok := t.lookBelow(pid, 0); ok && !seen[pid] {
			list = append(list, m)
		}
	}
	return list
}

// lookBelow is look for what the kernel has just told to be a child of parent,
// or a member of a group: one that is there, but cannot be read, is hidden.
func (t *tree) lookBelow(pid, parent int) (m member, ok bool) {
	m, err := t.stat(pid)
	switch {
	case err == nil:
		return m, m.alive()
	case errors.Is(unix.Kill(pid, 0), unix.ESRCH):
		return m, false
	}
	return hiddenMember(pid, parent), true
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
