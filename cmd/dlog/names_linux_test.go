package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestF49NamesAreOrderedWhateverTheClockDoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	start := time.Date(2026, 10, 25, 0, 59, 59, 0, time.UTC)
	clock := []time.Duration{
		0, 0, 0, // three within a microsecond
		time.Second, -time.Hour, -time.Hour, // stepped back
		24 * time.Hour, 24*time.Hour + time.Nanosecond, -24 * 365 * time.Hour,
	}
	k := &keeper{}
	for i, d := range clock {
		if i == 5 {
			k = &keeper{} // a new process knows the names from the directory
		}
		if err := os.WriteFile(path, []byte{byte('a' + i)}, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := k.moveAway(path, start.Add(d)); err != nil {
			t.Fatal(err)
		}
	}
	if got := everything(t, path); got != "abcdefghi" {
		t.Errorf("in the order of their names the files are %q", got)
	}
	for _, name := range rotatedFiles(t, path) {
		if _, ok := rotatedTime("log", filepath.Base(name)); !ok {
			t.Errorf("%s is not known as a rotated file", name)
		}
	}
}

func TestF49ATakenNameIsNeverReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	now := time.Now()
	k := &keeper{path: path, last: now.Add(-time.Hour)}
	taken := rotatedName(path, now.Truncate(time.Microsecond))
	for name, text := range map[string]string{taken: "somebody's", path: "ours"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.moveAway(path, now); err != nil {
		t.Fatal(err)
	}
	if got := everything(t, path); got != "somebody'sours" {
		t.Errorf("the files are %q", got)
	}
}

func TestF49IntervalsDoNotFollowTheWallClock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for _, before := range []string{"", "old\n"} {
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := openOutput(path)
		if err != nil {
			t.Fatal(err)
		}
		defer o.close()
		// Times that carry the monotonic clock say so when they are printed.
		if !strings.Contains(o.since.String(), "m=") {
			t.Errorf("the age of a file of %d bytes is told by the wall clock: %v", o.size, o.since)
		}
	}
}

func TestDue(t *testing.T) {
	now := time.Now()
	cases := []struct {
		name string
		r    rules
		o    output
		due  time.Duration
		old  bool
	}{
		{"no limit", rules{}, output{regular: true, size: 1, since: now.Add(-time.Hour)}, -1, false},
		{"empty", rules{maxTime: time.Minute}, output{regular: true, since: now.Add(-time.Hour)}, -1, false},
		{"young", rules{maxTime: time.Minute}, output{regular: true, size: 1, since: now.Add(-50 * time.Second)}, 10 * time.Second, false},
		{"old", rules{maxTime: time.Minute}, output{regular: true, size: 1, since: now.Add(-time.Minute)}, 0, true},
		{"old, but it just failed", rules{maxTime: time.Minute, after: now.Add(time.Second)},
			output{regular: true, size: 1, since: now.Add(-time.Hour)}, time.Second, false},
		{"no file", rules{maxTime: time.Minute}, output{size: 1, since: now.Add(-time.Hour)}, -1, false},
	}
	for _, c := range cases {
		if due, old := c.r.due(&c.o, now), c.r.old(&c.o, now); due != c.due || old != c.old {
			t.Errorf("%s: due in %v, old %v; want %v, %v", c.name, due, old, c.due, c.old)
		}
	}
}

func TestFit(t *testing.T) {
	cases := []struct {
		limit, size int64
		middle      bool
		p           string
		want        int
	}{
		{0, 100, false, "abc\n", 4},
		{10, 0, false, "abc\ndef\n", 8},
		{10, 2, false, "abc\ndef\n", 8},
		{10, 3, false, "abc\ndef\n", 4},
		{10, 6, false, "abc\ndef\n", 4},
		{10, 7, false, "abc\ndef\n", 0},
		{10, 10, false, "abc\n", 0},
		{10, 0, false, "0123456789\nx\n", 11},
		{10, 1, false, "0123456789\nx\n", 0},
		{10, 0, false, "0123456789abc", 13},
		{10, 10, true, "c\nx\n", 2},
		{10, 10, true, "no end", 6},
		{10, 100, false, "a\n", 0},
	}
	for _, c := range cases {
		s := &sink{rules: rules{maxSize: c.limit}, middle: c.middle, out: &output{regular: true, size: c.size}}
		if got := s.fit([]byte(c.p)); got != c.want {
			t.Errorf("limit %d, size %d, middle %v: %q fits by %d, want %d", c.limit, c.size, c.middle, c.p, got, c.want)
		}
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	var files []rotated
	for i := range 6 {
		name := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, rotated{path: name, name: name, size: 100, modified: now.Add(time.Duration(i-6) * time.Hour)})
	}
	cases := []struct {
		k    keeper
		want int
	}{
		{keeper{}, 6},
		{keeper{files: 6}, 6},
		{keeper{total: 600}, 6},
		{keeper{age: 6*time.Hour + time.Second}, 6},
		{keeper{age: 6 * time.Hour}, 5},
		{keeper{total: 599}, 5},
		{keeper{total: 500, reserve: 100}, 4},
		{keeper{files: 3, total: 400}, 3},
		{keeper{files: 3, age: 90 * time.Minute}, 1},
		{keeper{total: 50, reserve: 50}, 0},
	}
	for _, c := range cases {
		left, err := c.k.prune(files, now)
		if err != nil || len(left) != c.want {
			t.Errorf("files %d, total %d, age %v: %d are left, %v; want %d", c.k.files, c.k.total, c.k.age, len(left), err, c.want)
		}
	}
}

func TestListFinishesWhatWasBegun(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	at := func(i int) string { return rotatedName(path, time.Unix(int64(i), 0)) }
	for _, name := range []string{path, at(1), at(1) + gz, at(2), at(2) + tmp, at(3) + gz, at(4) + tmp,
		path + ".other", path + ".gz", path + ".tmp", dir + "/log2.20260101T000000.000000Z"} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := list(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	if want := []string{at(1) + gz, at(2), at(3) + gz}; !slices.Equal(names, want) {
		t.Errorf("the rotated files are %q, want %q", names, want)
	}
	for name, want := range map[string]bool{at(1): false, at(2) + tmp: false, at(4) + tmp: false, path + ".tmp": true, path: true} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func TestCompressionKeepsTimeAndMode(t *testing.T) {
	for _, named := range []bool{false, true} {
		name := filepath.Join(t.TempDir(), "log.20260101T000000.000000Z")
		text := strings.Repeat("some text\n", 50_000)
		if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		then := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		if err := os.Chtimes(name, then, then); err != nil {
			t.Fatal(err)
		}
		k := &keeper{quit: make(chan struct{}), sync: true, named: named}
		if err := k.squeeze(name); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name + gz)
		if err != nil || info.Mode().Perm() != 0o640 || !info.ModTime().Equal(then) {
			t.Errorf("the result is %v, %v", info, err)
		}
		if got := unzipped(t, strings.TrimSuffix(name, ".20260101T000000.000000Z")); got != text {
			t.Errorf("%d bytes became %d", len(text), len(got))
		}
		if _, err := os.Stat(name); err == nil {
			t.Error("the source is still there")
		}
	}
}
