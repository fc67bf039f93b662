package proc

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// wait reaps one child without blocking, or, where that is asked for, takes the
// news that one was stopped. Nobody else in this program waits,
// so no status can be taken away from anybody.
func wait(ws *syscall.WaitStatus, stopped bool) (int, error) {
	options := syscall.WNOHANG
	if stopped {
		options |= syscall.WUNTRACED
	}
	return syscall.Wait4(-1, ws, options, nil)
}

// SuspendSelf implements supervise.System. The signal is for this very thread,
// which therefore does not get past it: one for the process could be taken by
// another thread, while this one went on to undo what was done before.
func (c *Children) SuspendSelf() {
	if c.tty != nil {
		c.suspendJob()
		return
	}
	stopThisThread()
}

func stopThisThread() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// It cannot fail: the thread exists and is ours.
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGSTOP)
}
