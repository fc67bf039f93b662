package proc

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Ignored returns the signals that this program was started with as ignored,
// bit n-1 for signal n, as far as Go's runtime has left that to be seen: HUP,
// INT, and those of job control. Call it before any of them is subscribed to.
func Ignored() uint64 {
	var set uint64
	for _, sig := range []syscall.Signal{
		unix.SIGHUP, unix.SIGINT, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGCONT,
	} {
		var action sigaction
		if setAction(sig, nil, &action) && action[0] == sigIgn {
			set |= 1 << (sig - 1)
		}
	}
	return set
}

const sigIgn = 1

// Disregard makes signals have no effect on this program, and none on what its
// children inherit: those get the defaults back before they execute. It is half
// the work of subscribing to a signal in order to drop it.
func Disregard(signals ...os.Signal) { signal.Ignore(signals...) }

// RestoreLimits gives this program, and with it every child, the limit of open
// files it was started with. Go raises the soft limit when a program begins,
// and undoes that only on its own ways to execute another; executing nothing
// is the one that comes back.
func RestoreLimits() { _ = syscall.Exec("", nil, nil) }

// OpenHere returns a descriptor of the working directory for Spec.DirFrom, which no
// child inherits.
func OpenHere() (int, error) {
	return unix.Open(".", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}
