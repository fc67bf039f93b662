package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// keeper looks after rotated files: it names them, removes those nobody wants
// any more, and compresses the rest. Removing and compressing happen in a
// goroutine of its own, because lines must not wait for that.
//
// It works from what is in the directory, never from memory, so that whatever
// a predecessor left half done is finished, too.
type keeper struct {
	files    int           // how many to keep, 0 for all
	age      time.Duration // how long since the last write to keep them, 0 for ever
	total    int64         // how many bytes to keep, 0 for any number
	reserve  int64         // what of that the current file may need
	compress bool
	sync     bool
	tell     func(error) int
	named    bool // for tests: as where the file system has no files without a name

	path string    // of the file whose rotated files last is about
	last time.Time // the latest time in a name

	nudges chan string
	quit   chan struct{}
	done   chan struct{}
}

// moveAway gives the file at path its final name. Names are unique and sort in
// the order of the calls whatever the clock does: a time that is not later than
// the last one is replaced by the least later one.
func (k *keeper) moveAway(path string, now time.Time) error {
	if k.path != path {
		k.path, k.last = path, newest(path)
	}
	t := now.Truncate(time.Microsecond)
	if !t.After(k.last) {
		t = k.last.Add(time.Microsecond)
	}
	for {
		err := renameNew(path, rotatedName(path, t))
		if os.IsExist(err) {
			t = t.Add(time.Microsecond)
			continue
		}
		if err == nil {
			k.last = t
		}
		return err
	}
}

// start begins to look after rotated files, as soon as nudge names them.
func (k *keeper) start() {
	k.nudges, k.quit, k.done = make(chan string, 1), make(chan struct{}), make(chan struct{})
	go k.run()
}

// nudge says that there is a rotated file of path more.
func (k *keeper) nudge(path string) {
	select {
	case k.nudges <- path:
	default: // it looks at everything there is anyway
	}
}

// end waits until everything is in order. With hurry, a compression under way
// is given up, and the next start does it.
func (k *keeper) end(hurry bool) {
	if k.done == nil {
		return
	}
	if hurry {
		close(k.quit)
	}
	close(k.nudges)
	<-k.done
}

func (k *keeper) run() {
	defer close(k.done)
	var path string
	var expiry <-chan time.Time
	for {
		select {
		case p, ok := <-k.nudges:
			if !ok {
				return
			}
			path = p
		case <-expiry:
		}
		expiry = nil
		next, err := k.sweep(path)
		if err != nil {
			k.tell(err)
		}
		if next > 0 {
			expiry = time.After(next)
		}
	}
}

// rotated is a rotated file.
type rotated struct {
	path     string // without the ending of a compressed one
	name     string // as it is
	size     int64
	modified time.Time
}

// sweep brings everything in order, and returns how long it is until the next
// file expires, 0 if none will.
func (k *keeper) sweep(path string) (next time.Duration, err error) {
	for {
		files, err := list(path)
		if err != nil {
			return 0, fmt.Errorf("cannot look after old files: %w", err)
		}
		files, err = k.prune(files, time.Now())
		if err != nil {
			return 0, fmt.Errorf("cannot remove an old file: %w", err)
		}
		plain := firstPlain(files)
		if !k.compress || plain < 0 || k.hurried() {
			if k.age > 0 && len(files) > 0 {
				next = max(time.Second, k.age-time.Since(files[0].modified))
			}
			return next, nil
		}
		if err := k.squeeze(files[plain].name); err != nil {
			return 0, fmt.Errorf("cannot compress an old file: %w", err)
		}
	}
}

func (k *keeper) hurried() bool {
	select {
	case <-k.quit:
		return true
	default:
		return false
	}
}

func firstPlain(files []rotated) int {
	for i, f := range files {
		if f.name == f.path {
			return i
		}
	}
	return -1
}

// list returns the rotated files of path, oldest first. It removes what was
// left behind by a compression that was killed: the beginning of its result,
// or its source where the result is complete.
func list(path string) ([]rotated, error) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var files []rotated
	for _, e := range entries { // sorted by name, which is by time
		if unfinished, ok := strings.CutSuffix(e.Name(), tmp); ok {
			if _, ok := rotatedTime(base, unfinished); ok {
				_ = os.Remove(dir + e.Name())
			}
			continue
		}
		if _, ok := rotatedTime(base, e.Name()); !ok {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		f := rotated{name: dir + e.Name(), size: info.Size(), modified: info.ModTime()}
		f.path = strings.TrimSuffix(f.name, gz)
		if n := len(files); n > 0 && files[n-1].path == f.path {
			// A result gets its name when it is complete, so this one is.
			if err := os.Remove(f.path); err != nil {
				return nil, err
			}
			files = files[:n-1]
		}
		files = append(files, f)
	}
	return files, nil
}

// prune removes what is too old or too much, and returns the rest.
func (k *keeper) prune(files []rotated, now time.Time) ([]rotated, error) {
	var total int64
	for _, f := range files {
		total += f.size
	}
	for len(files) > 0 {
		oldest := files[0]
		switch {
		case k.files > 0 && len(files) > k.files:
		case k.total > 0 && total+k.reserve > k.total:
		case k.age > 0 && now.Sub(oldest.modified) >= k.age:
		default:
			return files, nil
		}
		if err := os.Remove(oldest.name); err != nil && !os.IsNotExist(err) {
			return files, err
		}
		total -= oldest.size
		files = files[1:]
	}
	return files, nil
}
