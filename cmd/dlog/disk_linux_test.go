package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Two writers and a disk that is full again and again: no line is welded to
// another, and none is missing.
func TestF83TwoWritersOnAFullDisk(t *testing.T) {
	t.Parallel()
	p, q := newPipe(t), newPipe(t)
	d := startOnDisk(t, p, "-b", "-p", "A ")
	mount, err := os.Readlink(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	e := start(t, exec.Command(binary(t), "-b", "-p", "B ", fmt.Sprintf("/proc/%d/root%s/log", d.Process.Pid, mount)), q)
	const count = 4000
	a, b := feed(p, count), feed(q, count)
	for range 4 {
		d.fill(t)
		for i, x := range []*process{d.process, e} {
			said := strings.Count(x.errors.String(), "trying again")
			eventually(t, "it is full", func() bool {
				return strings.Count(x.errors.String(), "trying again") > said || len([]<-chan error{a, b}[i]) > 0
			})
		}
		d.free(t)
	}
	for _, fed := range []<-chan error{a, b} {
		if err := <-fed; err != nil {
			t.Fatal(err)
		}
	}
	closeWrite(t, p)
	closeWrite(t, q)
	d.wantStatus(t, 0)
	e.wantStatus(t, 0)
	lines := map[string]int{}
	for line := range strings.SplitAfterSeq(content(d.path("log")), "\n") {
		lines[line]++
	}
	checkAll(t, lines, "A ", count)
	checkAll(t, lines, "B ", count)
	checkNothingElse(t, lines)
}

// du is what the files of path hold. FILE comes first, so that nothing counts
// twice that moves meanwhile.
func du(path string) (total int64) {
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if info, err := os.Lstat(filepath.Join(filepath.Dir(path), e.Name())); err == nil {
			total += info.Size()
		}
	}
	return total
}

// Never more than the total, and no less than what fits.
func TestF84NeverMoreThanTheTotal(t *testing.T) {
	for _, c := range []struct {
		args  []string
		total int64
		// Of that is used in the end. With -z it may be little: what is compressed
		// last was plain, and counted so, when older files had to go for it.
		least int64
	}{
		{[]string{"-s", "10k", "--max-total", "100k"}, 100 << 10, 80 << 10},
		{[]string{"-s", "60k", "--max-total", "100k"}, 100 << 10, 70 << 10},
		{[]string{"-s", "200m", "--max-total", "100k"}, 100 << 10, 70 << 10},
		{[]string{"-s", "100k", "--max-total", "100k"}, 100 << 10, 70 << 10},
		{[]string{"-T", "1d", "--max-total", "100k"}, 100 << 10, 70 << 10},
		{[]string{"-T", "10ms", "--max-total", "100k"}, 100 << 10, 50 << 10},
		{[]string{"-z", "-s", "10k", "--max-total", "30k"}, 30 << 10, 5 << 10},
		{[]string{"-z", "-s", "200m", "--max-total", "30k"}, 30 << 10, 5 << 10},
		{[]string{"-z", "-T", "1d", "--max-total", "30k"}, 30 << 10, 5 << 10},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			p := newPipe(t)
			d := startDlog(t, p, append(append([]string{"-b", "-m", "0"}, c.args...), path)...)
			fed := feed(p, 8_000)
			most := int64(0)
			eventually(t, "much more was written", func() bool {
				most = max(most, du(path))
				return len(fed) > 0
			})
			if err := <-fed; err != nil {
				t.Fatal(err)
			}
			closeWrite(t, p)
			d.wantStatus(t, 0)
			if most > c.total || du(path) > c.total {
				t.Errorf("at most %d bytes, in the end %d, and %d are allowed", most, du(path), c.total)
			}
			if du(path) < c.least {
				t.Errorf("%d bytes are left of %d", du(path), c.total)
			}
		})
	}
}
