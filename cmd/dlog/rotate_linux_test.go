package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestF46RotationStorm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := start(t, exec.Command(binary(t), "-b", "-s", "1m", "-m", "0", path), p)
	const count = 300
	for i := range count {
		put(t, p, fmt.Sprintf("%03d%s\n", i, strings.Repeat("x", 1<<20)))
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	files := append(rotatedFiles(t, path), path)
	if len(files) != count {
		t.Fatalf("%d files, want %d", len(files), count)
	}
	for i, name := range files {
		info, err := os.Stat(name)
		if err != nil || info.Size() != 1<<20+4 || !strings.HasPrefix(head(t, name), fmt.Sprintf("%03d", i)) {
			t.Fatalf("file %d, %s, is not line %d alone: %v %v", i, name, i, info, err)
		}
	}
}

func head(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 10)
	if _, err := io.ReadFull(f, b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRotationBySize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := start(t, exec.Command(binary(t), "-s", "10k", "-m", "0", path), p)
	fed := feed(p, 2000)
	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	checkNumbered(t, everything(t, path), 2000)
	files := rotatedFiles(t, path)
	if len(files) < 10 {
		t.Fatalf("only %d files", len(files))
	}
	for _, name := range files {
		if size := len(content(name)); size > 10<<10 || size < 10<<10-200 {
			t.Errorf("%s has %d bytes, the limit is %d", name, size, 10<<10)
		}
	}
}

func TestRotationKeepsSoMany(t *testing.T) {
	cases := []struct {
		args []string
		want int
	}{
		{[]string{"-s", "10k"}, keptFiles},
		{[]string{"-s", "10k", "-m", "3"}, 3},
		{[]string{"-s", "10k", "-m", "3", "-z"}, 3},
		{[]string{"-s", "10k", "-m", "0", "--max-total", "45k"}, 3},
	}
	for _, c := range cases {
		path := filepath.Join(t.TempDir(), "log")
		p := newPipe(t)
		d := start(t, exec.Command(binary(t), append(c.args, path)...), p)
		if err := <-feed(p, 2000); err != nil {
			t.Fatal(err)
		}
		closeWrite(t, p)
		d.wantStatus(t, 0)
		files := rotatedFiles(t, path)
		if len(files) != c.want {
			t.Errorf("%q kept %d files, want %d", c.args, len(files), c.want)
		}
		for _, name := range files {
			if slices.Contains(c.args, "-z") != strings.HasSuffix(name, gz) {
				t.Errorf("%q made %s", c.args, name)
			}
		}
	}
}

func TestFilesOfAnEarlierRunAreNotRemovedWithoutRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for i := range 15 {
		name := rotatedName(path, time.Unix(int64(i), 0))
		if err := os.WriteFile(name, []byte("old\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := newPipe(t)
	d := startDlog(t, p, path)
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if n := len(rotatedFiles(t, path)); n != 15 {
		t.Errorf("%d files of 15 are left", n)
	}
}

func TestAlarmRotates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("old\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	p := newPipe(t)
	d := startDlog(t, p, path)
	put(t, p, "one\n")
	waitContent(t, path, "old\none\n")
	d.signal(t, syscall.SIGALRM)
	waitContent(t, path, "")
	put(t, p, "two\n")
	waitContent(t, path, "two\n")
	d.term(t)
	files := rotatedFiles(t, path)
	if len(files) != 1 || content(files[0]) != "old\none\n" {
		t.Fatalf("rotated files %q", files)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the new file has mode %v, %v; the old one had 0640", info.Mode(), err)
	}
}

func TestAnEmptyFileIsNotRotated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	out, err := openOutput(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{out: out, keeper: &keeper{}, rotate: true}
	s.rotateIfOld(time.Now())
	if n := len(rotatedFiles(t, path)); n != 0 || s.rotate {
		t.Errorf("%d rotated files, and the request is still there: %v", n, s.rotate)
	}
	s.out.close()
}

func TestRotationByTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := startDlog(t, p, "-T", "200ms", path)
	put(t, p, "one\n")
	// The time comes without another line.
	eventually(t, "the file is rotated", func() bool {
		files := rotatedFiles(t, path)
		return len(files) == 1 && content(files[0]) == "one\n" && content(path) == ""
	})
	put(t, p, "two\n")
	eventually(t, "the file is rotated again", func() bool {
		files := rotatedFiles(t, path)
		return len(files) == 2 && content(files[1]) == "two\n"
	})
	d.term(t)
}

func TestRotationThroughASymbolicLink(t *testing.T) {
	dir := t.TempDir()
	link, real := filepath.Join(dir, "link"), filepath.Join(dir, "real")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	p := newPipe(t)
	d := startDlog(t, p, "-s", "1k", link)
	if err := <-feed(p, 100); err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	if to, err := os.Readlink(link); err != nil || to != real {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	checkNumbered(t, everything(t, real), 100)
	if n := len(rotatedFiles(t, real)); n == 0 {
		t.Error("nothing was rotated")
	}
}

// unzipped is what the rotated files of path and path itself hold, compressed
// or not.
func unzipped(t *testing.T, path string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range append(rotatedFiles(t, path), path) {
		if !strings.HasSuffix(name, gz) {
			all.WriteString(content(name))
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err == nil {
			_, err = io.Copy(&all, z)
		}
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all.String()
}

func TestF47KillWhileRotatingAndCompressing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	p := newPipe(t)
	const count, killed = 100_000, 200
	done := feed(p, count)
	random := rand.New(rand.NewPCG(47, 1))
	args := []string{"-b", "-s", "60k", "-m", "0", "-z", path}
	for range killed {
		d := start(t, exec.Command(binary(t), args...), p)
		select {
		case <-d.done:
			t.Fatalf("it ended: %s", d.errors.String())
		case <-time.After(time.Duration(1+random.IntN(12)) * time.Millisecond):
		}
		d.signal(t, syscall.SIGKILL)
		d.status(t)
	}
	d := start(t, exec.Command(binary(t), args...), p)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	t.Logf("%d lines repeated", checkNumbered(t, unzipped(t, path), count))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := rotatedTime("log", e.Name()); e.Name() != "log" && (!ok || !strings.HasSuffix(e.Name(), gz)) {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

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
