package logfile

import (
	"os"
	"testing"
	"time"
)

// TestF49Turned follows files through what clocks do, with a calendar of days.
func TestF49Turned(t *testing.T) {
	zone := zoneNamed(t, "Europe/Berlin")
	at := func(s string) time.Time {
		moment, err := time.ParseInLocation("01-02 15:04:05", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return moment.AddDate(2026, 0, 0)
	}
	type look struct {
		now  string
		want bool
	}
	for _, c := range []struct {
		why, born string
		looks     []look
	}{
		{"a day passes", "11-25 09:00:00", []look{{"11-25 09:00:00", false}, {"11-25 23:59:59", false}, {"11-26 00:00:00", true}}},
		{"begun at midnight", "11-26 00:00:00", []look{{"11-26 00:00:01", false}, {"11-26 23:59:59", false}, {"11-27 00:00:00", true}}},
		{"the machine sleeps", "11-25 09:00:00", []look{{"11-25 10:00:00", false}, {"11-28 11:00:00", true}}},
		{"set forward", "11-25 09:00:00", []look{{"11-25 09:00:01", false}, {"11-26 09:00:00", true}}},
		{"set back over midnight, after it", "11-26 00:00:05", []look{{"11-25 23:59:55", false}, {"11-26 00:00:00", false}, {"11-26 00:00:06", false}, {"11-27 00:00:00", true}}},
		{"set back within a day", "11-25 09:00:00", []look{{"11-25 07:00:00", false}, {"11-25 23:00:00", false}, {"11-26 00:00:00", true}}},
		{"set right after being days ahead", "11-30 09:00:00", []look{{"11-25 09:00:00", false}, {"11-25 23:59:59", false}, {"11-26 00:00:00", true}}},
		{"the same while it is looked at", "11-30 09:00:00", []look{{"11-30 09:00:01", false}, {"11-25 09:00:00", false}, {"11-26 00:00:00", true}}},
		{"from before there was a clock", "01-01 00:00:03", []look{{"11-25 09:00:00", true}}},
		{"a day of 25 hours", "10-25 00:00:00", []look{{"10-25 02:30:00", false}, {"10-25 23:59:59", false}, {"10-26 00:00:00", true}}},
	} {
		f := &File{opened: &opened{named: true}, at: position{size: 1}}
		f.o.Turns = func(now time.Time) (last, next time.Time) { return Calendar{Days: 1}.Around(now.In(zone)) }
		f.begun(at(c.born))
		for _, l := range c.looks {
			if got := f.old(at(l.now)); got != l.want {
				t.Errorf("%s: at %s it has turned: %v", c.why, l.now, got)
			}
			if due := f.Due(at(l.now)); due < 0 || due > time.Minute || due == 0 != l.want {
				t.Errorf("%s: at %s it is due in %v", c.why, l.now, due)
			}
		}
	}
}

// TestTurnedInAnotherZone changes the zone within the hour.
func TestTurnedInAnotherZone(t *testing.T) {
	zone := time.UTC
	f := &File{opened: &opened{named: true}, at: position{size: 1}}
	f.o.Turns = func(now time.Time) (last, next time.Time) { return Calendar{Days: 1}.Around(now.In(zone)) }
	now := time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)
	f.begun(now)
	if f.old(now.Add(time.Hour)) {
		t.Fatal("it has turned in UTC")
	}
	zone = time.FixedZone("", 3*60*60)
	if !f.old(now.Add(time.Hour + time.Minute)) {
		t.Error("it has not turned where it is midnight now")
	}
}

// TestTurnOfWhatWasThere opens files that were there before: the earlier of
// when they were made and when they were last written to counts.
func TestTurnOfWhatWasThere(t *testing.T) {
	_, dir := stage(t)
	path := dir + "/log"
	create(t, path, "yesterday's\n", 0o600)
	begun := time.Now()
	daily := Options{Turns: func(now time.Time) (last, next time.Time) { return begun.Add(-time.Hour), begun.Add(time.Hour) }}
	if f := open(t, path, daily); f.old(time.Now()) {
		t.Error("a file that was made now is of before")
	}
	before := begun.Add(-2 * time.Hour)
	if err := os.Chtimes(path, before, before); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, daily)
	if !f.old(time.Now()) {
		t.Error("a file that was last written to before is not of then")
	}
	if n, err := f.Write([]byte("today's\n")); n != 8 || err != nil {
		t.Fatal(n, err)
	}
	if b, err := os.ReadFile(path); string(b) != "today's\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if f.old(time.Now()) {
		t.Error("a file that was begun now is of before")
	}
}
