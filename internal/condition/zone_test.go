package condition

import (
	"testing"
	"time"
)

func TestLocalZone(t *testing.T) {
	winter, summer := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	t.Setenv("ZONEINFO", "")
	for _, c := range []struct{ tz, winter, summer string }{
		{"Europe/Berlin", "13:00 CET", "14:00 CEST"},
		{":Europe/Berlin", "13:00 CET", "14:00 CEST"},
		{"/usr/share/zoneinfo/Europe/Berlin", "13:00 CET", "14:00 CEST"},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "13:00 CET", "14:00 CEST"},
		{"<+0530>-5:30", "17:30 +0530", "17:30 +0530"},
		{"EST5EDT,M3.2.0,M11.1.0", "07:00 EST", "08:00 EDT"},
		{"", "12:00 UTC", "12:00 UTC"},
		{"UTC0", "12:00 UTC", "12:00 UTC"},
	} {
		t.Setenv("TZ", c.tz)
		zone, err := LocalZone()
		if err != nil {
			t.Errorf("%s: %v", c.tz, err)
			continue
		}
		if w, s := winter.In(zone).Format("15:04 MST"), summer.In(zone).Format("15:04 MST"); w != c.winter || s != c.summer {
			t.Errorf("%s: %s, %s", c.tz, w, s)
		}
	}
	for _, tz := range []string{"Europe/Atlantis", "/nowhere", "x", "/etc/passwd", "CET", "CE-1", "../../etc/passwd"} {
		t.Setenv("TZ", tz)
		if zone, err := LocalZone(); err == nil && tz != "CET" {
			t.Errorf("%s is %v", tz, zone)
		}
	}
}
