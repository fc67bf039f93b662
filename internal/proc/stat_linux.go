package proc

import (
	"bytes"
	"errors"
	"math"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// member is a process of a tree, as it was when it was looked at.
type member struct {
	pid     int
	parent  int
	start   uint64 // in clock ticks since boot; with the pid, who it is
	state   byte
	pgrp    int
	sid     int
	threads int
	flags   uint64        // PF_ of the kernel
	used    time.Duration // processor time, its own and that of the children it has waited for
}

// Of a hidden member, which /proc does not show to us, the state is hiddenState
// and start, threads, flags and used are not known.
const hiddenState = '?'

func (m member) hidden() bool { return m.state == hiddenState }

// alive is not what has ended. A process whose first thread has ended looks like
// a zombie while others go on, and so may its children.
func (m member) alive() bool {
	return m.state != 'X' && (m.state != 'Z' || m.threads > 1)
}

// ident is who a member is, whatever it does.
type ident struct {
	pid   int
	start uint64
}

func (m member) ident() ident { return ident{m.pid, m.start} }

var errStat = errors.New("not what a stat file of /proc holds")

// stat reads what a process is now. It fails where it is gone, or hidden.
func (t *tree) stat(pid int) (member, error) {
	text, err := t.readLine("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return member{}, err
	}
	m, ok := parseStat(pid, text)
	if !ok {
		return m, errStat
	}
	if m.state == 'Z' && m.threads > 1 {
		m.state = t.stateOfOthers(m)
	}
	return m, nil
}

// look is stat for who is only interested in what lives and can be seen.
func (t *tree) look(pid int) (m member, ok bool) {
	m, err := t.stat(pid)
	return m, err == nil && m.alive()
}

// lookChild is look for a child of ours that is not reaped. What cannot be read
// is hidden then, and not gone: as the mount option hidepid or a program with
// the rights of another does it.
func (t *tree) lookChild(pid int) (m member, ok bool) {
	m, err := t.stat(pid)
	if err == nil {
		return m, m.alive()
	}
	var info unix.Siginfo
	if unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil) != nil || info.Signo != 0 {
		return m, false
	}
	return hiddenMember(pid, unix.Getpid()), true
}

func hiddenMember(pid, parent int) member {
	m := member{pid: pid, parent: parent, state: hiddenState}
	m.pgrp, _ = unix.Getpgid(pid)
	m.sid, _ = unix.Getsid(pid)
	return m
}

// stateOfOthers is the state of the first thread of a process that lives.
func (t *tree) stateOfOthers(m member) byte {
	dir := "/proc/" + strconv.Itoa(m.pid) + "/task/"
	tids, _ := names(dir)
	for _, tid := range tids {
		text, err := t.readLine(dir + tid + "/stat")
		if other, ok := parseStat(m.pid, text); err == nil && ok && other.state != 'Z' && other.state != 'X' {
			return other.state
		}
	}
	return m.state
}

// parseStat reads /proc/PID/stat. The name in it may hold anything, so that
// the fields are counted from the last parenthesis.
func parseStat(pid int, stat []byte) (m member, ok bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return member{}, false
	}
	// Numbered as in proc(5), less three: state is the third field there.
	f, n := [20][]byte{}, 0
	for field := range bytes.FieldsSeq(stat[end+1:]) {
		if f[n] = field; n == len(f)-1 {
			break
		}
		n++
	}
	if n < len(f)-1 {
		return member{}, false
	}
	m = member{pid: pid, state: f[0][0], parent: atoi(f[1]), pgrp: atoi(f[2]), sid: atoi(f[3]), threads: atoi(f[17])}
	m.flags, _ = strconv.ParseUint(string(f[6]), 10, 64)
	m.start, _ = strconv.ParseUint(string(f[19]), 10, 64)
	for _, time := range f[11:15] {
		m.used += ticks(time)
	}
	return m, true
}

func atoi(b []byte) int {
	n, _ := strconv.Atoi(string(b))
	return n
}

// clockTick is the unit of times in /proc/PID/stat, whatever the kernel's is.
const clockTick = 10 * time.Millisecond

func ticks(b []byte) time.Duration {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n < 0 || n > maxTicks {
		return 0
	}
	return time.Duration(n) * clockTick
}

// maxTicks is what a time can hold, four of which are added up: some 70 years
// of one processor.
const maxTicks = math.MaxInt64 / int64(clockTick) / 4

// StartOf is when a process began, in clock ticks since boot; 0 for one that is
// not there, or not to be seen.
func StartOf(pid int) uint64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if m, ok := parseStat(pid, text); err == nil && ok {
		return m.start
	}
	return 0
}
