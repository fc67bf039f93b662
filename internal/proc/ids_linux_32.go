//go:build linux && (386 || arm)

package proc

import "golang.org/x/sys/unix"

// The calls that know 32-bit ids; the older ones take 16 bits.
const (
	sysSetgroups = unix.SYS_SETGROUPS32
	sysSetresgid = unix.SYS_SETRESGID32
	sysSetresuid = unix.SYS_SETRESUID32
)
