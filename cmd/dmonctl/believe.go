package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"dmon/internal/record"
)

// A user may write what he likes into records of his own, and root reads them: what a
// record says of processes holds only if they can be the user's dmon's.

// believe clears the processes of a record whose dmon is not its user's, and says so.
func (c *ctl) believe(t *target) {
	if t.uid == os.Geteuid() || !t.Lives || t.Dmon.Pid == 0 {
		return
	}
	owner, ok := ownerOf(t.Dmon.Pid)
	if !ok || owner == t.uid {
		return
	}
	c.tell(fmt.Errorf("%s: its record is not believed: process %d is user %d's, not user %d's", t.Name, t.Dmon.Pid, owner, t.uid))
	t.Dmon, t.Cmd, t.Log = record.Process{}, record.Process{}, record.Process{}
}

// has reports whether a process is in the tree of the name's dmon. Root does not take
// one for it that another user's command has made with the rights of a third.
func (t *target) has(pid int) bool {
	if owner, ok := ownerOf(pid); t.uid != os.Geteuid() && (!ok || owner != t.uid) {
		return false
	}
	const deepest = 1000
	for range deepest {
		if pid == t.Dmon.Pid {
			return pid != 0
		}
		p := readProcess(pid)
		if p == nil {
			return false
		}
		pid = p.parent
	}
	return false
}

// mayOwn reports whether a file can be of the name's log: root takes none of a third
// user's for it that a user has put a link to.
func (t *target) mayOwn(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || t.uid == os.Geteuid() || int(stat.Uid) == t.uid
}

// ownerOf is the real user of a process; false where nobody can tell.
func ownerOf(pid int) (uid int, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 5 && fields[0] == "Uid:" {
			uid, err = strconv.Atoi(fields[1])
			return uid, err == nil
		}
	}
	return 0, false
}
