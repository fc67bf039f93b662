package logpipe

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Whatever TZ says means what date(1) makes of it. (A summer time without rules
// is left out: the C library takes them from a file of its own, until 2037.)
func TestF86ZoneAsDate(t *testing.T) {
	const layout = "2006-01-02/15:04:05"
	dates := []time.Time{
		time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC),
		time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC), time.Date(2044, 2, 29, 3, 4, 5, 0, time.UTC),
	}
	for _, tz := range []string{
		"", "UTC", "UTC0", "UTC-3", "UTC+3", "MSK-3", "XYZ-3", "XYZ3:30", "XYZ-3:30:15", ":XYZ-3", "EST5", "EST5EDT",
		"CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", "XYZ3ABC,J60,J300", "XYZ3ABC,59,299/4",
		"<+0330>-3:30", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "IST-1GMT0,M10.5.0,M3.5.0/1", "<UTC>-2",
		"XY3", "XYZ", "3", "no such zone", "Europe/NoSuchTown", ":", "/no/such/file", "Local", "localtime3", "../../etc/passwd",
	} {
		z := newZone(tz, true, localTime)
		for _, at := range dates {
			date := exec.Command("date", "-d", "@"+strconv.FormatInt(at.Unix(), 10), "+%Y-%m-%d/%H:%M:%S")
			date.Env = append(os.Environ(), "TZ="+tz)
			want, err := date.Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := z.in(at).Format(layout); got != strings.TrimSpace(string(want)) {
				t.Errorf("TZ=%q: %s, date says %s", tz, got, want)
			}
		}
	}
}

// Without TZ a file says it, and may be replaced by another while we run.
func TestF86ZoneFileIsFollowed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "localtime")
	replace := func(tz string) {
		if err := os.WriteFile(file+".new", described(tz), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	z := newZone("", false, file)
	now := time.Now()
	check := func(want int) {
		t.Helper()
		now = now.Add(time.Second)
		if _, offset := z.in(now).Zone(); offset != want {
			t.Errorf("%d s east of Greenwich, not %d", offset, want)
		}
	}
	check(0) // no file
	replace("XYZ-3")
	check(3 * 3600)
	replace("XYZ5")
	check(-5 * 3600)
	if err := os.WriteFile(file, []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	check(0)
	replace("XYZ-3")
	check(3 * 3600)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	check(0)
}
