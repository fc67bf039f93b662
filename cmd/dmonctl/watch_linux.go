package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// watch tells of changes in a directory, and of the end of a process. Each of its
// descriptors may be -1.
type watch struct {
	changes int // an inotify descriptor
	life    int // a pidfd
	reader  int // what somebody else reads, and is not ours to close
}

// watchReader tells, by an errUnread, that nobody reads f any more.
func watchReader(f any) watch {
	w := watch{changes: -1, life: -1, reader: -1}
	if file, ok := f.(*os.File); ok {
		w.reader = int(file.Fd())
	}
	return w
}

const changed = unix.IN_MODIFY | unix.IN_MOVED_TO | unix.IN_CREATE | unix.IN_DELETE | unix.IN_CLOSE_WRITE

func watchDir(dir *place.Dir) (watch, error) {
	w := watch{changes: -1, life: -1, reader: -1}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return w, fmt.Errorf("cannot watch (fs.inotify.max_user_instances may be too small): %w", err)
	}
	if _, err := unix.InotifyAddWatch(fd, fmt.Sprintf("/proc/self/fd/%d", dir.FD()), changed); err != nil {
		unix.Close(fd)
		return w, fmt.Errorf("cannot watch %s (fs.inotify.max_user_watches may be too small): %w", dir.Path(""), err)
	}
	w.changes = fd
	return w, nil
}

// mind has wait return when process pid ends too. It is the caller's to know
// that it is still the one that is meant.
func (w *watch) mind(pid int) {
	w.forgetLife()
	if fd, err := unix.PidfdOpen(pid, 0); err == nil {
		w.life = fd
	}
}

// forgetLife has wait return for that process no more.
func (w *watch) forgetLife() {
	if w.life >= 0 {
		unix.Close(w.life)
		w.life = -1
	}
}

func (w *watch) close() {
	w.forgetLife()
	if w.changes >= 0 {
		unix.Close(w.changes)
	}
}

// waitAny returns when something has changed for one of several, or at the
// deadline; the zero time is none.
func waitAny(list []*watch, deadline time.Time) error {
	var set []unix.PollFd
	for _, w := range list {
		for _, fd := range []int{w.changes, w.life} {
			if fd >= 0 {
				set = append(set, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
			}
		}
		if w.reader >= 0 {
			set = append(set, unix.PollFd{Fd: int32(w.reader)})
		}
	}
	for {
		var limit *unix.Timespec
		if !deadline.IsZero() {
			ts := unix.NsecToTimespec(max(int64(time.Until(deadline)), 0))
			limit = &ts
		}
		_, err := unix.Ppoll(set, limit, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		for _, p := range set {
			for _, w := range list {
				switch {
				case p.Revents != 0 && int(p.Fd) == w.life:
					w.forgetLife() // an end is told once
				case p.Revents&(unix.POLLERR|unix.POLLHUP) != 0 && int(p.Fd) == w.reader:
					return errUnread
				}
			}
		}
		var buf [4096]byte
		for _, w := range list {
			for w.changes >= 0 {
				if n, err := unix.Read(w.changes, buf[:]); n <= 0 || err != nil {
					break
				}
			}
		}
		return err
	}
}
