package logfile

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fresh is how long what the name was found to stand for is believed.
const fresh = time.Millisecond

// Reopen asks to open the file anew, by its name, before the next line.
func (f *File) Reopen() { f.reopen = f.path != "" }

// Rotate asks to rotate the file before the next line.
func (f *File) Rotate() { f.rotate = f.path != "" }

// Due says how long it is until Attend has something to do, forever if negative.
func (f *File) Due(now time.Time) time.Duration {
	if f.o.MaxTime <= 0 && f.o.Turns == nil || !f.named || f.at.size == 0 || !f.between() {
		return -1
	}
	due := f.untilTurn(now)
	if f.o.MaxTime > 0 {
		due = min(due, f.since.Add(f.o.MaxTime).Sub(now))
	}
	return max(0, due, f.after.Sub(now))
}

// between says that the file ends where a new one may begin.
func (f *File) between() bool { return f.at.end == Whole || f.at.end == Cut }

// Attend does what was asked for, and what is due, without waiting for a line.
func (f *File) Attend(now time.Time) {
	if f.reopen && f.at.end != Within {
		_ = f.exchange(now) // it was told
	}
	if f.between() && (f.rotate || f.old(now)) {
		f.rotateNow(now)
	}
}

// old says that the file has reached its time. An empty one never does.
func (f *File) old(now time.Time) bool {
	if !f.named || f.at.size == 0 || now.Before(f.after) {
		return false
	}
	return f.o.MaxTime > 0 && now.Sub(f.since) >= f.o.MaxTime || f.turned(now)
}

// prepare brings everything about the file in order that has to be so before a
// line: it is the file of that name, and not too old. Within a line there is
// no time for it.
func (f *File) prepare(now time.Time) {
	if f.at.end == Within && f.lost == nil {
		return
	}
	if f.named && now.Sub(f.checked) >= fresh && !now.Before(f.adrift) && f.moved(now) {
		_ = f.exchange(now) // it was told
	}
	f.Attend(now)
}

// moved says whether the name has come to stand for another file, or for none.
func (f *File) moved(now time.Time) bool {
	f.checked = now
	var st unix.Stat_t
	err := unix.Stat(f.path, &st)
	if err != nil || uint64(st.Dev) != f.info.Dev || st.Ino != f.info.Ino {
		return true
	}
	if !f.adrift.IsZero() {
		f.adrift = time.Time{} // it has come back
		f.o.Tell(AboutOpening, nil)
	}
	return false
}

// stray deals with n bytes that were written from start into a file that had
// lost its name, and returns how many of them stay.
func (f *File) stray(start position, n int, now time.Time) int {
	if start.end == Within {
		// A line is not divided for it. Sync sees to the whole of it.
		f.strayed = true
		return n
	}
	if !f.retract(start) {
		f.Abandon() // they stand there twice then
	}
	_ = f.exchange(now) // it was told
	return 0
}

// exchange opens the file anew, by its name. Where that fails, a file that was
// renamed goes on being used: its lines can be found. One that was removed is
// not: what is written there is gone.
func (f *File) exchange(now time.Time) error {
	f.reopen = false
	if !f.named && f.path == "" || f.opened.dir.Kernel(f.base) {
		return nil
	}
	var before *rights
	if f.named {
		before, _ = rightsOf(f.fd)
	}
	next, err := f.open(before)
	if err != nil {
		f.o.Tell(AboutOpening, err)
		f.adrift = now.Add(f.o.Retry)
		var st unix.Stat_t
		if f.named && unix.Fstat(f.fd, &st) == nil && st.Nlink == 0 {
			f.lost = errors.Unwrap(err)
		}
		return err
	}
	f.o.Tell(AboutOpening, nil)
	if f.named && next.info.Same(f.info) {
		// The way there may be another one, however.
		f.release()
		f.close()
		f.opened, f.adrift = next, time.Time{}
		return nil
	}
	f.swap(next, now)
	return nil
}

// swap goes on with another file. What was written since the last Sync and can
// not be brought to the disk has to be written again.
func (f *File) swap(next *opened, now time.Time) {
	owed := f.owed
	if f.accepted > 0 && f.named && (owed > 0 || f.strayed || f.o.Durable && f.syncNow() != nil) {
		owed += f.accepted
	}
	f.release()
	_ = unix.Close(f.fd)
	if f.dir != next.dir {
		f.dir.Close()
	}
	f.opened = next
	f.found(now)
	f.owed = owed
	if f.o.Durable && next.fresh {
		_ = f.dir.Sync() // not every file system can
	}
}

// rotateNow gives the file its final name and goes on with a new one. Where
// that fails it goes on with the old one and lets some time pass before the
// next attempt.
func (f *File) rotateNow(now time.Time) {
	f.rotate = false
	if !f.named || f.at.size == 0 {
		return
	}
	err := f.tryRotate(now)
	f.release()
	if err != nil {
		f.after = now.Add(f.o.Retry)
		err = fmt.Errorf("cannot rotate %s: %w; going on with the old file", f.path, bare(err))
	}
	f.o.Tell(AboutRotation, err)
}

func (f *File) tryRotate(now time.Time) error {
	if err := f.hold(); err != nil {
		return err
	}
	// Whoever put another file in its place has rotated already.
	if info, err := f.dir.Stat(f.base); err != nil || !info.Same(f.info) {
		return f.exchange(now)
	}
	if f.o.Durable && f.accepted > 0 {
		if err := f.syncNow(); err != nil {
			return err // for Sync to deal with
		}
	}
	before, err := rightsOf(f.fd)
	if err != nil {
		return err
	}
	name, err := f.names.moveAway(f.dir, f.base, now, f.call)
	if errors.Is(err, os.ErrNotExist) {
		return f.exchange(now) // somebody who did not get our lock has, just now
	}
	if err != nil {
		return err
	}
	next, err := f.openOrMake(f.dir, f.base, before)
	if err != nil {
		// As if nothing had happened, so that nobody takes the file for an old one.
		_ = f.call.Rename(f.dir, name, f.base)
		return err
	}
	size := f.at.size
	f.swap(next, now)
	f.keeper.rotated(f.dir, f.base, size)
	return nil
}
