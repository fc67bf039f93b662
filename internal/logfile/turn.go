package logfile

import "time"

// turn is what the calendar has to do with the file.
type turn struct {
	born       time.Time // its first line came then, by the clock on the wall
	last, next time.Time // of the calendar
	minute     int64     // when that was looked at, in minutes of 1970
}

// tick is more than the clock of file systems is behind at most. Without it, a
// file that one of us has just begun would be yesterday's for another.
const tick = 20 * time.Millisecond

// begun says that the file is empty until now.
func (f *File) begun(now time.Time) { f.since, f.turn.born = now, now.Round(0) }

// foundFrom finds out how old a file is that was there before: it was made when
// the file system says so, but not after it was last written to.
func (f *File) foundFrom(now time.Time) {
	from := f.Modified()
	if at, ok := made(f.fd); ok && at.Before(from) {
		from = at
	}
	f.since = now.Add(-max(0, now.Sub(from)))
	f.turn.born = from.Add(tick)
}

// turned says that the calendar has turned since the file was begun.
func (f *File) turned(now time.Time) bool {
	f.consult(now)
	return f.turn.born.Before(f.turn.last)
}

// untilTurn is how long it is until the calendar is to be looked at: a minute at
// most, because a wait takes no notice of a clock that is set, of a zone
// that changes, and of the machine's sleep.
func (f *File) untilTurn(now time.Time) time.Duration {
	if f.o.Turns == nil {
		return time.Duration(1<<63 - 1)
	}
	if f.turned(now) {
		return 0
	}
	return min(time.Minute, f.turn.next.Sub(now))
}

// consult looks at the calendar where it may have turned, or may be another one.
func (f *File) consult(now time.Time) {
	t := &f.turn
	minute := now.Unix() / 60
	if f.o.Turns == nil || minute == t.minute && now.Before(t.next) && !now.Before(t.last) {
		return
	}
	t.minute = minute
	t.last, t.next = f.o.Turns(now)
	// A clock that is set back a little finds the file of a time that is still to
	// come, and comes to that. If it was far ahead, the file would wait for years.
	if t.born.After(t.next) {
		if _, after := f.o.Turns(t.next); t.born.After(after) {
			t.born = now.Round(0)
		}
	}
}
