package proc

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// LogFile opens for reading the regular file that the log command has open for
// writing, the last written of them where it has several; nil where there is none. Our
// own standard output and error, which it has from us, are none of its. It is the very
// file, whatever its name stands for by now. A log command that has only just begun is
// given a moment to open its own: it may be gone before anybody looks again.
func (c *Children) LogFile() *os.File {
	k := &c.tasks[supervise.Log]
	if k.pid == 0 {
		return nil
	}
	for {
		f := openLog(k.pid)
		if f != nil || time.Since(k.born) > youth {
			return f
		}
		_, _ = unix.Poll(nil, 1)
	}
}

// youth is by when a log command has opened what it writes to, if there is anything.
const youth = 50 * time.Millisecond

func openLog(pid int) *os.File {
	base := "/proc/" + strconv.Itoa(pid)
	fds, err := os.ReadDir(base + "/fd")
	if err != nil {
		return nil
	}
	var best *os.File
	newest := int64(0)
	for _, fd := range fds {
		link := filepath.Join(base, "fd", fd.Name())
		var st unix.Stat_t
		if unix.Stat(link, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || best != nil && st.Mtim.Nano() <= newest {
			continue
		}
		if name, _ := os.Readlink(link); filepath.Base(name) == "lock" || isOurs(&st) || !writable(base, fd.Name()) {
			continue
		}
		f, err := os.OpenFile(link, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
		if err != nil {
			continue
		}
		if best != nil {
			best.Close()
		}
		best, newest = f, st.Mtim.Nano()
	}
	return best
}

// isOurs reports whether a file is our own standard output or error.
func isOurs(file *unix.Stat_t) bool {
	for _, fd := range []int{unix.Stdout, unix.Stderr} {
		var own unix.Stat_t
		if unix.Fstat(fd, &own) == nil && own.Dev == file.Dev && own.Ino == file.Ino {
			return true
		}
	}
	return false
}

// writable reports whether descriptor fd of the process at base is open for writing.
func writable(base, fd string) bool {
	text, _ := os.ReadFile(base + "/fdinfo/" + fd)
	for line := range strings.Lines(string(text)) {
		if flags, ok := strings.CutPrefix(line, "flags:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(flags), 8, 64)
			return int(n)&unix.O_ACCMODE != unix.O_RDONLY
		}
	}
	return false
}

// LogRests reports whether the log command has read all there is in the pipe, and has
// nothing to do; or is gone.
func (c *Children) LogRests() bool {
	pid := c.tasks[supervise.Log].pid
	if pid == 0 || c.pipe == nil {
		return true
	}
	if c.pipe.Unread() > 0 {
		return false
	}
	// Threads hand work to each other while we look at one after the other. Who was asleep
	// both times and has not run between was asleep at one moment with all others.
	before, ok := asleep(pid)
	if !ok {
		return false
	}
	after, ok := asleep(pid)
	return ok && before == after
}

// asleep reports whether each thread of a process sleeps, and how often they have
// run.
func asleep(pid int) (switches string, ok bool) {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task"
	threads, _ := os.ReadDir(tasks)
	for _, t := range threads {
		text, err := os.ReadFile(filepath.Join(tasks, t.Name(), "status"))
		if err != nil {
			return "", os.IsNotExist(err)
		}
		switches += t.Name()
		for line := range strings.Lines(string(text)) {
			switch name, value, _ := strings.Cut(line, ":\t"); name {
			case "State":
				if value[0] != 'S' && value[0] != 'Z' {
					return "", false
				}
			case "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches":
				switches += " " + value
			}
		}
	}
	return switches, true
}
