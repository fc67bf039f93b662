package condition

import (
	"os"
	"slices"
	"strings"
	"time"
)

// Contents knows what was in a file, or in the entries of a directory, and says
// whether that is so still. Times, modes and owners do not count; what is gone is
// as it was until it is back. The zero value with a Path is ready for Begin.
type Contents struct {
	Path string

	was     map[string]entry // that was there last; of a file under the name ""
	known   bool             // it was there once
	lacking time.Time        // since when entries are gone, and nothing else is new
	buf     []byte           // to read by, while that goes on
	pending bool             // of some entry it is not known yet what was in it
}

// entry is what there was under a name, and when it was looked at.
type entry struct {
	look
	at    time.Time
	print uint64 // of what was in it
	read  bool   // it is known
}

const (
	// settled is how old a time of change has to be so that two changes cannot have
	// the same: file systems count in jiffies, some in seconds.
	settled = 2 * time.Second
	// goneFor is how long an entry of a directory is gone before it counts: some
	// editors put the new one in its place in two steps.
	goneFor = 2 * time.Second
	// small is what is read at once, whatever else there is to do.
	small = 1 << 20
)

// Begin takes what there is now for what is to be compared with. What is in it is
// read by Fill, since the start does not wait for it. It is an error where it is
// there and cannot be read.
func (c *Contents) Begin() error {
	now, there, err := c.take(false)
	if e, ok := now[""]; ok && e.regular() {
		var f *os.File
		if f, err = os.Open(c.Path); err == nil {
			f.Close()
		}
	}
	c.was, c.known, c.pending = now, there, true
	return err
}

// There reports whether it was there when it was looked at.
func (c *Contents) There() bool { return c.known }

// Pending reports whether there is something for Fill to do.
func (c *Contents) Pending() bool { return c.pending }

// Fill reads what no look has read yet because it was large, or at the start. A file
// that has changed since the look stays unknown, and will be taken for changed.
func (c *Contents) Fill() {
	c.pending = false
	defer c.rest()
	for name, e := range c.was {
		if e.read || !e.regular() {
			continue
		}
		path := c.path(name)
		print, err := c.printOf(path, e.look)
		if again, _ := lookAt(path); err == nil && again == e.look {
			e.print, e.read, e.at = print, true, time.Now()
			c.was[name] = e
		}
	}
}

func (c *Contents) path(name string) string {
	if name == "" {
		return c.Path
	}
	return c.Path + "/" + name
}

// Changed reports what is new since Begin, or since it last did, in words; "" for
// nothing. Where again is not 0 it wants to be asked after so long.
func (c *Contents) Changed(now time.Time) (text string, again time.Duration) {
	defer c.rest()
	is, there, err := c.take(true)
	if err != nil || !there {
		return "", 0
	}
	name, how := c.difference(is)
	switch {
	case !c.known:
		name, how = "", "is there now"
	case how == "is gone":
		if c.lacking.IsZero() {
			c.lacking = now
		}
		if left := goneFor - now.Sub(c.lacking); left > 0 {
			return "", left
		}
	}
	if c.lacking = (time.Time{}); how == "" {
		c.keep(is)
		return "", 0
	}
	c.was, c.known, c.pending = is, true, true
	return c.path(name) + " " + how, 0
}

// keep notes how what has not changed looks now.
func (c *Contents) keep(is map[string]entry) {
	for name, e := range is {
		if was, ok := c.was[name]; ok && was.read && !e.read {
			e.print, e.read = was.print, true
		}
		c.was[name] = e
	}
}

// Differs reports whether it looks other than at Begin or at the last Changed, and a
// number for how it looks now.
func (c *Contents) Differs() (differs bool, how uint64) {
	defer c.rest()
	is, there, err := c.take(true)
	if err != nil || !there {
		return false, 0
	}
	_, text := c.difference(is)
	return text != "" || !c.known, printOfAll(is)
}

// difference is the first entry that is another now, and how.
func (c *Contents) difference(is map[string]entry) (name, how string) {
	_, file := is[""]
	if _, was := c.was[""]; was != file && c.known {
		return "", "has changed"
	}
	for n, e := range is {
		was, ok := c.was[n]
		switch {
		case how != "" && n > name:
		case !ok:
			name, how = n, "is new"
		case !c.same(n, was, e):
			name, how = n, "has changed"
		}
	}
	if how != "" {
		return name, how
	}
	for n := range c.was {
		if _, ok := is[n]; !ok && (how == "" || n < name) {
			name, how = n, "is gone"
		}
	}
	return name, how
}

// same reports whether an entry is as it was. One that was never read is the same
// only as long as nothing was written to it.
func (c *Contents) same(name string, was, is entry) bool {
	switch {
	case was.kind != is.kind:
		return false
	case !is.regular():
		return true
	case was.size != is.size:
		return false
	case !was.read || !is.read && was.look == is.look:
		return was.ino == is.ino && was.dev == is.dev && was.written == is.written
	case !is.read:
		print, err := c.printOf(c.path(name), is.look)
		return err != nil || print == was.print
	}
	return was.print == is.print
}

// take looks at what is there, and into small files; false where nothing is.
func (c *Contents) take(read bool) (is map[string]entry, there bool, err error) {
	l, err := lookAt(c.Path)
	switch {
	case missing(err):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case !l.directory():
		e, err := c.entry("", l, read)
		return map[string]entry{"": e}, true, err
	}
	names, err := namesIn(c.Path)
	if err != nil {
		return nil, false, err
	}
	is = make(map[string]entry, len(names))
	for _, name := range names {
		l, err := lookAt(c.path(name))
		if err != nil {
			continue // gone in between, or a link to nowhere
		}
		// One that cannot be read is told from others by how it looks.
		is[name], _ = c.entry(name, l, read)
	}
	return is, true, nil
}

// entry reads a small file, unless it looks as it did when it was read last.
func (c *Contents) entry(name string, l look, read bool) (entry, error) {
	e := entry{look: l, at: time.Now()}
	was, ok := c.was[name]
	switch {
	case ok && was.read && was.look == l && was.at.Sub(time.Unix(0, max(l.written, l.changed))) > settled:
		return was, nil
	case !read || !l.regular() || l.size > small:
		return e, nil
	}
	print, err := c.printOf(c.path(name), l)
	e.print, e.read = print, err == nil
	return e, err
}

// counts reports whether an entry of a directory does: what editors put there for
// themselves does not, nor what is hidden.
func counts(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~") && !strings.HasPrefix(name, "#")
}

func namesIn(path string) ([]string, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	return slices.DeleteFunc(names, func(name string) bool { return !counts(name) }), err
}

// Quiet decides when to look after something has moved: when it has been quiet
// for a moment, and at the latest after a while. The zero value waits for
// nothing.
type Quiet struct {
	first, last time.Time
}

// Lengths of that moment and that while.
const (
	quietFor = 300 * time.Millisecond
	latest   = 5 * time.Second
)

// Moved notes that something has.
func (q *Quiet) Moved(now time.Time) {
	if q.first.IsZero() {
		q.first = now
	}
	q.last = now
}

// Due returns when to look; the zero time where nothing has moved.
func (q *Quiet) Due() time.Time {
	if q.first.IsZero() {
		return time.Time{}
	}
	due, end := q.last.Add(quietFor), q.first.Add(latest)
	if end.Before(due) {
		return end
	}
	return due
}

// Looked forgets what has moved.
func (q *Quiet) Looked() { *q = Quiet{} }
