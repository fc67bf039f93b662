package proc

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"dmon/supervise"
)

// walk counts down a tree, with buffers of its own: those of Children are the
// loop's.
type walk struct {
	tree tree
	list []member

	base time.Duration // what was used in groups that were made anew since
	last time.Duration // what was said of the group
}

func (w *walk) open() error { return w.tree.open() }

// look walks, and returns what all members have used, with those that are gone;
// reaped is what members that we have reaped have used.
func (w *walk) look(k *kin, reaped time.Duration) (used time.Duration, err error) {
	used = reaped
	if err := w.find(k); err != nil {
		return used, err
	}
	for _, m := range w.list {
		used += m.used
	}
	// The group may be empty, where the kernel refused to let one be born there.
	return max(used, w.usedInGroup(k.groupPath)), nil
}

// busy is the number of threads of the members that run or are in state D.
func (w *walk) busy() (n int) {
	for _, m := range w.list {
		n += w.active(m)
	}
	return n
}

func (w *walk) pids() []int {
	pids := make([]int, len(w.list))
	for i, m := range w.list {
		pids[i] = m.pid
	}
	return pids
}

// find lists the members that there are now.
func (w *walk) find(k *kin) error {
	pids, err := w.tree.orphans(nil)
	if err != nil {
		return fmt.Errorf("cannot tell what the command does: %w", err)
	}
	w.list = w.list[:0]
	if m, ok := w.tree.look(k.cmd); ok && k.cmd != 0 {
		w.list = append(w.list, m)
	}
	for _, pid := range pids {
		if k.isMain(pid) {
			continue
		}
		if m, ok := w.tree.look(pid); ok && k.owner(&w.tree, m) == supervise.Cmd {
			w.list = append(w.list, m)
		}
	}
	w.list = w.tree.descend(w.list, nil)
	return nil
}

// active is the number of threads of m that run or are in state D.
func (w *walk) active(m member) int {
	if m.threads == 1 {
		return oneIf(m.state == 'R' || m.state == 'D')
	}
	n := 0
	dir := "/proc/" + strconv.Itoa(m.pid) + "/task/"
	tids, _ := names(dir)
	for _, tid := range tids {
		text, err := w.tree.readLine(dir + tid + "/stat")
		thread, ok := parseStat(m.pid, text)
		n += oneIf(err == nil && ok && (thread.state == 'R' || thread.state == 'D'))
	}
	return n
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// usedInGroup is the processor time of all that ever were in the group, which
// includes those that nobody has waited for. A group that is made anew begins
// at 0.
func (w *walk) usedInGroup(path string) time.Duration {
	if path == "" {
		return 0
	}
	text, _ := w.tree.read(path + "/cpu.stat") // it may be on its way to be made anew
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("usage_usec ")); ok {
			used := time.Duration(atoi(bytes.TrimSpace(rest))) * time.Microsecond
			if used < w.last {
				w.base += w.last
			}
			w.last = used
		}
	}
	return w.base + w.last
}
