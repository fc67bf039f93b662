package proc

import (
	"slices"
	"strconv"
	"syscall"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// pause is how the tree of a task was stopped.
type pause struct {
	on     bool           // Freeze was called, and neither Thaw nor a waking Send since
	before map[ident]bool // what was stopped before
	woken  map[ident]bool // what the end of the last pause has woken
}

// Freeze implements supervise.System.
func (c *Children) Freeze(t supervise.Task) error {
	k := &c.tasks[t]
	first := !k.pause.on
	if first {
		k.pause = pause{on: true, before: map[ident]bool{}}
		for _, m := range c.members(t) {
			if m.state == 'T' {
				k.pause.before[m.ident()] = true
			}
		}
	}
	// On a terminal a pause may be ^Z, which shells want to see as a stop.
	if k.spec.Session != Shared && k.spec.Session != Foreground && !k.spec.Keys {
		c.freezeGroup(t, first)
	}
	return c.stopAll(t, nil)
}

// freezeGroup freezes the group of a task, at first so that no vfork is caught in
// two: its parent would count as busy for as long as the pause lasts, and keep the
// gate shut that waits for the load to fall. One that takes long stays caught.
func (c *Children) freezeGroup(t supervise.Task, first bool) {
	g := c.groupOf(t)
	if !g.freeze() || !first {
		return
	}
	deadline := time.Now().Add(walkTime)
	for len(c.halves(c.members(t))) > 0 && time.Now().Before(deadline) {
		g.thaw()
		for len(c.halves(c.members(t))) > 0 && time.Now().Before(deadline) {
			_, _ = unix.Poll(nil, 1) // the child needs a processor
		}
		g.freeze()
	}
}

// halves are the numbers of those members that have executed nothing yet and
// whose parent has a thread in state D, as it has in a vfork.
func (c *Children) halves(members []member) map[int]bool {
	var list map[int]bool
	for _, m := range members {
		if m.flags&forkedOnly == 0 {
			continue
		}
		i := slices.IndexFunc(members, func(p member) bool { return p.pid == m.parent })
		if i >= 0 && c.tree.inD(members[i]) {
			if list == nil {
				list = map[int]bool{}
			}
			list[m.pid] = true
		}
	}
	return list
}

// inD reports whether a thread of m is in state D.
func (t *tree) inD(m member) bool {
	if m.threads == 1 || m.state == 'D' {
		return m.state == 'D'
	}
	dir := "/proc/" + strconv.Itoa(m.pid) + "/task/"
	tids, _ := names(dir)
	return slices.ContainsFunc(tids, func(tid string) bool {
		text, err := t.readLine(dir + tid + "/stat")
		thread, ok := parseStat(m.pid, text)
		return err == nil && ok && thread.state == 'D'
	})
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

// halfTime is how long the child of a vfork may take until it is stopped like
// any other process.
const halfTime = walkTime / 2

// stopAll sends STOP until two walks in a row find the same processes, all of
// them stopped: one that was forked behind the back of a walk is found by the
// next, and a stopped one forks no more. A process in state D, such as the
// parent in a vfork, stops when it leaves it, for which its child is given time.
// Those in dying need no more attention.
func (c *Children) stopAll(t supervise.Task, dying map[ident]bool) error {
	begin := time.Now()
	var before []member
	for pass := 0; pass < walkPasses; pass++ {
		members := slices.DeleteFunc(c.loose(t), func(m member) bool { return dying[m.ident()] })
		var halves map[int]bool
		if dying == nil && time.Since(begin) < halfTime {
			halves = c.halves(members)
		}
		err := c.signalAll(members, func(m member) bool { return running(m) && !halves[m.pid] }, syscall.SIGSTOP)
		if err != nil {
			return err
		}
		if len(halves) == 0 && settled(members) && same(before, members) || time.Since(begin) > walkTime {
			return nil
		}
		before = members
	}
	return nil
}

func running(m member) bool { return m.state != 'T' && m.state != 't' }

func settled(members []member) bool {
	for _, m := range members {
		if running(m) && m.state != 'D' && !m.hidden() {
			return false
		}
	}
	return true
}

func same(a, b []member) bool {
	return slices.EqualFunc(a, b, func(x, y member) bool { return x.ident() == y.ident() })
}

// Thaw implements supervise.System. What a debugger holds was not stopped by us.
func (c *Children) Thaw(t supervise.Task) error {
	k := &c.tasks[t]
	if !k.pause.on {
		return c.rouse(t)
	}
	before := k.pause.before
	k.pause = pause{}
	stopped := c.loose(t)
	c.groupOf(t).thaw()
	stopped = slices.DeleteFunc(stopped, func(m member) bool { return before[m.ident()] || m.state == 't' })
	if len(stopped) > 0 {
		k.pause.woken = map[ident]bool{}
		for _, m := range stopped {
			k.pause.woken[m.ident()] = true
		}
	}
	return c.wake(stopped, all)
}

// rouse wakes what has stopped itself since the last Thaw, after it was told
// late that a child of its had been stopped.
func (c *Children) rouse(t supervise.Task) error {
	k := &c.tasks[t]
	if k.pause.woken == nil {
		return nil
	}
	woken := k.pause.woken
	k.pause.woken = nil
	return c.wake(c.members(t), func(m member) bool { return m.state == 'T' && woken[m.ident()] })
}
