package logpipe

import (
	"testing"
	"time"
)

// inZone makes where the local zone for the time of a test.
func inZone(t *testing.T, where *time.Location) {
	old := local
	t.Cleanup(func() { local = old })
	local = func() *zone { return &zone{where: where} }
}

func TestStamps(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	inZone(t, zone)
	summer := time.Date(2026, 11, 20, 16, 27, 33, 123456789, time.UTC)
	early := time.Date(1999, 12, 31, 23, 59, 59, 5000, time.UTC)
	cases := []struct {
		name string
		at   time.Time
		want string
	}{
		{"dmon", summer, "2026-11-20/16:27:33 "},
		{"dmon", summer.In(zone), "2026-11-20/16:27:33 "},
		{"iso", summer, "2026-11-20T16:27:33.123456Z "},
		{"iso", early, "1999-12-31T23:59:59.000005Z "},
		{"local", summer, "2026-11-20/17:27:33 "},
		{"tai64n", summer, "@400000006b0074ff075bcd15 "},
		{"tai64n", early, "@40000000386d438900001388 "},
		{"unix", summer, "1795192053.123456 "},
		{"unix", early, "946684799.000005 "},
		{"nothing", summer, ""},
	}
	for _, c := range cases {
		if got := string(StampByName(c.name).Append(nil, c.at)); got != c.want {
			t.Errorf("%s of %v = %q, want %q", c.name, c.at, got, c.want)
		}
	}
	if len(StampNames()) != int(StampUnix) {
		t.Errorf("names %v for %d stamps", StampNames(), StampUnix)
	}
	for i, name := range StampNames() {
		if got := StampByName(name); got != Stamp(i+1) {
			t.Errorf("StampByName(%q) = %d, want %d", name, got, i+1)
		}
	}
}

func TestTAI64NLabel(t *testing.T) {
	// The label of the Unix epoch is 2^62 seconds and the ten seconds that TAI
	// was ahead then.
	if got := string(StampTAI64N.Append(nil, time.Unix(0, 0))); got != "@400000000000000a00000000 " {
		t.Errorf("the epoch is %q", got)
	}
}
