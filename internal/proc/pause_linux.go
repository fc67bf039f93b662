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
	shown  bool           // STOP holds those in the group, not the group
	before map[ident]bool // what was stopped before
	woken  map[ident]bool // what the end of the last pause has woken
	tries  int            // how often halves were looked for
	looks  int            // how often it was looked after since
}

// Freeze implements supervise.System.
func (c *Children) Freeze(t supervise.Task) error {
	k := c.child(t)
	if !k.pause.on {
		k.pause = pause{on: true, before: map[ident]bool{}}
		for _, m := range c.members(t) {
			if m.state == 'T' {
				k.pause.before[m.ident()] = true
			}
		}
	}
	k.pause.tries++
	if !k.pause.shown {
		c.freezeGroup(t)
	}
	c.freeHalves(t)
	return c.stopAll(t, nil)
}

// triesMax is in how many looks of the gate those are freed whom a pause has caught
// in the middle of a vfork: who is there still is there on purpose.
const triesMax = 4

// freeHalves lets go those of halves that STOP has caught, because they had no
// processor until then.
func (c *Children) freeHalves(t supervise.Task) {
	k := c.child(t)
	if k.pause.tries == 1 || k.pause.tries > triesMax {
		return
	}
	members := c.loose(t)
	halves := c.halves(members, false)
	caught := func(m member) bool { return halves[m.pid] && m.state == 'T' && !k.pause.before[m.ident()] }
	_ = c.signalAll(members, caught, syscall.SIGCONT) // or it stays as it is
}

// showStop turns what holds a frozen group into STOP, on a terminal: ^Z is meant
// to be seen by shells, as a pause by the gate is not. The signal comes first, so
// that nobody gets a step further.
func (c *Children) showStop() {
	for t := range c.tasks {
		k, g := &c.tasks[t], c.groupOf(c.tasks[t].id)
		if !k.pause.on || g == nil || !g.state.has(frozen) || k.spec.Session != Shared && k.spec.Session != Foreground && !k.spec.Keys {
			continue
		}
		k.pause.shown = true
		_ = c.signalAll(c.members(supervise.Task(t)), running, syscall.SIGSTOP) // what refuses stays frozen no longer
		g.thaw()
		_ = c.stopAll(supervise.Task(t), nil)
	}
}

// freezeGroup freezes the group of a task, so that no vfork is caught in
// two: its parent would count as busy for as long as the pause lasts, and keep the
// gate shut that waits for the load to fall. One that takes long stays caught.
func (c *Children) freezeGroup(t supervise.Task) {
	g := c.groupOf(t)
	if !g.freeze() || c.child(t).pause.tries > triesMax {
		return
	}
	deadline := time.Now().Add(walkTime)
	for len(c.halves(c.members(t), true)) > 0 && time.Now().Before(deadline) {
		g.thaw()
		for len(c.halves(c.members(t), false)) > 0 && time.Now().Before(deadline) {
			_, _ = unix.Poll(nil, 1) // the child needs a processor
		}
		g.freeze()
	}
}

