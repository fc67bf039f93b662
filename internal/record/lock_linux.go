package record

import (
	"errors"

	"golang.org/x/sys/unix"
)

// The lock is one of the open file (OFD): it can be asked for without being
// taken, so that who looks never keeps a start from succeeding.

// lock takes the lock on fd; false where another holds it.
func lock(fd int) (bool, error) {
	err := unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	return err == nil, err
}

// unlock gives it up, for whoever else may have the open file too.
func unlock(fd int) {
	_ = unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_UNLCK})
}

// locked reports whether somebody else holds the lock.
func locked(fd int) bool {
	l := unix.Flock_t{Type: unix.F_WRLCK}
	return unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &l) == nil && l.Type != unix.F_UNLCK
}
