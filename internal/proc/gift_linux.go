package proc

import (
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownVariables name a process: where they name us, they name the child when it has
// them. Whose the descriptors are that sd_listen_fds(3) knows of; who is to say
// regularly that he is well.
var ownVariables = [...]string{"LISTEN_PID=", "WATCHDOG_PID="}

// ownVariable is such a variable, into which the child writes its number.
type ownVariable struct {
	named bool
	start int // of the number
	text  [32]byte
}

// rename lets variables that name us name the child, which knows its number. The log
// command has no part in that.
func (p *plan) rename(env []string) {
	command := slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, runVariable+"=") })
	for k, name := range ownVariables {
		v := &p.own[k]
		v.named = false
		i := slices.Index(env, name+strconv.Itoa(int(p.ourPid)))
		if command && i >= 0 {
			v.start = copy(v.text[:], name)
			p.envp[i], v.named = &v.text[0], true
		}
	}
}

// setName writes our number into the variables that name us.
//
//go:norace
//go:nosplit
func setName(p *plan) {
	pid, _, _ := syscall.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
	for k := 0; k < len(p.own); k++ {
		v := &p.own[k]
		if !v.named {
			continue
		}
		end := v.start
		for n := pid; n > 0; n /= 10 {
			end++
		}
		v.text[end&31] = 0
		for n := pid; n > 0; n /= 10 {
			end--
			v.text[end&31] = byte('0' + n%10)
		}
	}
}

// gift is a descriptor of ours that a child gets as another; from -1 is none.
type gift struct{ from, at int }

var noGift = gift{-1, -1}

// avoid returns fd, or the same at a number that the gift does not take.
func (g gift) avoid(fd int) (int, error) {
	if fd != g.at {
		return fd, nil
	}
	other, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, fd+1)
	unix.Close(fd)
	return other, err
}

// setGift comes after all others have been closed, or are bound to be.
//
//go:norace
//go:nosplit
func setGift(p *plan) {
	if p.gift.from < 0 {
		return
	}
	var errno syscall.Errno
	if p.gift.from == p.gift.at {
		_, _, errno = syscall.RawSyscall(unix.SYS_FCNTL, uintptr(p.gift.from), unix.F_SETFD, 0)
	} else {
		_, _, errno = syscall.RawSyscall(unix.SYS_DUP3, uintptr(p.gift.from), uintptr(p.gift.at), 0)
	}
	if errno != 0 {
		fail(p, stageGift, 0, errno)
	}
}
