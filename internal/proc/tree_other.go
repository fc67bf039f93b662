//go:build !linux

package proc

import (
	"syscall"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Without the kernel's lists of children a tree is what still is in the
// process group of the main process; what has left it is out of reach. The
// manual page says so.

type tree struct{}

type member struct {
	pid   int
	start uint64 // never known
}

func (m member) ident() ident { return ident(m) }

// ident is who a member is.
type ident member

// pause: what was stopped before one is not known.
type pause struct{ on bool }

// kin: with the process group everything is said.
type kin struct{}

func (k *kin) equal(*kin) bool { return true }

func (c *Children) kin() kin { return kin{} }

func (c *Children) noteOlder() error { return nil }

func (c *Children) ownerOfReaped(int) supervise.Task { return supervise.Cmd }

func (t *tree) adopt() error { return nil }

func (c *Children) orphans(t supervise.Task) []member {
	k := c.child(t)
	if k.leader == 0 || k.pid != 0 {
		return nil
	}
	// What is left of the group are no children of ours, so that their end is
	// not told to us: they are killed here and not waited for.
	_ = unix.Kill(-k.leader, syscall.SIGKILL)
	return nil
}

func (c *Children) members(t supervise.Task) []member {
	if pid := c.child(t).pid; pid != 0 {
		return []member{{pid: pid}}
	}
	return nil
}

func (c *Children) signalAll(members []member, which func(member) bool, signals ...syscall.Signal) error {
	for _, m := range members {
		if !which(m) {
			continue
		}
		pid := m.pid
		if t, _ := c.taskOf(pid); c.child(t).leader == pid {
			pid = -pid
		}
		if err := signalChild(pid, signals...); err != nil {
			return err
		}
	}
	return nil
}

// Freeze implements supervise.System.
func (c *Children) Freeze(t supervise.Task) error {
	return c.signalAll(c.members(t), all, syscall.SIGSTOP)
}

// Thaw implements supervise.System.
func (c *Children) Thaw(t supervise.Task) error {
	return c.signalAll(c.members(t), all, syscall.SIGCONT)
}

// wake sends CONT.
func (c *Children) wake(members []member, which func(member) bool) error {
	return c.signalAll(members, which, syscall.SIGCONT)
}

func (c *Children) killTree(t supervise.Task) error {
	return c.signalAll(c.members(t), all, syscall.SIGKILL)
}

func (c *Children) wait(ws *syscall.WaitStatus, usage *syscall.Rusage) (int, error) {
	options := syscall.WNOHANG
	if c.tty != nil {
		options |= syscall.WUNTRACED
	}
	return syscall.Wait4(-1, ws, options, usage)
}

// StartOf is 0: nothing here tells when a process began.
func StartOf(int) uint64 { return 0 }
