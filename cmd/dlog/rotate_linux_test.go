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
		put(t, p, fmt.Sprintf("%03d%s\n", i, strings.Repeat("x", 1<<20-4)))
	}
	closeWrite(t, p)
	d.wantStatus(t, 0)
	files := append(rotatedFiles(t, path), path)
	if len(files) != count {
		t.Fatalf("%d files, want %d", len(files), count)
	}
	for i, name := range files {
		info, err := os.Stat(name)
		if err != nil || info.Size() != 1<<20 || !strings.HasPrefix(head(t, name), fmt.Sprintf("%03d", i)) {
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
		{[]string{"-s", "10k"}, 10},
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
			if slices.Contains(c.args, "-z") != strings.HasSuffix(name, ".gz") {
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
		if !strings.HasSuffix(name, ".gz") {
			all.WriteString(content(name))
			continue
		}
		all.WriteString(gunzip(t, name))
	}
	return all.String()
}

// gunzip is what the compressed file name holds.
func gunzip(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all strings.Builder
	z, err := gzip.NewReader(f)
	if err == nil {
		_, err = io.Copy(&all, z)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
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
		if ok := rotatedPattern.MatchString(e.Name()); e.Name() != "log" && (!ok || !strings.HasSuffix(e.Name(), ".gz")) {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}
