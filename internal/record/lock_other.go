//go:build !linux

package record

import (
	"errors"

	"golang.org/x/sys/unix"
)

func lock(fd int) (bool, error) {
	err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

func unlock(fd int) { _ = unix.Flock(fd, unix.LOCK_UN) }

// locked has to take the lock for a moment, since these systems cannot only ask.
func locked(fd int) bool {
	err := unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		unlock(fd)
	}
	return errors.Is(err, unix.EWOULDBLOCK)
}
