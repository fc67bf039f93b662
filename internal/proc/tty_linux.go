package proc

import (
	"fmt"
	"runtime"
	"strconv"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Terminal is the terminal that we were started on, for a task that gets it to
// itself. What it was set to when we came is what it is set to when we go,
// whatever the task did to it.
type Terminal struct {
	fd     int
	before unix.Termios  // as we found it
	job    *unix.Termios // as the task had it when it was suspended; nil: it was not
}

// OpenTerminal opens our controlling terminal.
func OpenTerminal() (*Terminal, error) {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open the terminal: %w", err)
	}
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot read the state of the terminal: %w", err)
	}
	return &Terminal{fd: fd, before: *before}, nil
}

// Close gives the terminal up. The nil Terminal is none.
func (t *Terminal) Close() {
	if t != nil {
		unix.Close(t.fd)
	}
}

// set waits for what was written before to be shown, as a change of modes may
// be meant for what comes after it. There is nothing to be done about failures:
// the terminal is gone.
func (t *Terminal) set(modes *unix.Termios) {
	background(func() { _ = unix.IoctlSetTermios(t.fd, unix.TCSETSW, modes) })
}

// group is the process group in the foreground, 0 where that cannot be told.
func (t *Terminal) group() int {
	pgrp, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	if err != nil {
		return 0
	}
	return pgrp
}

// ours reports whether our own group is in the foreground.
func (t *Terminal) ours() bool { return t.group() == unix.Getpgrp() }

// give puts pgrp in the foreground.
func (t *Terminal) give(pgrp int) {
	background(func() { _ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, pgrp) })
}

// background calls f, which changes the terminal, without being stopped by TTOU
// for being in the background. The signal is held back from this thread alone:
// ignored, it would be ignored by every child too.
func background(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ttou, before unix.Sigset_t
	ttou.Val[0] = 1 << (unix.SIGTTOU - 1)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &ttou, &before) == nil {
		defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) }()
	}
	f()
}

// takeBack ends the use that the group of a task made of the terminal: we are
// in the foreground again, unless our shell has put another job there.
func (t *Terminal) takeBack(pgrp int) {
	t.job = nil
	if t.group() == pgrp {
		t.give(unix.Getpgrp())
		t.set(&t.before)
	}
}

// giveTerminal lets the child take the terminal, if it is ours to give.
func (p *plan) giveTerminal(t *Terminal) {
	p.tty = -1
	if t.ours() {
		p.tty = t.fd
	}
}

// stopGroup stops the rest of our group: the shell waits for a script that
// started us, not for us. One signal for the whole group would reach us too, by
// any of our threads and at any time, and stop us once more after the CONT.
func (c *Children) stopGroup() {
	pids, _ := names("/proc")
	own, group := unix.Getpid(), unix.Getpgrp()
	for _, name := range pids {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == own {
			continue
		}
		if m, ok := c.tree.look(pid); ok && m.pgrp == group {
			_ = c.signal(m, unix.SIGSTOP) // one that we may not signal is not our job's
		}
	}
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
	stopThisThread()
	if c.tasks[supervise.Cmd].pid == 0 {
		return
	}
	if t.ours() {
		if t.job != nil {
			t.set(t.job)
		}
		t.give(leader)
	}
	// It was stopped before us, so that Thaw would leave it as it was.
	_ = unix.Kill(-leader, unix.SIGCONT)
}
