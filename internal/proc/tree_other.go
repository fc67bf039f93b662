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

func (t *tree) adopt() error { return nil }

func (c *Children) orphans(t supervise.Task) []member {
	k := &c.tasks[t]
	if k.leader == 0 || k.pid != 0 {
		return nil
	}
	// What is left of the group are no children of ours, so that their end is
	// not told to us: they are killed here and not waited for.
	_ = unix.Kill(-k.leader, syscall.SIGKILL)
	return nil
}

func (c *Children) members(t supervise.Task) []member {
	if pid := c.tasks[t].pid; pid != 0 {
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
		if t, _ := c.taskOf(pid); c.tasks[t].leader == pid {
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

func (c *Children) killTree(t supervise.Task) error {
	return c.signalAll(c.members(t), all, syscall.SIGKILL)
}

func wait(ws *syscall.WaitStatus, stopped bool) (int, error) {
	options := syscall.WNOHANG
	if stopped {
		options |= syscall.WUNTRACED
	}
	return syscall.Wait4(-1, ws, options, nil)
}
