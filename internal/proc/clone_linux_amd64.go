//go:build !race

package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// childStack is far more than the nosplit functions of the child can use,
// which the linker holds to 800 bytes.
const childStack = 4096

// beginChild makes the process that runs inChild. It shares our memory until
// it executes its program, as after vfork, so that no page has to be copied,
// by it or by us; but we are not held up meanwhile. Where that is not to be
// had, as under some emulators, a plain fork serves.
//
//go:norace
//go:nosplit
func beginChild(p *plan) (pid uintptr, errno syscall.Errno) {
	// What a process writes to its oom_score_adj is written to all that share
	// its memory: it would be ours too.
	if len(p.oom) > 0 {
		return rawFork(p)
	}
	top := uintptr(unsafe.Pointer(&p.stack)) + unsafe.Sizeof(p.stack)
	pid, e := cloneShared(top&^15, p)
	if syscall.Errno(e) != syscall.EINVAL && syscall.Errno(e) != syscall.ENOSYS {
		return pid, syscall.Errno(e)
	}
	return rawFork(p)
}

// beginMember is beginChild for a child that is born into a group. Its errors
// are its caller's business.
//
//go:norace
//go:nosplit
func beginMember(p *plan) (pid uintptr, errno syscall.Errno) {
	if len(p.oom) > 0 {
		return rawMember(p)
	}
	p.birth.flags |= unix.CLONE_VM
	p.birth.stack = uint64(uintptr(unsafe.Pointer(&p.stack))+15) &^ 15
	p.birth.stackSize = uint64(unsafe.Sizeof(p.stack)) - 32
	pid, e := cloneMember(&p.birth, p)
	return pid, syscall.Errno(e)
}

//go:noescape
func cloneMember(args *cloneArgs, p *plan) (pid, errno uintptr)

//go:noescape
func cloneShared(stack uintptr, p *plan) (pid, errno uintptr)
