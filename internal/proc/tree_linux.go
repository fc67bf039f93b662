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

// orphans are the processes of a task whose parent is gone and that came to
// us. When a task has none, and no main process, nothing of it is left: every
// descendant has a parent that is one of these, or came to us itself.
func (c *Children) orphans(t supervise.Task) []member {
	pids, _ := c.tree.list(nil, c.tree.ours) // it worked when we began
	var list []member
	for _, pid := range pids {
		if _, main := c.taskOf(pid); main {
			continue
		}
		if m, ok := c.tree.look(pid); ok && c.owner(m) == t {
			list = append(list, m)
		}
	}
	return list
}

// owner tells the orphans of the log command from those of the command: only
// the former can be in the group or the session that the log command leads.
func (c *Children) owner(m member) supervise.Task {
	l := &c.tasks[supervise.Log]
	if l.leader != 0 && (m.pgrp == l.leader || m.sid == l.leader) {
		return supervise.Log
	}
	return supervise.Cmd
}

// members walks the tree of a task: the main process first, then downwards.
func (c *Children) members(t supervise.Task) []member {
	var list []member
	if pid := c.tasks[t].pid; pid != 0 {
		if m, ok := c.tree.look(pid); ok {
			list = append(list, m)
		}
	}
	list = append(list, c.orphans(t)...)
	seen := make(map[int]bool, len(list))
	for _, m := range list {
		seen[m.pid] = true
	}
	var pids []int
	for i := 0; i < len(list); i++ {
		pids = c.tree.children(pids[:0], list[i])
		for _, pid := range pids {
			if m, ok := c.tree.look(pid); ok && !seen[pid] {
				seen[pid] = true
				list = append(list, m)
			}
		}
	}
	return list
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

// signal reaches m and nobody else. A child of ours keeps its number until we
// reap it; any other may have ended since it was looked at, and its number may
// be a stranger's by now: hence the pidfd, and the second look through it.
func (c *Children) signal(m member, signals ...syscall.Signal) error {
	if _, main := c.taskOf(m.pid); main {
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
	if now, ok := c.tree.look(m.pid); !ok || now.start != m.start {
		return nil
	}
	for _, sig := range signals {
		if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("cannot signal process %d: %w", m.pid, err)
		}
	}
	return nil
}

// signalWithoutPidfd is for kernels before 5.3 and for when no descriptor is
// to be had: the start time has a grain of 10 ms, in which a number does not
// come round in practice.
func (c *Children) signalWithoutPidfd(m member, signals ...syscall.Signal) error {
	if now, ok := c.tree.look(m.pid); !ok || now.start != m.start {
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

// Freeze implements supervise.System.
func (c *Children) Freeze(t supervise.Task) error {
	k := &c.tasks[t]
	if !k.ours {
		k.ours, k.frozen = true, map[int]uint64{}
		for _, m := range c.members(t) {
			if m.state == 'T' {
				k.frozen[m.pid] = m.start
			}
		}
	}
	// On a terminal a pause may be ^Z, which shells want to see as a stop.
	if k.spec.Session != Shared && k.spec.Session != Foreground {
		c.groupOf(t).freeze()
	}
	return c.stopAll(t, nil)
}

// loose are the members that a frozen group does not hold: all, where there is
// none.
func (c *Children) loose(t supervise.Task) []member {
	members := c.members(t)
	g := c.groupOf(t)
	if g == nil || !g.frozen {
		return members
	}
	held := map[int]bool{}
	for _, pid := range g.pids() {
		held[pid] = true
	}
	return slices.DeleteFunc(members, func(m member) bool { return held[m.pid] })
}

// stopAll sends STOP until two walks in a row find the same processes, all of
// them stopped: one that was forked behind the back of a walk is found by the
// next, and a stopped one forks no more. A process in state D, such as the
// parent in a vfork, stops when it leaves it. Those in dying, by pid the time
// they started, need no more attention.
func (c *Children) stopAll(t supervise.Task, dying map[int]uint64) error {
	deadline := time.Now().Add(walkTime)
	var before []member
	for pass := 0; pass < walkPasses; pass++ {
		members := slices.DeleteFunc(c.loose(t), func(m member) bool { return dying[m.pid] == m.start })
		if err := c.signalAll(members, running, syscall.SIGSTOP); err != nil {
			return err
		}
		if settled(members) && same(before, members) || time.Now().After(deadline) {
			return nil
		}
		before = members
	}
	return nil
}

func running(m member) bool { return m.state != 'T' && m.state != 't' }

func settled(members []member) bool {
	for _, m := range members {
		if running(m) && m.state != 'D' {
			return false
		}
	}
	return true
}

func same(a, b []member) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].pid != b[i].pid || a[i].start != b[i].start {
			return false
		}
	}
	return true
}

// Thaw implements supervise.System.
func (c *Children) Thaw(t supervise.Task) error {
	k := &c.tasks[t]
	before := k.frozen
	k.frozen, k.ours = nil, false
	stopped := c.loose(t)
	c.groupOf(t).thaw()
	return c.signalAll(stopped, func(m member) bool {
		start, was := before[m.pid]
		return !was || start != m.start
	}, syscall.SIGCONT)
}

// killTree ends all there is, and looks whether that was all. A tree that has
// grown meanwhile may fork faster than it can be walked, and would outrun KILL
// alone: then everything is stopped before it is killed. What is in the group
// is dead by then.
func (c *Children) killTree(t supervise.Task) error {
	c.groupOf(t).kill()
	deadline := time.Now().Add(walkTime)
	dying := map[int]uint64{}
	for pass := 0; pass < walkPasses && time.Now().Before(deadline); pass++ {
		var stopErr error
		members := c.members(t)
		if !slices.ContainsFunc(members, func(m member) bool { return dying[m.pid] != m.start }) {
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
			dying[m.pid] = m.start
		}
	}
	return nil
}
