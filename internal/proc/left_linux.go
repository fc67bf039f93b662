package proc

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Leftovers are what a killed dmon left of its command, where it had no Group:
// they are known by the number of that dmon in their environment. A pause by STOP
// is the case that matters: what is stopped does not act on the TERM that the
// kernel sends when dmon dies.
type Leftovers struct {
	tree tree
	list []member
}

// FindLeft looks through all processes for those that the dmon with the number
// former has left. There are none while a process has that number: it could be
// another dmon.
func FindLeft(former int) *Leftovers {
	l := &Leftovers{}
	if former <= 0 || former == os.Getpid() || l.tree.open() != nil {
		return l
	}
	if _, there := l.tree.look(former); there {
		return l
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return l
	}
	all, _ := names("/proc")
	for _, name := range all {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == os.Getpid() {
			continue
		}
		text, err := l.tree.read("/proc/" + name + "/environ")
		if err != nil || markIn(text, former) != markCmd {
			continue
		}
		// The dmon of another namespace may have the same number there.
		if there, err := os.Readlink("/proc/" + name + "/ns/pid"); err != nil || there != space {
			continue
		}
		if m, ok := l.tree.look(pid); ok {
			l.list = append(l.list, m)
		}
	}
	l.list = l.tree.descend(l.list, nil)
	return l
}

// Left is how many there are.
func (l *Leftovers) Left() int { return len(l.list) }

// Clear ends them: TERM, and KILL when grace is over or hurry tells.
func (l *Leftovers) Clear(grace time.Duration, hurry <-chan struct{}) error {
	l.send(unix.SIGTERM)
	l.send(unix.SIGCONT)
	for deadline := time.Now().Add(grace); l.alive() > 0 && time.Now().Before(deadline) && !told(hurry); {
		_, _ = unix.Poll(nil, int(hurryTime/time.Millisecond))
	}
	l.list = l.tree.descend(l.list, nil)
	l.send(unix.SIGKILL)
	for deadline := time.Now().Add(killTime); l.alive() > 0; {
		if !time.Now().Before(deadline) {
			return fmt.Errorf("cannot end what a killed dmon left: %d processes", l.alive())
		}
		_, _ = unix.Poll(nil, 5)
	}
	return nil
}

// alive forgets those that are gone and counts the others.
func (l *Leftovers) alive() int {
	rest := l.list[:0]
	for _, m := range l.list {
		if l.is(m) {
			rest = append(rest, m)
		}
	}
	l.list = rest
	return len(rest)
}

// is reports whether m's number is m's still.
func (l *Leftovers) is(m member) bool {
	now, ok := l.tree.look(m.pid)
	return ok && now.start == m.start
}

// send signals all of them; what refuses is counted in the end.
func (l *Leftovers) send(sig syscall.Signal) {
	for _, m := range l.list {
		fd, err := unix.PidfdOpen(m.pid, 0)
		if err != nil {
			continue // gone
		}
		if l.is(m) { // and so is whom fd is of
			_ = unix.PidfdSendSignal(fd, sig, nil, 0)
		}
		unix.Close(fd)
	}
}
