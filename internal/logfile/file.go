package logfile

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// File is a file of lines, or a stream of them that is only written. One
// goroutine uses it. All that others do to the file is found out at each Write
// and Sync.
type File struct {
	o    Options
	call *Calls
	path string // empty for a stream
	name string

	*opened
	at    position // its end, as we know it
	turn  turn
	since time.Time

	// What was written since the last Sync may have to be written again.
	settled  position // the end at that time
	accepted int      // bytes of the caller's since then, in this file
	owed     int      // those before them, which went into another file and have to come again
	strayed  bool     // of accepted, some came when the file had lost its name
	failed   error    // of a sync of these, which the system tells only once

	reopen, rotate bool      // asked for
	checked        time.Time // when the name was last looked at
	after          time.Time // no rotation before, because the last one failed
	adrift         time.Time // no opening before: the name leads to no file, and cannot
	lost           error     // the file was removed, and this prevents a new one
	unlockable     time.Time // nobody's lock is waited for before
	locked         bool
	noSync         bool // this kind of file cannot be synced

	names  names
	keeper *keeper
	size   atomic.Int64 // for the keeper, that of the file
}

// Open opens the file of that name for appending, and makes it if need be. What
// is no regular file, such as a FIFO, is only written, and so is what has no
// name of its own, such as /dev/stdout.
func Open(path string, o Options) (*File, error) {
	o.complete()
	f := &File{o: o, call: o.Calls, path: path, name: path}
	next, err := f.open(nil)
	if err != nil {
		return nil, err
	}
	f.opened = next
	if err := f.checkOptions(); err != nil {
		next.close()
		return nil, err
	}
	f.found(time.Now())
	f.keeper = &keeper{Keep: o.Keep, call: f.call, tell: o.Tell, size: &f.size, inline: o.Inline}
	if f.named && o.Tidy {
		f.keeper.nudge(f.dir, f.base)
	}
	if o.Durable && next.fresh {
		_ = f.dir.Sync() // not every file system can
	}
	return f, nil
}

// Stream is a File for a descriptor that is open already, which stays the
// caller's. name is what messages call it.
func Stream(fd int, name string, o Options) (*File, error) {
	if isClosedStdout(fd) {
		return nil, fmt.Errorf("cannot write %s: it is closed", name)
	}
	o.complete()
	return &File{o: o, call: o.Calls, name: name, opened: &opened{fd: fd}}, nil
}

// checkOptions refuses what this file cannot do.
func (f *File) checkOptions() error {
	if !f.o.rotates() {
		return nil
	}
	long := len(rotatedName(f.base, time.Now()))
	if f.o.Keep.Compress != nil {
		long += len(gz)
	}
	switch {
	case f.dir.Kernel(f.base):
		return fmt.Errorf("cannot rotate %s: it has no name of its own", f.path)
	case !f.named:
		return fmt.Errorf("cannot rotate %s: it is not a regular file", f.path)
	case long > nameMax:
		return fmt.Errorf("cannot rotate %s: the names of old files would have %d bytes, and %d is the most", f.path, long, nameMax)
	}
	return nil
}

// found looks at a file that was just opened.
func (f *File) found(now time.Time) {
	f.at = position{size: f.info.Size, change: f.at.change + 1}
	f.begun(now)
	f.checked = now
	f.adrift, f.lost = time.Time{}, nil
	if f.named && f.at.size > 0 {
		f.foundFrom(now)
		f.at.end = f.foundEnd(f.at.size)
	}
	f.settled, f.accepted, f.strayed, f.failed = f.at, 0, false, nil
	f.size.Store(f.at.size)
}

// Name is what messages call the file.
func (f *File) Name() string { return f.name }

// FD is the descriptor, for who waits until it can be written to.
func (f *File) FD() int { return f.fd }

// Named says whether it is a regular file with a name of its own.
func (f *File) Named() bool { return f.named }

// Size is how long the file is, in bytes, as far as is known.
func (f *File) Size() int64 { return f.at.size }

// Modified is when the file was last written to.
func (f *File) Modified() time.Time {
	var st unix.Stat_t
	if unix.Fstat(f.fd, &st) != nil {
		return time.Now()
	}
	return modified(&st)
}

// modified is the time of the last write.
func modified(st *unix.Stat_t) time.Time { return time.Unix(st.Mtim.Unix()) }

// Hopeless says whether no later write can succeed after err: the reader of a
// stream is gone, or the descriptor is none.
func (f *File) Hopeless(err error) bool {
	return errors.Is(err, unix.EBADF) || !f.named && f.path == "" && errors.Is(err, unix.EPIPE)
}

// Close stops looking after old files. It waits until they are in order; once
// hurry is closed, a compression under way is given up, and the next start does
// it. What was not synced is not.
func (f *File) Close(hurry <-chan struct{}) {
	f.keeper.end(hurry)
	f.release()
	if f.path != "" {
		f.close()
	}
}
