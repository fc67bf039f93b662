package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Whoever may read a group's directory may lock it: what a killed dmon left
// behind, for one, which must not pass for a dmon that lives. So where a pid file
// says that the group is ours, a lock on it counts for nothing but for one case:
// that somebody removed the pid file of a dmon that runs, and another took its
// place.

// ownedByOther reports whether the lock on the directory is that of another dmon:
// a process with a name like ours, started by root or our user. Where the kernel
// does not tell, it is.
func ownedByOther(fd int) bool {
	var st unix.Stat_t
	locks, err := os.ReadFile("/proc/locks")
	if err != nil || unix.Fstat(fd, &st) != nil {
		return true
	}
	us, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		return true
	}
	file := fmt.Sprintf("%02x:%02x:%d", unix.Major(uint64(st.Dev)), unix.Minor(uint64(st.Dev)), st.Ino) //nolint:unconvert // other types elsewhere
	for line := range bytes.Lines(locks) {
		pid, ok := flockOf(line, file)
		if !ok {
			continue
		}
		dir := "/proc/" + strconv.Itoa(pid)
		name, err := os.ReadFile(dir + "/comm")
		if err == nil && bytes.Equal(name, us) && believed(dir) {
			return true
		}
	}
	return false
}

// flockOf is the process that a line of /proc/locks says to have an exclusive
// lock of flock(2) on the file. A line with an arrow is of one who waits.
func flockOf(line []byte, file string) (pid int, ok bool) {
	f := bytes.Fields(line)
	if len(f) < 6 || string(f[1]) != "FLOCK" || string(f[3]) != "WRITE" || string(f[5]) != file {
		return 0, false
	}
	pid = atoi(f[4])
	return pid, pid > 0
}

// believed reports whether root or our user started the process, whatever
// rights it has taken on.
func believed(dir string) bool {
	text, err := os.ReadFile(dir + "/status")
	_, rest, _ := bytes.Cut(text, []byte("\nUid:"))
	f := bytes.Fields(rest)
	if err != nil || len(f) == 0 {
		return false
	}
	uid, err := strconv.Atoi(string(f[0]))
	return err == nil && (uid == 0 || uid == os.Geteuid())
}
