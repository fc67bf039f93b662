package logfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dmon/internal/place"
)

// stage is a directory for a test.
func stage(t *testing.T) (*place.Dir, string) {
	t.Helper()
	path := t.TempDir()
	d, _, err := place.Of(path + "/x")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d, path
}

func create(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// contents are those of the files of base in the order of their names, FILE last.
func contents(t *testing.T, path string) string {
	t.Helper()
	names, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range append(names, path) {
		b, _ := os.ReadFile(name)
		all.Write(b)
	}
	return all.String()
}

func TestF49NamesAreOrderedWhateverTheClockDoes(t *testing.T) {
	d, dir := stage(t)
	path := dir + "/log"
	start := time.Date(2026, 10, 25, 0, 59, 59, 0, time.UTC)
	clock := []time.Duration{
		0, 0, 0, // three within a microsecond
		time.Second, -time.Hour, -time.Hour, // stepped back
		24 * time.Hour, 24*time.Hour + time.Nanosecond, -24 * 365 * time.Hour,
	}
	n := &names{}
	for i, after := range clock {
		if i == 5 {
			n = &names{} // a new process knows the names from the directory
		}
		create(t, path, string(rune('a'+i)), 0o600)
		name, err := n.moveAway(d, "log", start.Add(after), System())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := rotatedTime("log", name, start); !ok {
			t.Errorf("%s is not known as a rotated file", name)
		}
	}
	if got := contents(t, path); got != "abcdefghi" {
		t.Errorf("in the order of their names the files are %q", got)
	}
}

func TestF49ATakenNameIsNeverReplaced(t *testing.T) {
	for _, byLink := range []bool{false, true} {
		d, dir := stage(t)
		path := dir + "/log"
		now := time.Now()
		create(t, dir+"/"+rotatedName("log", now.Truncate(time.Microsecond)), "somebody's", 0o600)
		create(t, path, "ours", 0o600)
		n, calls := &names{base: "log", dir: d.Info(), last: now.Add(-time.Hour)}, System()
		if byLink {
			calls.Rename = renameByLink
		}
		if _, err := n.moveAway(d, "log", now, calls); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, path); got != "somebody'sours" {
			t.Errorf("the files are %q", got)
		}
	}
}

func TestF49IntervalsDoNotFollowTheWallClock(t *testing.T) {
	_, dir := stage(t)
	for _, before := range []string{"", "old\n"} {
		create(t, dir+"/log", before, 0o600)
		f := open(t, dir+"/log", Options{})
		// Times that carry the monotonic clock say so when they are printed.
		if !strings.Contains(f.since.String(), "m=") {
			t.Errorf("the age of a file of %d bytes is told by the wall clock: %v", f.Size(), f.since)
		}
	}
}

// open opens a file that is closed when the test ends.
func open(t *testing.T, path string, o Options) *File {
	t.Helper()
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	now := make(chan struct{})
	close(now)
	t.Cleanup(func() { f.Close(now) })
	return f
}

// Only what is written exactly as we write it is ours: security 21, logging S18.
func TestNamesThatAreOurs(t *testing.T) {
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	for name, want := range map[string]bool{
		"log.20261125T123456.123457Z":       true,
		"log.20261125T123456.123457Z.gz":    true,
		"log.19700101T000000.000000Z":       true,
		"log.20500101T000000.000000Z":       true, // a clock that was wrong
		"log.20261125T123456,123457Z":       false,
		"log.20261125T123456.12345Z":        false,
		"log.20261125T123456.1234567Z":      false,
		"log.20261125T123456Z":              false,
		"log.20261325T123456.123457Z":       false,
		"log.20261125T123460.123457Z":       false,
		"log.20261125T123456.123457Z.gz.gz": false,
		"log.20261125t123456.123457z":       false,
		"log. 20261125T123456.123457Z":      false,
		"log.+2026112T123456.123457Z":       false,
		"log.99991231T235959.999999Z":       false, // security 22
		"log.99980101T000000.000000Z":       false,
		"log.30000101T000000.000000Z.gz":    false,
		"log2.20261125T123456.123457Z":      false,
		"log":                               false,
	} {
		if _, ok := rotatedTime("log", name, now); ok != want {
			t.Errorf("%s is ours: %v, want %v", name, ok, want)
		}
	}
}

func TestAPlantedTimeChangesNoName(t *testing.T) {
	d, dir := stage(t)
	create(t, dir+"/log.99991231T235959.999999Z", "", 0o600)
	create(t, dir+"/log.99980101T000000.000000Z.gz", "", 0o600)
	create(t, dir+"/log", "ours", 0o600)
	now := time.Now()
	name, err := (&names{}).moveAway(d, "log", now, System())
	if err != nil || name != rotatedName("log", now.Truncate(time.Microsecond)) {
		t.Errorf("the name is %s, %v", name, err)
	}
}

