//go:build !linux

package proc

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Quiet does nothing here: Go's runtime answers such signals.
func Quiet() {}

// DieOf ends this program by sig. It returns where that cannot be.
func DieOf(sig syscall.Signal) {
	signal.Reset(sig)
	if !signal.Ignored(sig) && os.Getpid() != 1 && syscall.Kill(os.Getpid(), sig) == nil {
		select {} // the signal is on its way
	}
}

// InterruptGroup does nothing: no command has a terminal to itself here.
func InterruptGroup() {}

// Resumable reports whether a shell could have us go on after TSTP, which is
// taken for granted here.
func (c *Children) Resumable() bool { return true }

// SuspendSelf implements supervise.System.
func (c *Children) SuspendSelf() { _ = unix.Kill(os.Getpid(), unix.SIGSTOP) }

// Unstopped calls f.
func Unstopped(f func()) { f() }
