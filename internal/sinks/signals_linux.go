package sinks

import (
	"os"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// defaults are the signals that the language's runtime would answer to in its
// own way, by a dump of its state or not at all. What a broken program gets
// from the processor stays the runtime's, and XFSZ an error of write(2).
var defaults = []syscall.Signal{
	unix.SIGQUIT, unix.SIGABRT, unix.SIGTRAP, unix.SIGSYS, unix.SIGSTKFLT,
	unix.SIGALRM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGVTALRM, unix.SIGPROF, unix.SIGXCPU, unix.SIGPWR,
}

// leaveToKernel gives the signals that nobody hears their default action.
func leaveToKernel(hears []os.Signal) {
	// Room for the largest of the kernel's layouts; all zero is the default.
	var action [16]uintptr
	for _, sig := range defaults {
		if !slices.Contains(hears, os.Signal(sig)) {
			_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
		}
	}
}

// briefTime is how long a wait may last of which the Go runtime is not told: not
// as long as it takes to notice. A thread that does tell it loses its processor,
// and getting that back costs more than the wait.
const briefTime = 5 * time.Millisecond

// pollFor is poll(2) with the precision of the clock.
func pollFor(fds []unix.PollFd, limit time.Duration) {
	ts := unix.NsecToTimespec(int64(limit))
	// A signal of the Go runtime's own says nothing: the kernel leaves in ts what is left.
	if limit < briefTime {
		for errno := unix.EINTR; errno == unix.EINTR; {
			_, _, errno = unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), uintptr(len(fds)), uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
		}
		return
	}
	for _, err := unix.Ppoll(fds, &ts, nil); err == unix.EINTR; {
		_, err = unix.Ppoll(fds, &ts, nil)
	}
}
