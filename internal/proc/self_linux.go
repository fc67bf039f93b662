package proc

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is what a signal does, as the kernel keeps it: room for the largest
// of its layouts, with the handler first in all of those we build for. The zero
// value is the default action.
type sigaction [16]uintptr

// setAction changes what sig does behind the back of Go's runtime, which has
// no call for the system's default action. Either may be nil.
func setAction(sig syscall.Signal, new, old *sigaction) bool {
	_, _, errno := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(new)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
	return errno == 0
}

// Quiet gives signals that Go's runtime answers with a trace of itself the
// system's own answer: they end this program, and the first process of a pid
// namespace does not notice them. SEGV, BUS and FPE are not among them, which the
// runtime needs for faults of ours. 32 to 34, in which it has no part, get no
// answer, like the others that have no name.
func Quiet() {
	for _, sig := range []syscall.Signal{unix.SIGABRT, unix.SIGILL, unix.SIGTRAP, unix.SIGSYS, unix.SIGSTKFLT} {
		setAction(sig, &sigaction{}, nil)
	}
	for sig := syscall.Signal(32); sig <= 34; sig++ {
		setAction(sig, &sigaction{sigIgn}, nil)
	}
}

// DieOf ends this program by sig, so that whoever waits for it sees that it
// was. It returns where the system does not do that to the first process of a
// pid namespace.
func DieOf(sig syscall.Signal) { raise(sig) }

// raise sends sig, with its default action, to this very thread, which
// therefore does not get past it: one for the process could be taken by another
// thread, while this one went on to undo what was done before.
func raise(sig syscall.Signal) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var set, mask unix.Sigset_t
	set.Val[0] = 1 << (sig - 1)
	if unix.PthreadSigmask(unix.SIG_UNBLOCK, &set, &mask) == nil {
		defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &mask, nil) }()
	}
	var handler sigaction
	if setAction(sig, &sigaction{}, &handler) {
		defer setAction(sig, &handler, nil)
	}
	// It cannot fail: the thread exists and is ours.
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), sig)
}

// InterruptGroup sends INT to our process group, as the terminal would have
// done for ^C had the group been in front then. It does nothing unless it is now.
func InterruptGroup() {
	if inFront() {
		_ = unix.Kill(0, unix.SIGINT)
	}
}

// Resumable reports whether a shell could have us go on after TSTP. The kernel
// spares a process group that is orphaned, in which no process has a parent
// that is in another group of the same session. It would spare us anyway; but
// by then we should have stopped everything else.
func (c *Children) Resumable() bool {
	group, session := unix.Getpgrp(), sessionOf(0)
	shell := func(pid int) bool {
		if pid <= 0 || sessionOf(pid) != session { // not in our pid namespace, or none of ours
			return false
		}
		pgrp, err := unix.Getpgid(pid)
		return err == nil && pgrp != group
	}
	if os.Getpid() == 1 {
		return false
	}
	if shell(os.Getppid()) {
		return true
	}
	for _, m := range c.groupMates() {
		if shell(m.parent) {
			return true
		}
	}
	return false
}

func sessionOf(pid int) int {
	sid, err := unix.Getsid(pid)
	if err != nil {
		return -1
	}
	return sid
}

// groupMates are the other processes of our group: those of a script or of a
// pipeline that we are in, and, where it shares the group, the command's.
func (c *Children) groupMates() []member {
	var list []member
	pids, _ := names("/proc")
	own, group := os.Getpid(), unix.Getpgrp()
	for _, name := range pids {
		pid := atoi([]byte(name))
		if pid == 0 || pid == own {
			continue
		}
		if m, ok := c.tree.look(pid); ok && m.pgrp == group {
			list = append(list, m)
		}
	}
	return list
}

// Unstopped calls f, which uses the terminal, without this program being stopped
// by TTOU where it is in the background. The signal is held back from this
// thread alone: who sends it to us means that we shall stop.
func Unstopped(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ttou, before unix.Sigset_t
	ttou.Val[0] = 1 << (unix.SIGTTOU - 1)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &ttou, &before) == nil {
		defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) }()
	}
	f()
}
