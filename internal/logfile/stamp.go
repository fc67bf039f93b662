package logfile

import (
	"errors"
	"os"
	"strings"
	"time"

	"dmon/internal/place"
)

// stampLayout makes names that sort in the order of time.
const stampLayout = "20060102T150405.000000Z"

const (
	gz = ".gz"
	// tmp is the ending of a compressed file under way, where it needs a name.
	tmp = gz + ".tmp"
	// nameMax is how long a name may be.
	nameMax = 255
)

// farAhead is what no clock that was ever set is wrong by. A name with a later
// time is somebody's joke, and nothing is to come behind it.
const farAhead = 100 * 365 * 24 * time.Hour

// rotatedName returns the name of a file rotated at t.
func rotatedName(base string, t time.Time) string {
	return base + "." + t.UTC().Format(stampLayout)
}

// rotatedTime returns the time in the name of a rotated file of base, which
// may be compressed.
func rotatedTime(base, name string, now time.Time) (t time.Time, ok bool) {
	stamp, ok := strings.CutPrefix(strings.TrimSuffix(name, gz), base+".")
	if !ok {
		return t, false
	}
	t, err := time.Parse(stampLayout, stamp)
	// Parsing is more liberal than writing, and only what we write is ours.
	return t, err == nil && t.Format(stampLayout) == stamp && t.Sub(now) < farAhead
}

// newest returns the latest time in the names of the rotated files of base, and
// the name, "" if there are none.
func newest(d *place.Dir, base string, now time.Time) (last time.Time, at string) {
	names, _ := d.Names()
	for _, name := range names {
		if t, ok := rotatedTime(base, name, now); ok && t.After(last) {
			last, at = t, name
		}
	}
	return last, at
}

// names gives rotated files their names. They are unique and sort in the order
// of the calls whatever the clock does: a time that is not later than the last
// one is replaced by the least later one.
type names struct {
	dir  place.Info // the directory that last is about
	base string
	last time.Time // the latest time in a name
}

// moveAway gives the file base in d its final name, which it returns.
func (n *names) moveAway(d *place.Dir, base string, now time.Time, c *Calls) (string, error) {
	if !n.dir.Same(d.Info()) || n.base != base {
		n.dir, n.base = d.Info(), base
		n.last, _ = newest(d, base, now)
	}
	t := now.Truncate(time.Microsecond)
	if !t.After(n.last) {
		t = n.last.Add(time.Microsecond)
	}
	for {
		name := rotatedName(base, t)
		err := c.Rename(d, base, name)
		if exists(err) {
			t = t.Add(time.Microsecond)
			continue
		}
		if err == nil {
			n.last = t
		}
		return name, err
	}
}

func exists(err error) bool { return errors.Is(err, os.ErrExist) }

// bare is err without the name that it is about, for who says that himself.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
