package condition

import (
	"fmt"
	"time"
)

// file is a path whose contents are watched, and when something is to be done about
// it; zero times are never.
type file struct {
	Contents
	condition int

	quiet Quiet
	again time.Time // when to look again at what is only gone so far
	began time.Time // when something was said first before the latest look
	fill  time.Time // when to read what is not known yet

	watches   map[int32]bool // those of the kernel that are for it
	elsewhere bool           // something has taken another's place: they are to be made anew
	blind     bool           // they do not say everything: it is looked at now and then,
	next      time.Time      // at this time,
	seen      uint64         // and looked so when it did last
}

// LookEach is how often something is looked at that the kernel says nothing of.
const LookEach = 3 * time.Second

// watch has the kernel tell of f. An error says why it does not.
func (f *file) watch(n *notes) error {
	if n == nil {
		f.blind = true
		return nil
	}
	err := n.watch(f)
	if err != nil {
		err = fmt.Errorf("cannot watch %s, it is looked at each %v instead: %w", f.Path, LookEach, err)
	}
	return err
}

// heard notes that something was said of f.
func (f *file) heard(now time.Time, elsewhere bool) {
	f.quiet.Moved(now)
	f.elsewhere = f.elsewhere || elsewhere
}

// moving reports whether it is to be looked at before long, whatever is said of it
// until then.
func (f *file) moving() bool { return !f.quiet.Due().IsZero() }

// look does what is due. It returns what has changed, in words, and why it cannot be
// watched any more.
func (f *file) look(now time.Time, n *notes) (text string, err error) {
	if f.blind && (reached(f.next, now) || f.moving()) {
		f.next = now.Add(LookEach)
		if differs, how := f.Differs(); differs && how != f.seen {
			f.seen = how
			f.quiet.Moved(now)
		}
	}
	if reached(f.quiet.Due(), now) || reached(f.again, now) {
		if f.began = f.quiet.first; f.began.IsZero() {
			f.began = now
		}
		f.quiet.Looked()
		if f.elsewhere {
			err = f.watch(n)
		}
		if f.elsewhere { // it was just put there
			f.quiet.Moved(now)
		}
		var again time.Duration
		text, again = f.Changed(now)
		f.again, f.fill = after(now, again), time.Time{}
		if f.Pending() {
			f.fill = now.Add(latest)
		}
	}
	if reached(f.fill, now) {
		f.fill = time.Time{}
		f.Fill()
	}
	return text, err
}

// due is when look is wanted.
func (f *file) due() time.Time {
	first := earliest(earliest(f.quiet.Due(), f.again), f.fill)
	if f.blind {
		first = earliest(first, f.next)
	}
	return first
}

func reached(when, now time.Time) bool { return !when.IsZero() && !now.Before(when) }

func after(now time.Time, d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return now.Add(d)
}

// earliest is the first of two times; the zero time is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
