package logpipe

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
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

// What is no file of a zone is neither waited for nor read to its end.
func TestF86NoFileOfAZone(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(dir+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tz := range []string{dir + "/fifo", dir, "/dev/zero", "/dev/tty"} {
		done := make(chan int, 1)
		go func() {
			_, offset := newZone(tz, true, localTime).in(time.Now()).Zone()
			done <- offset
		}()
		select {
		case offset := <-done:
			if offset != 0 {
				t.Errorf("TZ=%s is %d s east of Greenwich", tz, offset)
			}
		case <-time.After(patience):
			t.Fatalf("TZ=%s does not end", tz)
		}
	}
}

// A file says it, and may be replaced by another while we run.
func TestF86ZoneFileIsFollowed(t *testing.T) {
	t.Run("without TZ", func(t *testing.T) { followZone(t, "", false) })
	t.Run("a path in TZ", func(t *testing.T) { followZone(t, ":PATH", true) })
	t.Run("a name in TZ", func(t *testing.T) { followZone(t, "Middle/Earth", true) })
}

func followZone(t *testing.T, tz string, set bool) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Middle", "Earth")
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	defer func(dirs []string) { zoneDirs = dirs }(zoneDirs)
	zoneDirs = []string{dir}
	replace := func(tz string) {
		if err := os.WriteFile(file+".new", described(tz), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	if set {
		replace("XYZ") // or else it is a description
	}
	z := newZone(strings.ReplaceAll(tz, "PATH", file), set, file)
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
	check(-5 * 3600) // it may be half of the next
	if err := os.WriteFile(file, described("XYZ-2"), 0o644); err != nil {
		t.Fatal(err)
	}
	check(2 * 3600)
	replace("XYZ-3")
	check(3 * 3600)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	check(0)
}
