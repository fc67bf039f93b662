package proc

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// members walks the tree of a task: the main process first, then downwards.
func (c *Children) members(t supervise.Task) []member {
	var list []member
	if pid := c.child(t).pid; pid != 0 {
		if m, ok := c.tree.lookChild(pid); ok {
			list = append(list, m)
		}
	}
	list = append(list, c.orphans(t)...)
	if g := c.groupOf(t); g != nil {
		return c.tree.descend(list, g.pids)
	}
	return c.tree.descend(list, nil)
}

// signalAll sends each of signals, in turn, to those members that which wants.
// One that is gone is no error; the first that refuses is.
func (c *Children) signalAll(members []member, which func(member) bool, signals ...syscall.Signal) error {
	var first error
	for _, m := range members {
		if !which(m) {
			continue
		}
		if err := c.signal(m, signals...); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// wake sends CONT, to children first: a parent that watches for children that
// were stopped, as su and shells do, would take one that is stopped still for the
// doing of somebody else.
func (c *Children) wake(members []member, which func(member) bool) error {
	var first error
	for _, m := range slices.Backward(members) {
		if !which(m) {
			continue
		}
		if err := c.signal(m, syscall.SIGCONT); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// signal reaches m and nobody else. A child of ours keeps its number until we
// reap it; any other may have ended since it was looked at, and its number may
// be a stranger's by now: hence the pidfd, and the second look through it.
func (c *Children) signal(m member, signals ...syscall.Signal) error {
	if _, main := c.taskOf(m.pid); main || m.hidden() && m.parent == unix.Getpid() {
		return signalChild(m.pid, signals...)
	}
	fd, err := unix.PidfdOpen(m.pid, 0)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	if err != nil {
		return c.signalWithoutPidfd(m, signals...)
	}
	defer unix.Close(fd)
	if !c.same(m) {
		return nil
	}
	for _, sig := range signals {
		switch err := unix.PidfdSendSignal(fd, sig, nil, 0); {
		case err == nil, errors.Is(err, unix.ESRCH):
		case errors.Is(err, unix.ENOSYS): // the one call without the other
			return c.signalWithoutPidfd(m, signals...)
		default:
			return fmt.Errorf("cannot signal process %d: %w", m.pid, err)
		}
	}
	return nil
}

// same reports whether m's number is m's still. Of a hidden one it is known who
// lists it.
func (c *Children) same(m member) bool {
	if !m.hidden() {
		now, ok := c.tree.look(m.pid)
		return ok && now.start == m.start
	}
	if m.parent == 0 {
		return c.group != nil && slices.Contains(c.group.pids(), m.pid)
	}
	parent, ok := c.tree.look(m.parent)
	return ok && slices.Contains(c.tree.children(nil, parent), m.pid)
}

// signalWithoutPidfd is for kernels before 5.3 and for when no descriptor is
// to be had: the start time has a grain of 10 ms, in which a number does not
// come round in practice.
func (c *Children) signalWithoutPidfd(m member, signals ...syscall.Signal) error {
	if !c.same(m) {
		return nil
	}
	return signalChild(m.pid, signals...)
}

// Bounds of the walks that repeat until nothing changes. A tree that outruns
// them is met again at the next rung or tick.
const (
	walkTime   = 250 * time.Millisecond
	walkPasses = 1000
)

// killTree ends all there is, and looks whether that was all. A tree that has
// grown meanwhile may fork faster than it can be walked, and would outrun KILL
// alone: then everything is stopped before it is killed. What is in the group
// is dead by then.
func (c *Children) killTree(t supervise.Task) error {
	c.groupOf(t).kill()
	deadline := time.Now().Add(walkTime)
	dying := map[ident]bool{}
	for pass := 0; pass < walkPasses && time.Now().Before(deadline); pass++ {
		var stopErr error
		members := c.members(t)
		if !slices.ContainsFunc(members, func(m member) bool { return !dying[m.ident()] }) {
			return nil // it has had its KILL, and dies as it is scheduled
		}
		if pass > 0 {
			stopErr = c.stopAll(t, dying)
			members = c.members(t)
		}
		err := c.signalAll(members, all, syscall.SIGKILL)
		if err != nil || stopErr != nil {
			return errors.Join(err, stopErr)
		}
		for _, m := range members {
			dying[m.ident()] = true
		}
	}
	return nil
}
