package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// starvation knows how many processes the kernel has killed for want of memory in
// the cgroup that the command's memory is booked to. A signal does not say who sent it.
// The zero value knows nothing, and that nobody was.
type starvation struct {
	path  string // of the file with the count, "": there is none
	count uint64
}

// Settle is called once, when there is no hurry any more: what is to be known at the
// end of a run is looked up.
func (c *Children) Settle() {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return
	}
	dir := ""
	if c.group != nil {
		dir = c.group.path
	} else if own, err := ownCgroup(); err == nil {
		dir = own
	}
	if c.starved.path = memoryEvents(dir); c.starved.path == "" {
		c.starved.path = memoryControl(text)
	}
	c.starved.grown()
}

// memoryEvents is the file of the cgroup of version 2, at dir or above, that has the
// memory of what is in dir: where none below has the controller, it is counted there.
func memoryEvents(dir string) string {
	for len(dir) > 1 {
		file := filepath.Join(dir, "memory.events")
		if unix.Access(file, unix.F_OK) == nil {
			return file
		}
		dir = filepath.Dir(dir)
		if unix.Access(filepath.Join(dir, "cgroup.procs"), unix.F_OK) != nil {
			return ""
		}
	}
	return ""
}

// memoryControl is the same for version 1, in which the command is where we are. text
// is /proc/self/cgroup.
func memoryControl(text []byte) string {
	path := ""
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(f) == 3 && hasWord(f[1], "memory") {
			path = f[2]
		}
	}
	if path == "" {
		return ""
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(mounts)) {
		head, tail, _ := strings.Cut(line, " - ")
		f, kind := strings.Fields(head), strings.Fields(tail)
		if len(f) < 5 || len(kind) < 3 || kind[0] != "cgroup" || !hasWord(kind[2], "memory") {
			continue
		}
		if below, ok := strings.CutPrefix(path+"/", strings.TrimSuffix(f[3], "/")+"/"); ok {
			return filepath.Join(f[4], below, "memory.oom_control")
		}
	}
	return ""
}

func hasWord(list, word string) bool {
	for w := range strings.SplitSeq(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}

// grown reports whether somebody was killed since it was asked last.
func (s *starvation) grown() bool {
	if s.path == "" {
		return false
	}
	fd, err := unix.Open(s.path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var b [512]byte
	n, _ := unix.Read(fd, b[:])
	was := s.count
	s.count = killedIn(b[:max(n, 0)])
	return s.count > was
}

// killedIn is the count in a memory.events or a memory.oom_control.
func killedIn(text []byte) uint64 {
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("oom_kill ")); ok {
			n, _ := strconv.ParseUint(string(bytes.TrimSpace(rest)), 10, 64)
			return n
		}
	}
	return 0
}

// ended reports whether want of memory ended a main process with ws: it was killed
// itself, or is a shell that says so of its child.
func (s *starvation) ended(ws syscall.WaitStatus) bool {
	killed := ws.Signaled() && ws.Signal() == syscall.SIGKILL
	return (killed || ws.ExitStatus() == 128+int(syscall.SIGKILL)) && s.grown()
}