// halves are the numbers of those members that have executed nothing yet and
// whose parent has a thread in state D, as it has in a vfork. frozen is that they are
// all in a group that stands still.
func (c *Children) halves(members []member, frozen bool) map[int]bool {
	var list map[int]bool
	for _, m := range members {
		if m.flags&forkedOnly == 0 {
			continue
		}
		i := slices.IndexFunc(members, func(p member) bool { return p.pid == m.parent })
		// R is on its way there, where the group says that all stand still.
		if i >= 0 && (c.tree.inD(members[i]) || frozen && members[i].state == 'R') {
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
	return t.threadInD("/proc/" + strconv.Itoa(m.pid) + "/task/")
}

// threadInD is inD for the directory of a process's threads.
func (t *tree) threadInD(dir string) bool {
	tids, _ := names(dir)
	return slices.ContainsFunc(tids, func(tid string) bool {
		text, err := t.readLine(dir + tid + "/stat")
		thread, ok := parseStat(0, text)
		return err == nil && ok && thread.state == 'D'
	})
}

// loose are the members that a frozen group does not hold: all, where there is
// none.
func (c *Children) loose(t supervise.Task) []member {
	members := c.members(t)
	g := c.groupOf(t)
	if g == nil || !g.state.has(frozen) || c.child(t).pause.shown {
		return members
	}
	held := map[int]bool{}
	for _, pid := range g.pids() {
		held[pid] = true
	}
	return slices.DeleteFunc(members, func(m member) bool { return held[m.pid] })
}

// waitTime is how long those of notYet are waited for.
const waitTime = walkTime / 2

// notYet are those that are stopped later: the children of a parent that runs still,
// which would see them stop if it waits for them, and act on that in the end; and
// those of halves.
func (c *Children) notYet(members []member) map[int]bool {
	wait := c.halves(members, false)
	goes := map[int]bool{}
	for _, m := range members {
		if running(m) && m.state != 'D' && !m.hidden() {
			goes[m.pid] = true
		}
	}
	for _, m := range members {
		if goes[m.parent] && running(m) {
			if wait == nil {
				wait = map[int]bool{}
			}
			wait[m.pid] = true
		}
	}
	return wait
}

// stopAll sends STOP until two walks in a row find the same processes, all of
// them stopped: one that was forked behind the back of a walk is found by the
// next, and a stopped one forks no more. A process in state D, such as the
// parent in a vfork, stops when it leaves it, for which its child is given time.
// Those in dying need no more attention, and nothing is waited for then.
func (c *Children) stopAll(t supervise.Task, dying map[ident]bool) error {
	begin := time.Now()
	var before []member
	for pass := 0; pass < walkPasses; pass++ {
		members := slices.DeleteFunc(c.loose(t), func(m member) bool { return dying[m.ident()] })
		var wait map[int]bool
		if dying == nil && time.Since(begin) < waitTime {
			wait = c.notYet(members)
		}
		err := c.signalAll(members, func(m member) bool { return running(m) && !wait[m.pid] }, syscall.SIGSTOP)
		if err != nil {
			return err
		}
		if len(wait) == 0 && settled(members) && same(before, members) || len(wait) == 0 && time.Since(begin) > walkTime {
			return nil
		}
		before = members
		if len(wait) > 0 {
			_, _ = unix.Poll(nil, 1) // they need a processor
		}
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
	k := c.child(t)
	if !k.pause.on {
		return c.rouse(t)
	}
	before, stopped := k.pause.before, c.loose(t)
	k.pause = pause{}
	c.groupOf(t).thaw()
	stopped = slices.DeleteFunc(stopped, func(m member) bool { return before[m.ident()] || m.state == 't' })
	if len(stopped) > 0 {
		k.pause.woken = map[ident]bool{}
		for _, m := range stopped {
			k.pause.woken[m.ident()] = true
		}
		defer c.lookAgain(t)
	}
	return c.wake(stopped, all)
}

// looksMax bounds how often a tree is looked after that stops itself again and
// again, as one does that somebody else stops.
const looksMax = 3

// lookAgain asks for another Thaw.
func (c *Children) lookAgain(t supervise.Task) {
	k := c.child(t)
	if k.pause.looks++; k.pause.looks > looksMax {
		k.pause.woken = nil
		return
	}
	go func() { c.inputs <- supervise.Woken{Task: t} }()
}

// rouse wakes what has stopped itself since the last Thaw, after it was told
// late that a child of its had been stopped.
func (c *Children) rouse(t supervise.Task) error {
	k := c.child(t)
	if k.pause.woken == nil {
		return nil
	}
	again := func(m member) bool { return m.state == 'T' && k.pause.woken[m.ident()] }
	members := c.members(t)
	if !slices.ContainsFunc(members, again) {
		k.pause.woken = nil
		return nil
	}
	err := c.wake(members, again)
	c.lookAgain(t)
	return err
}
