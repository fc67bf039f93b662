package logfile

import (
	"time"

	"golang.org/x/sys/unix"
)

// lockPatience bounds the wait for another process that writes to the file. It
// holds its lock for one write(2), unless it was stopped within that.
const lockPatience = 200 * time.Millisecond

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
	for time.Since(begun) < lockPatience {
		_, _ = unix.Poll(nil, 1)
		if err = unix.Flock(f.fd, unix.LOCK_EX|unix.LOCK_NB); err != unix.EWOULDBLOCK {
			return err
		}
	}
	f.unlockable = time.Now().Add(f.o.Retry)
	return err
}

// release lets others write.
func (f *File) release() {
	if f.locked {
		f.locked = false
		_ = unix.Flock(f.fd, unix.LOCK_UN)
	}
}
