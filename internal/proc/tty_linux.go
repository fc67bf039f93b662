package proc

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"

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
	piped  bool          // our output goes to a process that may want the terminal, a pager
	lent   bool          // that has it, until the task asks for it
	watch  *os.File      // has something to read when the terminal is gone; nil: nobody waits
	told   atomic.Bool   // that it is gone
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
	return &Terminal{fd: fd, before: *before, piped: intoPipe()}, nil
}

// intoPipe reports whether our standard output is a pipe. The kernel would stop
// a pager at the end of it for asking for a terminal that the task has.
func intoPipe() bool {
	var st unix.Stat_t
	return unix.Fstat(1, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

// Close gives the terminal up. The nil Terminal is none.
func (t *Terminal) Close() {
	if t == nil {
		return
	}
	if t.watch != nil {
		t.watch.Close()
	}
	unix.Close(t.fd)
}

// Watch says through inputs when the terminal is gone, which the kernel tells
// the group in front, and so not us while the task has it. It wakes us
// for nothing else: neither keys nor output.
func (t *Terminal) Watch(inputs chan<- supervise.Input) error {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("cannot watch the terminal: %w", err)
	}
	// No event is asked for: a hang-up is told unasked.
	if err := errors.Join(unix.SetNonblock(ep, true), unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, t.fd, &unix.EpollEvent{})); err != nil {
		unix.Close(ep)
		return fmt.Errorf("cannot watch the terminal: %w", err)
	}
	t.watch = os.NewFile(uintptr(ep), "terminal")
	conn, err := t.watch.SyscallConn()
	if err != nil {
		return fmt.Errorf("cannot watch the terminal: %w", err)
	}
	go func() {
		var event [1]unix.EpollEvent
		err := conn.Read(func(fd uintptr) bool {
			n, _ := unix.EpollWait(int(fd), event[:], 0)
			return n > 0
		})
		if stop, ok := t.departure(); ok && err == nil {
			inputs <- stop
		}
	}()
	return nil
}

// departure is what follows from the end of the terminal; ok is false where
// that was told before.
func (t *Terminal) departure() (in supervise.Stop, ok bool) {
	return supervise.Stop{Signal: unix.SIGHUP, Cause: "the terminal is gone"}, t.told.CompareAndSwap(false, true)
}

// gone reports whether we have lost the terminal: it was hung up, or the leader
// of our session has ended.
func (t *Terminal) gone() bool {
	_, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	return err != nil
}

// set does not wait for what was written before to be shown: ^S would hold us
// up. There is nothing to be done about failures: the terminal is gone.
func (t *Terminal) set(modes *unix.Termios) {
	Unstopped(func() { _ = unix.IoctlSetTermios(t.fd, unix.TCSETS, modes) })
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
	Unstopped(func() { _ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, pgrp) })
}