func TestDue(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name  string
		limit time.Duration
		f     *File
		due   time.Duration
		old   bool
	}{
		{"no limit", 0, &File{at: position{size: 1}, since: now.Add(-time.Hour)}, -1, false},
		{"empty", time.Minute, &File{since: now.Add(-time.Hour)}, -1, false},
		{"young", time.Minute, &File{at: position{size: 1}, since: now.Add(-50 * time.Second)}, 10 * time.Second, false},
		{"old", time.Minute, &File{at: position{size: 1}, since: now.Add(-time.Minute)}, 0, true},
		{"old, but it just failed", time.Minute, &File{at: position{size: 1}, since: now.Add(-time.Hour), after: now.Add(time.Second)}, time.Second, false},
		{"old, within a line", time.Minute, &File{at: position{size: 1, end: Within}, since: now.Add(-time.Hour)}, -1, true},
		{"old, torn", time.Minute, &File{at: position{size: 1, end: Torn}, since: now.Add(-time.Hour)}, -1, true},
	} {
		c.f.opened, c.f.o.MaxTime = &opened{named: true}, c.limit
		if due, old := c.f.Due(now), c.f.old(now); due != c.due || old != c.old {
			t.Errorf("%s: due in %v, old %v; want %v, %v", c.name, due, old, c.due, c.old)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		limit, size int64
		line        int64 // of a line under way
		p           string
		want        int
	}{
		{0, 100, 0, "abc\n", 4},
		{10, 0, 0, "abc\ndef\n", 8},
		{10, 2, 0, "abc\ndef\n", 8},
		{10, 3, 0, "abc\ndef\n", 4},
		{10, 6, 0, "abc\ndef\n", 4},
		{10, 7, 0, "abc\ndef\n", 0},
		{10, 10, 0, "abc\n", 0},
		{10, 0, 0, "012345678\nx\n", 10},
		{10, 0, 0, "0123456789\nx\n", 9},
		{10, 1, 0, "0123456789\nx\n", 0},
		{10, 0, 0, "0123456789abc", 9},
		{10, 10, 1, "c\nx\n", 2},
		{10, 10, 3, "no end", 6},
		{10, 10, 5, "no end", 4},
		{10, 9, 9, "no end", 0},
		{10, 100, 0, "a\n", 0},
	} {
		f := &File{opened: &opened{named: true}, at: position{size: c.size, line: c.line}}
		f.o.MaxSize = c.limit
		if c.line > 0 {
			f.at.end = Within
		}
		if got := f.fit([]byte(c.p)); got != c.want {
			t.Errorf("limit %d, size %d, line %d: %q fits by %d, want %d", c.limit, c.size, c.line, c.p, got, c.want)
		}
	}
}

// lister returns a round over the old files of log in a directory.
func lister(t *testing.T, d *place.Dir, k Keep) (*round, []old) {
	t.Helper()
	files, err := list(d, "log", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	kept := &keeper{Keep: k, call: System(), spot: spot{d, "log"}, quit: make(chan struct{}), told: map[string]bool{}}
	kept.size = &(&File{}).size
	kept.tell = func(about string, err error) {
		if err != nil {
			t.Logf("%s: %v", about, err)
		}
	}
	return &round{keeper: kept, now: time.Now(), told: map[string]bool{}}, files
}

func at(i int) string { return rotatedName("log", time.Unix(int64(i), 0)) }

func TestPrune(t *testing.T) {
	for _, c := range []struct {
		k       Keep
		current int64
		want    int
	}{
		{Keep{}, 0, 6},
		{Keep{Files: 6}, 0, 6},
		{Keep{Files: 4}, 0, 4},
		{Keep{Total: 600}, 0, 6},
		{Keep{Total: 599}, 0, 5},
		{Keep{Total: 600}, 1, 5},
		{Keep{Total: 500}, 100, 4},
		{Keep{Total: 50}, 50, 0},
		{Keep{Age: 6*time.Hour + time.Minute}, 0, 6},
		{Keep{Age: 6 * time.Hour}, 0, 5},
		{Keep{Files: 3, Total: 400}, 0, 3},
		{Keep{Files: 3, Age: 90 * time.Minute}, 0, 1},
	} {
		d, dir := stage(t)
		for i := range 6 {
			name := dir + "/" + at(i)
			create(t, name, strings.Repeat("x", 100), 0o600)
			then := time.Now().Add(time.Duration(i-6) * time.Hour)
			if err := os.Chtimes(name, then, then); err != nil {
				t.Fatal(err)
			}
		}
		r, files := lister(t, d, c.k)
		r.size.Store(c.current)
		left := r.prune(files, true)
		there, _ := filepath.Glob(dir + "/log.*")
		if len(left) != c.want || len(there) != c.want {
			t.Errorf("%+v beside %d: %d are left, %d are there; want %d", c.k, c.current, len(left), len(there), c.want)
		}
	}
}

func TestListKnowsWhatIsOurs(t *testing.T) {
	d, dir := stage(t)
	for _, name := range []string{"log", at(1), at(1) + gz, at(2), at(2) + tmp, at(3) + gz, at(4) + tmp,
		"log.other", "log.gz", "log.tmp", "log2.20260101T000000.000000Z"} {
		create(t, dir+"/"+name, "x", 0o600)
	}
	for _, name := range []string{at(5), at(6) + tmp, at(7) + gz} {
		if err := os.Mkdir(dir+"/"+name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("log", dir+"/"+at(8)); err != nil {
		t.Fatal(err)
	}
	_, files := lister(t, d, Keep{})
	var names []string
	for _, f := range files {
		names = append(names, f.names()...)
	}
	if want := []string{at(1), at(1) + gz, at(2), at(3) + gz}; !slices.Equal(names, want) {
		t.Errorf("the rotated files are %q, want %q", names, want)
	}
	for name, want := range map[string]bool{at(1): true, at(2) + tmp: false, at(4) + tmp: false, "log.tmp": true, at(6) + tmp: true, at(8): true} {
		if _, err := os.Lstat(dir + "/" + name); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

// atOnce is for a Close that waits for nothing.
func atOnce() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
