package proc

import (
	"errors"
	"os"
	"slices"
	"unsafe"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Owns reports whether a process is of the command's tree; known is false where there
// is no such process any more. It goes up from there, which is a shorter way than down.
func (c *Children) Owns(pid int) (owns, known bool) {
	m, err := c.tree.stat(pid)
	if err != nil && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return false, false
	}
	us := os.Getpid()
	for steps := 0; err == nil && steps < mostSteps; steps++ {
		switch {
		case m.pid == c.tasks[supervise.Cmd].pid:
			return true, true
		case m.parent == us:
			k := c.kin()
			return !k.isMain(m.pid) && k.owner(&c.tree, m) == supervise.Cmd, true
		case m.parent <= 1:
			return false, true
		}
		m, err = c.tree.stat(m.parent)
	}
	// Somebody on the way has ended just now, or is hidden from us.
	return slices.ContainsFunc(c.members(supervise.Cmd), func(m member) bool { return m.pid == pid }), true
}

// mostSteps bounds the way up: numbers may come round on it.
const mostSteps = 1000

// Owned reports whether a process that has ended was of the command's tree; known is
// false where that cannot be told: the command has no cgroup, or the kernel is older
// than 6.16 and forgets where its dead have been.
func (c *Children) Owned(pidfd int) (was, known bool) {
	if pidfd < 0 || c.group == nil {
		return false, false
	}
	info := pidfdInfo{mask: infoCgroup | infoExit}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(pidfd), pidfdGetInfo, uintptr(unsafe.Pointer(&info))); errno != 0 || info.mask&infoCgroup == 0 {
		return false, false
	}
	_ = eachBelow(c.group.path, func(dir string) error {
		var st unix.Stat_t
		err := unix.Stat(dir, &st)
		was = was || err == nil && st.Ino == info.cgroup
		return err
	})
	return was, true
}

// pidfdInfo is struct pidfd_info in its first size.
type pidfdInfo struct {
	mask, cgroup uint64
	_            [12]uint32
}

const (
	pidfdGetInfo = 0xc040ff0b // PIDFD_GET_INFO
	infoCgroup   = 1 << 2
	infoExit     = 1 << 3
)

// Follow makes pid the main process of the command when the one that is has ended, if
// it is left then. A run has no such process until it is said.
func (c *Children) Follow(pid int) { c.next = pid }
