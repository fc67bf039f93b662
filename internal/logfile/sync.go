package logfile

import (
	"time"

	"golang.org/x/sys/unix"
)

// Settle says that what was written since the last Sync is not to be written
// again, although that failed.
func (f *File) Settle() {
	f.settled, f.accepted, f.owed, f.failed = f.at, 0, 0, nil
	f.release()
}

// Sync makes durable what was written since the last one. With no error, again
// is how many bytes at the end of it have to be written again, because they went
// to a file that others had taken away. After an error the caller has to Undo
// or to Settle it.
func (f *File) Sync() (again int, err error) {
	defer f.release()
	if f.accepted == 0 && f.owed == 0 {
		f.settled = f.at
		return 0, nil
	}
	if f.strayed || f.owed > 0 {
		again = f.Undo()
		if f.strayed {
			f.strayed = false
			_ = f.exchange(time.Now()) // it was told
		}
		return again, nil
	}
	if f.o.Durable {
		if err := f.syncNow(); err != nil {
			return 0, err
		}
	}
	f.Settle()
	return 0, nil
}

// Undo takes what was written since the last Sync out of the file, if nobody
// has written behind it, and returns how many bytes it was. They are to be
// written again: the system may have thrown away what it could not bring to the
// disk, and would call the next attempt a success.
func (f *File) Undo() (again int) {
	again = f.owed + f.accepted
	if !f.named || f.hold() != nil || !f.retract(f.settled) {
		f.Abandon()
	}
	f.Settle()
	return again
}

// syncNow brings the file to the disk. A failure is remembered, because the
// system would call the next attempt a success.
func (f *File) syncNow() error {
	if f.noSync || f.failed != nil {
		return f.failed
	}
	for {
		switch err := f.call.Sync(f.fd); err {
		case unix.EINTR:
			continue
		case unix.EINVAL, unix.ENOTSUP, unix.ENOSYS:
			// A terminal for instance, which needs none.
			f.noSync = true
		default:
			f.failed = err
		}
		return f.failed
	}
}
