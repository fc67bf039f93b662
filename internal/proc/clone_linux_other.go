//go:build linux && !amd64

package proc

import "syscall"

// childStack: a forked child has a copy of ours.
const childStack = 0

//go:norace
//go:nosplit
func beginChild(p *plan) (pid uintptr, errno syscall.Errno) { return rawFork(p) }
