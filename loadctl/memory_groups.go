package loadctl

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// memoryGroup is a control group that we are in, directly or not: it may have
// a limit of its own, which may come and go.
type memoryGroup struct {
	limit, usage, stat procFile
	v1                 bool
}

// memoryGroups are those that bound our memory, the innermost first. Where
// there are none, or they cannot be found, the machine's memory is all there is.
func memoryGroups(root string) (list []memoryGroup) {
	if root == "" {
		root = "/proc"
	}
	names, _ := os.ReadFile(filepath.Join(root, "self/cgroup"))
	mounts, _ := os.ReadFile(filepath.Join(root, "self/mountinfo"))
	for line := range bytes.Lines(names) {
		// "0::/path" is of version 2, "4:memory:/path" of version 1.
		f := strings.SplitN(strings.TrimSuffix(string(line), "\n"), ":", 3)
		if len(f) < 3 || !(f[0] == "0" && f[1] == "") && !hasWord(f[1], "memory") {
			continue
		}
		for mount := range bytes.Lines(mounts) {
			top, dir, ok := groupPlace(string(mount), f[2], f[1] != "")
			for ok {
				list = append(list, newMemoryGroup(dir, f[1] != ""))
				ok = dir != top
				dir = filepath.Dir(dir)
			}
		}
	}
	return list
}

// groupPlace is where a mount, a line of mountinfo, has the group called path,
// and the uppermost group that it shows.
func groupPlace(mount, path string, v1 bool) (top, dir string, ok bool) {
	head, tail, _ := strings.Cut(mount, " - ")
	f, kind := strings.Fields(head), strings.Fields(tail)
	if len(f) < 5 || len(kind) < 3 {
		return "", "", false
	}
	if v1 && (kind[0] != "cgroup" || !hasWord(kind[2], "memory")) || !v1 && kind[0] != "cgroup2" {
		return "", "", false
	}
	below, ok := strings.CutPrefix(path+"/", strings.TrimSuffix(f[3], "/")+"/")
	return f[4], filepath.Join(f[4], below), ok && !strings.HasPrefix(path, "/..")
}

func hasWord(list, word string) bool {
	for w := range strings.SplitSeq(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}

func newMemoryGroup(dir string, v1 bool) memoryGroup {
	file := func(v2Name, v1Name string) procFile {
		if v1 {
			v2Name = v1Name
		}
		return procFile{path: filepath.Join(dir, v2Name), buf: make([]byte, 32)}
	}
	return memoryGroup{
		limit: file("memory.max", "memory.limit_in_bytes"),
		usage: file("memory.current", "memory.usage_in_bytes"),
		stat:  file("memory.stat", "memory.stat"),
		v1:    v1,
	}
}

// read is what the group may have and how much of it is free, or could be had
// without swapping, as the kernel counts it for the machine. Without a limit
// below most, or if it cannot be read, that is nothing.
func (g *memoryGroup) read(most int64) (m memory, ok bool) {
	total, ok := g.limit.number()
	if !ok || total >= most {
		return m, false
	}
	used, ok := g.usage.number()
	if !ok {
		return m, false
	}
	text, err := os.ReadFile(g.stat.path)
	if err != nil {
		return m, false
	}
	for line := range bytes.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if g.v1 { // there these include the groups below, and the plain ones do not
			name, ok = strings.CutPrefix(name, "total_")
		}
		if ok && (name == "active_file" || name == "inactive_file" || name == "slab_reclaimable") {
			n, _ := strconv.ParseInt(value, 10, 64)
			used -= n
		}
	}
	return memory{total: total, available: max(0, total-max(0, used))}, true
}

// number is the one in a file that holds nothing else.
func (f *procFile) number() (n int64, ok bool) {
	text, err := f.head()
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return n, err == nil
}

// within is m inside a group that may have so much.
func (m memory) within(g memory, ok bool) memory {
	if !ok {
		return m
	}
	return memory{total: min(m.total, g.total), available: min(m.available, g.available)}
}
