package logfile

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lockPatience bounds the wait for another process that writes to the file. It
	// holds its lock for one write(2), unless it was stopped within that. After
	// TERM there is a second left for what is to be written.
	lockPatience = 5 * time.Second
	// lockPause is how long nobody's lock is waited for when that was in vain.
	lockPause = time.Minute
	// lockLook is the longest time between two looks at it.
	lockLook = 32 * time.Millisecond
)

// hold keeps others of us from writing to the file, and finds out what was done
// to it since we did. Without it, what a full disk lets one of us write of a
// line would be the beginning of another's, and whoever takes that back could
// cut off what the other wrote. The lock is a courtesy: who does not know it
// is found out afterwards, and nobody is waited for for long.
func (f *File) hold() error {
	if !f.named || f.locked {
		return nil
	}
	f.lock()
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		f.release()
		return err
	}
	if st.Size != f.at.size {
		f.at = position{size: st.Size, end: f.foundEnd(st.Size), change: f.at.change + 1}
		if f.accepted == 0 {
			f.settled = f.at // what of ours comes, comes behind that
		}
	}
	return nil
}

func (f *File) lock() {
	err := unix.Flock(f.fd, unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		err = f.waitForLock()
	}
	f.locked = err == nil
}

// waitForLock looks every other moment, since there is no waiting for a lock
// that ends by itself.
func (f *File) waitForLock() (err error) {
	begun := time.Now()
	if begun.Before(f.unlockable) {
		return unix.EWOULDBLOCK
	}
	for look := time.Millisecond; time.Since(begun) < f.o.Patience; look = min(2*look, lockLook) {
		_, _ = unix.Poll(nil, int(look/time.Millisecond))
		if err = unix.Flock(f.fd, unix.LOCK_EX|unix.LOCK_NB); err != unix.EWOULDBLOCK {
			return err
		}
	}
	f.unlockable = time.Now().Add(lockPause)
	return err
}

// release lets others write.
func (f *File) release() {
	if f.locked {
		f.locked = false
		_ = unix.Flock(f.fd, unix.LOCK_UN)
	}
}
