package logfile

import "time"

// Calendar says at which moments of the local clock a file begins anew. The zero
// value is every full hour.
type Calendar struct {
	Days int           // 1 for every day, 7 for every week, which begins on Monday; 0 for every hour
	At   time.Duration // since midnight, with Days
}

const (
	hour = 60 * 60
	day  = 24 * hour
	// firstMonday is in days since 1970 began.
	firstMonday = 4
	// farthest is more than two clocks of the world differ by, in seconds.
	farthest = 2 * day
)

// Around returns the last of these moments that is not after now, and the first
// after it, in the zone of now.
//
// A moment over which the clock is set forward comes when that is done; one that
// the clock shows twice has come the first time. A full hour that it shows twice
// are two.
func (c Calendar) Around(now time.Time) (last, next time.Time) {
	_, offset := now.Zone()
	local := now.Unix() + int64(offset)
	if c.Days == 0 {
		next = time.Unix(now.Unix()-modulo(local, hour)+hour, 0)
		return next.Add(-time.Hour), next
	}
	at, step := int64(c.At/time.Second), int64(c.Days)
	n := (local - at - modulo(local-at, day)) / day
	n -= modulo(n-firstMonday, step)
	// The clock may have been set back, from what is days ahead now.
	n += 2 * step
	for last = reached(n*day+at, now.Location()); last.After(now); n -= step {
		next, last = last, reached((n-step)*day+at, now.Location())
	}
	return last, next
}

// reached returns when the clock of a zone first shows a time or a later one. The
// time is what it would be in seconds since 1970 if the zone were UTC.
func reached(local int64, zone *time.Location) time.Time {
	for t := time.Unix(local-farthest, 0).In(zone); ; {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		at := time.Unix(max(local-int64(offset), t.Unix()), 0)
		if end.IsZero() || at.Before(end) {
			return at
		}
		t = end
	}
}

// modulo is the remainder that is never negative.
func modulo(a, n int64) int64 { return ((a % n) + n) % n }
