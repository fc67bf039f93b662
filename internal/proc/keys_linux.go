package proc

import (
	"errors"
	"syscall"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// What the terminal does to the group in front, and what becomes of it where
// that is not the group that it is meant for.

// Key takes a signal of the terminal's to the command, where that does not get it
// itself: with --tty, when the shell has put us in front, as it does without a
// word for a job that runs in the background already, the command gets the terminal
// and the signal; one that has no part of our terminal gets the signal. Key
// reports whether the command has it now, and does nothing where the signal
// cannot have come from the terminal.
func (c *Children) Key(sig syscall.Signal) bool {
	k := &c.tasks[supervise.Cmd]
	switch {
	case k.pid == 0:
		return false
	case c.tty != nil:
		if !c.tty.ours() {
			return false
		}
		if !c.tty.lent {
			c.handOver(k.leader)
		}
	case !k.spec.Keys || !inFront():
		return false
	}
	if sig == unix.SIGCONT {
		return true // what of it is stopped, stays so
	}
	if unix.Kill(-k.leader, sig) != nil {
		return unix.Kill(k.pid, sig) == nil // it is about to make its group
	}
	return true
}

// inFront reports whether our group is in the foreground of our terminal.
func inFront() bool {
	t := Terminal{}
	var err error
	if t.fd, err = unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err != nil {
		return false
	}
	defer unix.Close(t.fd)
	return t.ours()
}

// handOver puts a group in front, as it was when it was there last.
func (c *Children) handOver(leader int) {
	if c.tty.job != nil {
		c.tty.set(c.tty.job)
	}
	c.tty.lent = false
	c.tty.give(leader)
}

// Lend hears of TTIN or TTOU. While the command has the terminal these come
// from another process of our group that asked for it, such as a pager at the
// end of our pipeline. It gets it, until the command asks. Lend reports
// whether that was so: else the signal means that we shall stop.
func (c *Children) Lend() bool {
	if c.tty == nil {
		return false
	}
	mates := c.groupMates()
	if len(mates) == 0 {
		return false
	}
	k := &c.tasks[supervise.Cmd]
	switch {
	case c.tty.ours(): // by now, since the command has ended
	case k.pid != 0 && c.tty.group() == k.leader:
		c.tty.job, _ = unix.IoctlGetTermios(c.tty.fd, unix.TCGETS)
		c.tty.lent = true
		c.tty.give(unix.Getpgrp())
	default:
		return false
	}
	c.wakeGroup(mates)
	return true
}

// takeBack ends the use that the command made of the terminal: we are in the
// foreground again, unless our shell has put another job there. Who asked for it
// meanwhile goes on.
func (c *Children) takeBack(leader int) {
	c.tty.job, c.tty.lent = nil, false
	if c.tty.group() != leader {
		return
	}
	c.tty.give(unix.Getpgrp())
	c.tty.set(&c.tty.before)
	c.wakeGroup(c.groupMates())
}

// giveTerminal lets the child take the terminal, if it is ours to give. Where
// it is gone there is nothing to be started any more.
func (c *Children) giveTerminal(p *plan) error {
	if c.tty.gone() {
		if stop, ok := c.tty.departure(); ok {
			go func() { c.inputs <- stop }()
		}
		return errGone
	}
	p.tty, c.tty.lent = -1, c.tty.piped
	if c.tty.ours() && !c.tty.piped {
		p.tty = c.tty.fd
	}
	return nil
}

var errGone = errors.New("the terminal is gone")

// halted hears that the command, which has the terminal to itself, was stopped.
// It reports whether we shall stop too, so that a shell gets its turn.
func (c *Children) halted(sig syscall.Signal) (tell bool) {
	leader := c.tasks[supervise.Cmd].leader
	switch {
	case sig == unix.SIGTTIN || sig == unix.SIGTTOU:
		if c.tty.ours() { // it asks for what it can have
			c.handOver(leader)
			_ = unix.Kill(-leader, unix.SIGCONT)
			return false
		}
		return c.Resumable()
	case sig == unix.SIGTSTP && !c.Resumable():
		// Its group is not orphaned, since we are its parent; but ours is.
		_ = unix.Kill(-leader, unix.SIGCONT)
		return false
	default: // one that STOP has stopped stays so
		return c.Resumable()
	}
}

// departed is what we shall hear before the end of a command that had a
// terminal which is gone: that it must not be started again.
func (c *Children) departed() []supervise.Input {
	if c.tty == nil || !c.tty.gone() {
		return nil
	}
	stop, ok := c.tty.departure()
	if !ok {
		return nil
	}
	stop.Heard = true // the kernel has told it too
	return []supervise.Input{stop}
}

// stopGroup stops the rest of our group: the shell waits for a script that
// started us, not for us. One signal for the whole group would reach us too, by
// any of our threads and at any time, and stop us once more after the CONT.
func (c *Children) stopGroup() {
	for _, m := range c.groupMates() {
		_ = c.signal(m, unix.SIGSTOP) // one that we may not signal is not our job's
	}
}

// wakeGroup has those of our group go on that TTIN or TTOU stops: one may be
// about to be stopped, and CONT takes that back.
func (c *Children) wakeGroup(mates []member) {
	for _, m := range mates {
		_ = c.signal(m, unix.SIGCONT)
	}
}

// SuspendSelf implements supervise.System. Whether there is anybody who could
// resume us is for the kernel to say: it spares an orphaned group, and the
// first process of a pid namespace.
func (c *Children) SuspendSelf() {
	c.showStop()
	if c.tty != nil {
		c.suspendJob()
		return
	}
	raise(unix.SIGTSTP)
}

// suspendJob stops us and the rest of our job, as the shell expects of one that
// was stopped. When the shell has put us in the foreground again, the task gets
// the terminal back as it had it.
func (c *Children) suspendJob() {
	t, leader := c.tty, c.tasks[supervise.Cmd].leader
	if t.group() == leader {
		t.job, _ = unix.IoctlGetTermios(t.fd, unix.TCGETS)
		t.give(unix.Getpgrp())
		t.set(&t.before)
	}
	c.stopGroup()
	raise(unix.SIGTSTP)
	if c.tasks[supervise.Cmd].pid == 0 {
		return
	}
	if t.ours() && !t.lent {
		c.handOver(leader)
	}
	// It was stopped before us, so that Thaw would leave it as it was.
	_ = unix.Kill(-leader, unix.SIGCONT)
}
