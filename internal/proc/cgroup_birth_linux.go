package proc

import (
	"errors"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// enter makes the next child a member of g.
func (p *plan) enter(g *Group) {
	p.group = nil
	if g != nil && (!g.state.has(spent) || g.renew()) {
		p.group = g
	}
}

// begin makes the child in the group, or where that is refused, whatever the
// reason, in ours: the walk finds it there too. Having no room for a process is
// no such reason.
func (p *plan) begin() (pid uintptr, errno syscall.Errno) {
	if p.group == nil {
		return beginChild(p)
	}
	pid, errno = p.beMember()
	if (errno == unix.ENODEV || errno == unix.ENOENT) && p.group.renew() { // somebody removed it
		pid, errno = p.beMember()
	}
	if errno == 0 || errno == unix.EAGAIN || errno == unix.ENOMEM {
		return pid, errno
	}
	return beginChild(p)
}

func (p *plan) beMember() (pid uintptr, errno syscall.Errno) {
	p.birth = cloneArgs{exitSignal: uint64(unix.SIGCHLD), flags: unix.CLONE_INTO_CGROUP, cgroup: uint64(p.group.fd)}
	if p.trial {
		p.birth.exitSignal = 0
	}
	return beginMember(p)
}

// cloneArgs is what clone3(2) reads.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls, setTID, setTIDSize, cgroup uint64
}

// newTrial is the plan of a child that ends at once. It is not for the stack of
// its caller, which may be moved while the child runs on the one in it.
//
//go:noinline
func newTrial(g *Group) *plan { return &plan{group: g, trial: true} }

// bears reports whether a child that is born into g lives. Kernels compare how
// often cgroup.kill was used on the group of the parent and on that of the
// child, take a difference for a KILL that came in the middle of the fork, and
// let the child die of it. In a new group the one is 0; the other cannot be
// read, and only the root of all groups has none.
func (g *Group) bears() bool {
	p := newTrial(g)
	defer runtime.KeepAlive(p) // the child runs on a stack in it
	pid, errno := p.fork()
	if errno != 0 {
		return errno == unix.EAGAIN // we shall see
	}
	for {
		var ws unix.WaitStatus
		if _, err := unix.Wait4(pid, &ws, unix.WALL, nil); !errors.Is(err, unix.EINTR) {
			return err == nil && ws.Exited()
		}
	}
}

// renew makes the group anew, which takes an empty one: see bears.
func (g *Group) renew() bool {
	_ = eachBelow(g.path, unix.Rmdir)
	again, _ := takeGroup(g.path, g.owner)
	if again == nil {
		return false
	}
	if again.state != 0 {
		again.close()
		return false
	}
	g.close()
	g.fd, g.state = again.fd, 0
	return true
}
