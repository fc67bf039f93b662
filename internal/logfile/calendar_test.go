package logfile

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of a test are not the machine's
)

func zoneNamed(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

const clock = "2006-01-02 15:04:05"

// TestF49Calendar has a row for what clocks do beside running.
func TestF49Calendar(t *testing.T) {
	half := 2*time.Hour + 30*time.Minute
	cases := []struct {
		why             string
		c               Calendar
		zone            string
		now, last, next string // in UTC
	}{
		{"an hour", Calendar{}, "UTC", "2026-11-25 20:41:39", "2026-11-25 20:00:00", "2026-11-25 21:00:00"},
		{"the hour itself", Calendar{}, "UTC", "2026-11-25 20:00:00", "2026-11-25 20:00:00", "2026-11-25 21:00:00"},
		{"a zone of half an hour", Calendar{}, "Asia/Kolkata", "2026-11-25 20:41:39", "2026-11-25 20:30:00", "2026-11-25 21:30:00"},
		{"before 1970", Calendar{}, "UTC", "1969-12-31 23:10:00", "1969-12-31 23:00:00", "1970-01-01 00:00:00"},
		{"a day", Calendar{Days: 1}, "Europe/Berlin", "2026-11-25 20:41:39", "2026-11-24 23:00:00", "2026-11-25 23:00:00"},
		{"a day with a time", Calendar{Days: 1, At: half}, "UTC", "2026-11-25 02:29:59", "2026-11-24 02:30:00", "2026-11-25 02:30:00"},
		{"the time itself", Calendar{Days: 1, At: half}, "UTC", "2026-11-25 02:30:00", "2026-11-25 02:30:00", "2026-11-26 02:30:00"},
		{"a week, on a Wednesday", Calendar{Days: 7}, "UTC", "2026-11-25 20:41:39", "2026-11-23 00:00:00", "2026-11-30 00:00:00"},
		{"a week, as Monday begins", Calendar{Days: 7}, "Pacific/Auckland", "2026-11-22 11:00:00", "2026-11-22 11:00:00", "2026-11-29 11:00:00"},
		{"a week, as Sunday ends", Calendar{Days: 7}, "Pacific/Auckland", "2026-11-22 10:59:59", "2026-11-15 11:00:00", "2026-11-22 11:00:00"},
		{"a week, before 1970", Calendar{Days: 7}, "UTC", "1970-01-01 00:00:00", "1969-12-29 00:00:00", "1970-01-05 00:00:00"},
		{"half past two is left out", Calendar{Days: 1, At: half}, "Europe/Berlin", "2026-03-29 01:00:00", "2026-03-29 01:00:00", "2026-03-30 00:30:00"},
		{"and not before that", Calendar{Days: 1, At: half}, "Europe/Berlin", "2026-03-29 00:59:59", "2026-03-28 01:30:00", "2026-03-29 01:00:00"},
		{"half past two, the first time", Calendar{Days: 1, At: half}, "Europe/Berlin", "2026-10-25 00:40:00", "2026-10-25 00:30:00", "2026-10-26 01:30:00"},
		{"half past two, the second time", Calendar{Days: 1, At: half}, "Europe/Berlin", "2026-10-25 01:40:00", "2026-10-25 00:30:00", "2026-10-26 01:30:00"},
		{"two, for the second time", Calendar{Days: 1, At: half}, "Europe/Berlin", "2026-10-25 01:10:00", "2026-10-25 00:30:00", "2026-10-26 01:30:00"},
		{"an hour that comes twice", Calendar{}, "Europe/Berlin", "2026-10-25 01:10:00", "2026-10-25 01:00:00", "2026-10-25 02:00:00"},
		{"a midnight that is left out", Calendar{Days: 1}, "America/Sao_Paulo", "2018-11-04 03:30:00", "2018-11-04 03:00:00", "2018-11-05 02:00:00"},
		{"a midnight that comes twice", Calendar{Days: 1}, "America/Havana", "2026-11-01 05:30:00", "2026-11-01 04:00:00", "2026-11-02 05:00:00"},
		{"back just before midnight", Calendar{Days: 1}, "America/Asuncion", "2021-03-28 03:30:00", "2021-03-27 03:00:00", "2021-03-28 04:00:00"},
		{"a day that is left out", Calendar{Days: 1}, "Pacific/Apia", "2011-12-30 11:00:00", "2011-12-30 10:00:00", "2011-12-31 10:00:00"},
		{"a day of 47 hours", Calendar{Days: 1}, "Pacific/Kwajalein", "1969-09-30 23:00:00", "1969-09-29 13:00:00", "1969-10-01 12:00:00"},
	}
	for _, c := range cases {
		now, err := time.ParseInLocation(clock, c.now, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		last, next := c.c.Around(now.In(zoneNamed(t, c.zone)))
		if l, n := last.UTC().Format(clock), next.UTC().Format(clock); l != c.last || n != c.next {
			t.Errorf("%s: %s and %s, want %s and %s", c.why, l, n, c.last, c.next)
		}
	}
}

// TestF49CalendarNeverStandsStill compares what the calendar says at each quarter
// of an hour, over years, with what it said before.
func TestF49CalendarNeverStandsStill(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana", "Africa/Casablanca", "America/St_Johns", "Asia/Gaza"} {
		zone := zoneNamed(t, name)
		for _, c := range []Calendar{{}, {Days: 1}, {Days: 7}, {Days: 1, At: 2*time.Hour + 30*time.Minute}, {Days: 1, At: day*time.Second - time.Minute}} {
			var last, next time.Time
			for now := time.Date(2009, 1, 1, 0, 0, 0, 0, zone); now.Year() < 2013; now = now.Add(15 * time.Minute) {
				l, n := c.Around(now)
				if l.After(now) || !n.After(now) {
					t.Fatalf("%s, %v: %v is not between %v and %v", name, c, now, l, n)
				}
				if c.Days > 0 && !last.IsZero() && !l.Equal(last) && l.Before(next) {
					t.Fatalf("%s, %v: at %v the last is %v, and was %v before the next, %v", name, c, now, l, last, next)
				}
				if gap := n.Sub(l); c.Days > 0 && gap > time.Duration(c.Days)*day*time.Second+25*time.Hour {
					t.Fatalf("%s, %v: nothing between %v and %v", name, c, l, n)
				}
				last, next = l, n
			}
		}
	}
}
