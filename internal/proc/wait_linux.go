package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wait reaps one child without blocking, or, where somebody wants to know, takes
// the news that one was stopped. Nobody else in this program waits, so no status can
// be taken away from anybody. Of a main process that has not been heard of yet it
// is learnt before it is reaped whether it was executed, since nothing tells that
// afterwards.
func (c *Children) wait(ws *syscall.WaitStatus, usage *syscall.Rusage) (int, error) {
	options, who := syscall.WNOHANG, -1
	if c.tty != nil {
		options |= syscall.WUNTRACED
	}
	if c.silent() {
		pid, dead, err := peek(options)
		if err != nil || pid == 0 {
			return 0, err
		}
		if t, main := c.taskOf(pid); main && dead {
			c.child(t).awaitVerdict()
		}
		who = pid
	}
	return syscall.Wait4(who, ws, options, usage)
}

// peek is the child that waiting would tell of, 0 if there is none now.
func peek(options int) (pid int, dead bool, err error) {
	var info unix.Siginfo
	err = unix.Waitid(unix.P_ALL, 0, &info, options|unix.WEXITED|unix.WNOWAIT, nil)
	if err != nil || info.Signo == 0 {
		return 0, false, err
	}
	// Behind the three numbers, aligned for what may be pointers.
	const behind = 8 + unsafe.Sizeof(uintptr(0))
	pid = int(*(*int32)(unsafe.Add(unsafe.Pointer(&info), behind)))
	const stopped = 5 // CLD_STOPPED
	return pid, info.Code != stopped, nil
}

// unborn reports whether a child of ours, not reaped yet, has never executed
// anything. Where that is not to be seen it has: the usual case.
func unborn(pid int) bool {
	t := tree{buf: make([]byte, 512)}
	m, err := t.stat(pid)
	return err == nil && m.flags&forkedOnly != 0
}

// forkedOnly is PF_FORKNOEXEC of the kernel: it goes when a program takes the
// place of what was forked, before the descriptors do that are closed then.
const forkedOnly = 0x40
