package proc

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"time"
)

// clockTick is the unit of times in /proc/PID/stat, whatever the kernel's is.
const clockTick = 10 * time.Millisecond

// walk counts down a tree, with buffers of its own: those of Children are the
// loop's.
type walk struct {
	tree tree
	pids []int
}

func (w *walk) open() error {
	w.tree.buf = make([]byte, 4096)
	w.tree.ours = "/proc/self/task/" + strconv.Itoa(os.Getpid()) + "/children"
	if _, err := w.tree.list(nil, w.tree.ours); err != nil {
		return fmt.Errorf("cannot find the processes of a command: %w (is /proc mounted?)", err)
	}
	return nil
}

func (w *walk) take(cmd, logger int) (Activity, error) {
	var a Activity
	self, err := w.tree.read("/proc/self/stat")
	if err != nil {
		return a, fmt.Errorf("cannot tell what the command does: %w", err)
	}
	// What the command's orphans, and the command itself, have used before we
	// reaped them is ours by now.
	if f, ok := statFields(self); ok {
		a.Used = ticks(f[13]) + ticks(f[14])
	}
	if w.pids, err = w.tree.list(w.pids[:0], w.tree.ours); err != nil {
		return a, fmt.Errorf("cannot tell what the command does: %w", err)
	}
	orphans := len(w.pids)
	if cmd != 0 {
		w.pids = append(w.pids, cmd)
	}
	for i := 0; i < len(w.pids); i++ {
		pid := w.pids[i]
		if pid == logger || i < orphans && pid == cmd {
			continue
		}
		stat, err := w.tree.read("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil {
			continue // it is gone
		}
		f, ok := statFields(stat)
		if !ok || i < orphans && logger != 0 && (atoi(f[2]) == logger || atoi(f[3]) == logger) {
			continue
		}
		state, threads := f[0][0], atoi(f[17])
		for _, n := range f[11:15] { // its own and that of the children it has waited for
			a.Used += ticks(n)
		}
		w.threads(pid, threads, state, &a)
	}
	return a, nil
}

// threads counts those of one process and adds their children to the list.
func (w *walk) threads(pid, count int, state byte, a *Activity) {
	dir := "/proc/" + strconv.Itoa(pid) + "/task"
	tids := []string{strconv.Itoa(pid)}
	if count > 1 {
		tids, _ = names(dir)
	}
	for _, tid := range tids {
		if count > 1 {
			stat, err := w.tree.read(dir + "/" + tid + "/stat")
			f, ok := statFields(stat)
			if err != nil || !ok {
				continue
			}
			state = f[0][0]
		}
		if state == 'R' || state == 'D' {
			a.Active++
		}
		known := len(w.pids)
		w.pids, _ = w.tree.list(w.pids, dir+"/"+tid+"/children")
		// A process that changes its parent meanwhile would be met twice.
		fresh := w.pids[known:]
		fresh = slices.DeleteFunc(fresh, func(pid int) bool { return slices.Contains(w.pids[:known], pid) })
		w.pids = w.pids[:known+len(fresh)]
	}
}

// statFields are those behind the name in a stat file, which may hold
// anything: the state, the third in proc(5), is the first here. There are at
// least twenty, none of them empty.
func statFields(stat []byte) (f [][]byte, ok bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return nil, false
	}
	f = bytes.Fields(stat[end+1:])
	return f, len(f) >= 20
}

func ticks(b []byte) time.Duration {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n < 0 || n > maxTicks {
		return 0
	}
	return time.Duration(n) * clockTick
}

// maxTicks is what a time can hold: some 290 years of one processor.
const maxTicks = math.MaxInt64 / int64(clockTick)
