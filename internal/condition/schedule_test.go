package condition

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests need a zone wherever they run
)

func at(t *testing.T, zone, text string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04:05", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t *testing.T, text string) Schedule {
	t.Helper()
	s, err := ParseSchedule(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestHolds(t *testing.T) {
	// 2026-11-25 is a Wednesday.
	for _, c := range []struct {
		list, now string
		want      bool
	}{
		{"22:00-06:00", "2026-11-25 21:59:59", false},
		{"22:00-06:00", "2026-11-25 22:00:00", true},
		{"22:00-06:00", "2026-11-26 05:59:59", true},
		{"22:00-06:00", "2026-11-26 06:00:00", false},
		{"mon-fri 08:00-18:00,sat", "2026-11-25 08:00:00", true},
		{"mon-fri 08:00-18:00,sat", "2026-11-25 18:00:00", false},
		{"mon-fri 08:00-18:00,sat", "2026-11-28 23:59:59", true},
		{"mon-fri 08:00-18:00,sat", "2026-11-29 00:00:00", false},
		{"fri 22:00-06:00", "2026-11-28 05:00:00", true}, // began on Friday
		{"fri 22:00-06:00", "2026-11-27 05:00:00", false},
		{"sat-mon", "2026-11-29 12:00:00", true}, // over the end of the week
		{"sat-mon", "2026-12-01 12:00:00", false},
		{"00:00-24:00", "2026-11-25 00:00:00", true},
		{"WED 8:00-24:00", "2026-11-25 23:59:59", true},
	} {
		if got := parse(t, c.list).Holds(at(t, "UTC", c.now)); got != c.want {
			t.Errorf("%s at %s: %v", c.list, c.now, got)
		}
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ zone, list, now, want string }{
		{"UTC", "22:00-06:00", "2026-11-25 12:00:00", "2026-11-25 22:00:00"},
		{"UTC", "22:00-06:00", "2026-11-25 23:00:00", "2026-11-26 06:00:00"},
		{"UTC", "sat", "2026-11-25 12:00:00", "2026-11-28 00:00:00"},
		{"UTC", "mon-fri 08:00-18:00,18:00-19:00", "2026-11-25 12:00:00", "2026-11-25 19:00:00"}, // two in a row
		{"UTC", "wed", "2026-11-25 12:00:00", "2026-11-26 00:00:00"},
		{"UTC", "wed", "2026-11-26 00:00:00", "2026-12-02 00:00:00"},
		// Berlin puts its clock from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 2026-10-25.
		{"Europe/Berlin", "02:30-05:00", "2026-03-29 01:00:00", "2026-03-29 03:00:00"},
		{"Europe/Berlin", "01:00-02:30", "2026-03-29 01:30:00", "2026-03-29 03:00:00"},
		{"Antarctica/Troll", "03:30-05:00", "2026-03-29 00:30:00", "2026-03-29 03:30:00"}, // two hours at once
		{"Europe/Berlin", "22:00-06:00", "2026-03-28 23:00:00", "2026-03-29 06:00:00"},
	} {
		got, ok := parse(t, c.list).Next(at(t, c.zone, c.now))
		if want := at(t, c.zone, c.want); !ok || !got.Equal(want) {
			t.Errorf("%s after %s: %v, want %v", c.list, c.now, got, want)
		}
	}
	// In autumn 02:30 comes twice, and the clock shows 02:15 again after 02:45.
	s := parse(t, "02:30-04:00")
	first := at(t, "Europe/Berlin", "2026-10-25 00:00:00").Add(2*time.Hour + 45*time.Minute)
	back, ok := s.Next(first)
	if !ok || !s.Holds(first) || back.Sub(first) != 15*time.Minute || s.Holds(back) {
		t.Errorf("the clock goes back at %v, %v", back, ok)
	}
	if _, ok := parse(t, "sun-sat").Next(first); ok {
		t.Error("always ends")
	}
}

// From one Next to the next, Holds is the same all the time.
func TestNextMissesNothing(t *testing.T) {
	for _, c := range []struct{ list, zone, from string }{
		{"22:00-06:00", "Europe/Berlin", "2026-10-20"}, {"mon-fri 08:00-18:00,sat", "Europe/Berlin", "2026-03-24"},
		{"sun 02:30-03:30", "Europe/Berlin", "2026-10-20"}, {"sat 23:00-03:00", "America/New_York", "2026-10-28"},
		{"sun 01:10-01:50,sun 02:20-02:40", "Australia/Lord_Howe", "2026-04-01"}, {"00:30-02:30", "Antarctica/Troll", "2026-10-22"},
	} {
		list := c.list
		s := parse(t, list)
		now := at(t, c.zone, c.from+" 00:00:00")
		for end := now.AddDate(0, 0, 7); now.Before(end); {
			next, ok := s.Next(now)
			if !ok {
				t.Fatal(list, now)
			}
			for m := now; m.Before(next); m = m.Add(time.Minute) {
				if s.Holds(m) != s.Holds(now) {
					t.Fatalf("%s: changes at %v, before %v", list, m, next)
				}
			}
			now = next
		}
	}
}

func TestNoSchedule(t *testing.T) {
	for _, text := range []string{"", ",", "mon,", "8-18", "08:00", "25:00-26:00", "08:60-09:00", "08:00-08:00", "mon tue", "mon 08:00-18:00 x", "mo", "mon-", "24:00-01:00", "-1:00-02:00", "08:00-18:00x", "1:2:3-4:00"} {
		if s, err := ParseSchedule(text); err == nil {
			t.Errorf("%q is taken: %+v", text, s)
		}
	}
}
