package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// rules say when a file has to make room for a new one; zero is never.
type rules struct {
	maxSize int64
	maxTime time.Duration
	after   time.Time // no attempt before, because the last one failed
}

// old says that the file has reached its time. An empty one never does.
func (r *rules) old(o *output, now time.Time) bool {
	return r.maxTime > 0 && o.regular && o.size > 0 &&
		now.Sub(o.since) >= r.maxTime && !now.Before(r.after)
}

// due says how long it is until the file reaches its time, forever if negative.
func (r *rules) due(o *output, now time.Time) time.Duration {
	if r.maxTime <= 0 || !o.regular || o.size == 0 {
		return -1
	}
	return max(0, o.since.Add(r.maxTime).Sub(now), r.after.Sub(now))
}

// lookUp makes sure that the file is the one of that name, opening it anew if
// it is another one or none, or if HUP asked for it. Where that fails, a file
// that was renamed goes on being used: its lines can be found. One that was
// removed is not: what is written there is gone.
func (s *sink) lookUp(now time.Time) {
	reopen := s.reopen
	s.reopen, s.checked = false, now
	if s.out.path == "" || !reopen && !s.out.regular {
		return
	}
	same, removed := s.out.inPlace()
	if same && !reopen {
		return
	}
	if s.sync && !removed && s.unsynced > 0 && s.out.sync() != nil {
		return // Sync deals with that, and the next look will be soon
	}
	next, err := openOutput(s.out.path)
	if err == nil {
		s.swap(next)
		return
	}
	s.complain("%w", err)
	if removed {
		s.out.gone = errors.Unwrap(err)
	}
}

// swap goes on with another file.
func (s *sink) swap(next *output) {
	s.out.close()
	s.out, s.unsynced = next, 0
	s.torn = next.tail() != nil
	if s.sync {
		syncDir(filepath.Dir(next.path))
	}
}

// fit says how much of p may go into the file as it is, whole lines unless p
// has none; 0 means that it must be rotated first. A line longer than the
// limit has a file to itself.
func (s *sink) fit(p []byte) int {
	limit := s.rules.maxSize
	if limit <= 0 || !s.out.regular || s.out.size+int64(len(p)) <= limit {
		return len(p)
	}
	if s.middle {
		return firstLine(p)
	}
	if room := limit - s.out.size; room > 0 {
		if n := bytes.LastIndexByte(p[:room], '\n') + 1; n > 0 {
			return n
		}
	}
	if s.out.size == 0 {
		return firstLine(p)
	}
	if time.Now().Before(s.rules.after) {
		return len(p) // it was tried a moment ago
	}
	return 0
}

func firstLine(p []byte) int {
	if n := bytes.IndexByte(p, '\n') + 1; n > 0 {
		return n
	}
	return len(p)
}

func (s *sink) rotateIfOld(now time.Time) {
	if s.rotate || s.rules.old(s.out, now) {
		s.rotateNow()
	}
}

// rotateNow gives the file its final name and goes on with a new one. Where
// that fails it goes on with the old one and lets some time pass before the
// next attempt.
func (s *sink) rotateNow() {
	s.rotate = false
	if !s.out.regular || s.out.size == 0 {
		return
	}
	now := time.Now()
	if err := s.tryRotate(now); err != nil {
		s.complain("cannot rotate %s: %w; going on with the old file", s.out.name(), err)
		s.rules.after = now.Add(retryTime)
	}
}

func (s *sink) tryRotate(now time.Time) error {
	// Whoever put another file in its place has rotated already.
	if same, _ := s.out.inPlace(); !same {
		s.reopen = true
		s.lookUp(now)
		return nil
	}
	if s.sync && s.unsynced > 0 {
		if err := s.out.sync(); err != nil {
			return err
		}
		s.unsynced = 0
	}
	// The file may be known by a symbolic link; the link stays.
	path, err := filepath.EvalSymlinks(s.out.path)
	if err != nil {
		return err
	}
	if err := s.keeper.moveAway(path, now); err != nil {
		return err
	}
	next, err := openOutput(s.out.path)
	if err != nil {
		// The old file has its final name already, which changes nothing for
		// those who write to it.
		return err
	}
	copyMode(next.fd, s.out.fd)
	s.swap(next)
	s.keeper.nudge(path)
	return nil
}

// copyMode gives a new file the mode and, if we may, the owner of the old one.
func copyMode(to, from int) {
	var old, fresh unix.Stat_t
	if unix.Fstat(from, &old) != nil || unix.Fstat(to, &fresh) != nil {
		return
	}
	if old.Uid != fresh.Uid || old.Gid != fresh.Gid {
		_ = unix.Fchown(to, int(old.Uid), int(old.Gid))
	}
	if mode := uint32(old.Mode) & 0o7777; mode != uint32(fresh.Mode)&0o7777 {
		_ = unix.Fchmod(to, mode)
	}
}

// syncDir brings the names in dir to the disk. Not every file system can, and
// nothing could be done about a failure.
func syncDir(dir string) {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	_ = unix.Fsync(fd)
	_ = unix.Close(fd)
}

// stampLayout makes names that sort in the order of time.
const stampLayout = "20060102T150405.000000Z"

const gz = ".gz"

// rotatedName returns the name of a file rotated at t.
func rotatedName(path string, t time.Time) string {
	return path + "." + t.UTC().Format(stampLayout)
}

// rotatedTime returns the time in the name of a rotated file of base, which
// may be compressed.
func rotatedTime(base, name string) (t time.Time, ok bool) {
	stamp, ok := strings.CutPrefix(strings.TrimSuffix(name, gz), base+".")
	if !ok {
		return t, false
	}
	t, err := time.Parse(stampLayout, stamp)
	return t, err == nil
}

// newest returns the latest time in the names of the rotated files of path.
func newest(path string) time.Time {
	var last time.Time
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if t, ok := rotatedTime(filepath.Base(path), e.Name()); ok && t.After(last) {
			last = t
		}
	}
	return last
}
