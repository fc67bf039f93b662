//go:build linux && (!amd64 || race)

// Under the race detector a call from assembly goes through a wrapper that
// tells it so; a child that shares our memory would do that in our name, and
// crash.

package proc

import "syscall"

// childStack: a forked child has a copy of ours.
const childStack = 0

//go:norace
//go:nosplit
func beginMember(p *plan) (pid uintptr, errno syscall.Errno) { return rawMember(p) }

//go:norace
//go:nosplit
func beginChild(p *plan) (pid uintptr, errno syscall.Errno) { return rawFork(p) }
