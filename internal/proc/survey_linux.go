package proc

import (
	"bytes"
	"strconv"
)

// each is what one member after the other has used.
func (w *walk) each() []Member {
	list := make([]Member, 0, len(w.list))
	for _, m := range w.list {
		list = append(list, Member{Pid: m.pid, Start: m.start, Used: m.used})
	}
	return list
}

// memory is what the members hold now.
func (w *walk) memory(k *kin, enough int64) (sum int64) {
	if held, ok := w.memoryOfGroup(k.groupPath); ok {
		return held
	}
	for _, m := range w.list {
		sum += w.memoryOf(m.pid)
	}
	if sum <= enough {
		return sum
	}
	sum = 0
	for _, m := range w.list {
		sum += w.partOf(m.pid)
	}
	return sum
}

// memoryOfGroup is what the group holds and the kernel would not give up first;
// false where there is no such account, or nothing in it.
func (w *walk) memoryOfGroup(path string) (int64, bool) {
	if path == "" {
		return 0, false
	}
	text, err := w.tree.read(path + "/memory.current")
	if err != nil {
		return 0, false
	}
	held, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil || held == 0 {
		return 0, false
	}
	text, _ = w.tree.read(path + "/memory.stat")
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("inactive_file ")); ok {
			held -= int64(atoi(bytes.TrimSpace(rest)))
		}
	}
	return max(0, held), true
}

// memoryOf is the memory of a process that is no file's, swapped out or not. What
// it shares with others since a fork is counted for each of them.
func (w *walk) memoryOf(pid int) int64 {
	sum, _ := w.kilobytes(pid, "status", "RssAnon", "VmSwap")
	return sum
}

// partOf is memoryOf with each its part of what they share. To find that out the
// kernel looks at every page: it is dear.
func (w *walk) partOf(pid int) int64 {
	sum, found := w.kilobytes(pid, "smaps_rollup", "Pss_Anon", "SwapPss")
	if found < 2 {
		return w.memoryOf(pid) // an old kernel, or we have no right to know
	}
	return sum
}

// kilobytes adds what two lines of a file of a process say, in bytes.
func (w *walk) kilobytes(pid int, file, one, other string) (sum int64, found int) {
	text, _ := w.tree.read("/proc/" + strconv.Itoa(pid) + "/" + file)
	for line := range bytes.Lines(text) {
		name, rest, _ := bytes.Cut(line, []byte(":"))
		if string(name) == one || string(name) == other {
			number, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
			sum += int64(atoi(number)) << 10
			found++
		}
	}
	return sum, found
}
