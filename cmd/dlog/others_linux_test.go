package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dmon/logpipe"
)

//check:need logrotate logrotate

// allLines are the lines of all files in dir, compressed or not, whole ones only.
func allLines(t *testing.T, dir string) map[string]int {
	t.Helper()
	names, err := filepath.Glob(dir + "/log*")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for _, name := range names {
		text := content(name)
		if strings.HasSuffix(name, ".gz") {
			text = gunzip(t, name)
		}
		if strings.Contains(text, "\x00") {
			t.Errorf("%s holds NULs", name)
		}
		for line := range strings.SplitAfterSeq(text, "\n") {
			lines[line]++
		}
	}
	return lines
}

// checkAll expects the numbered lines from 0 to count, behind prefix, and none
// but whole ones with one of prefixes.
func checkAll(t *testing.T, lines map[string]int, prefix string, count int) {
	t.Helper()
	missing, first := 0, -1
	for i := range count {
		line := prefix + number(i)
		if lines[line] == 0 {
			if missing++; first < 0 {
				first = i
			}
		}
		delete(lines, line)
	}
	if missing > 0 {
		t.Errorf("%d of %d lines of %q are missing, the first is %d", missing, count, prefix, first)
	}
}

func checkNothingElse(t *testing.T, lines map[string]int) {
	t.Helper()
	delete(lines, "")
	for line := range lines {
		t.Errorf("a line that nobody wrote: %q", line)
	}
}

// Others rotate in their ways under a steady writer, five times each.
func TestF76OthersRotate(t *testing.T) {
	logrotate := func(words ...string) func(t *testing.T, dir, path string, d *process) {
		return func(t *testing.T, dir, path string, d *process) {
			conf := filepath.Join(t.TempDir(), "conf")
			text := path + " {\nrotate 99\nmissingok\nsu root root\n" + strings.Join(words, "\n") + "\n}\n"
			text = strings.ReplaceAll(text, "PID", fmt.Sprint(d.Process.Pid))
			if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("logrotate", "-f", "-s", dir+"/state", conf).CombinedOutput(); err != nil {
				t.Errorf("logrotate: %v: %s", err, out)
			}
		}
	}
	hup := "postrotate\nkill -HUP PID\nendscript"
	n := 0
	for name, rotate := range map[string]func(t *testing.T, dir, path string, d *process){
		"create":         logrotate("create", "compress"),
		"create and hup": logrotate("create", "compress", hup),
		"nocreate":       logrotate("nocreate", "compress"),
		"delayed":        logrotate("create", "compress", "delaycompress", hup),
		"mv": func(t *testing.T, dir, path string, d *process) {
			n++
			_ = os.Rename(path, fmt.Sprintf("%s.%d", path, n))
		},
		"gzip": func(t *testing.T, dir, path string, d *process) {
			n++
			to := fmt.Sprintf("%s.%d", path, n)
			if os.Rename(path, to) == nil {
				if out, err := exec.Command("gzip", "-1", to).CombinedOutput(); err != nil {
					t.Errorf("gzip: %v: %s", err, out)
				}
			}
		},
	} {
		for _, args := range [][]string{{"-b"}, {}} {
			t.Run(strings.Join(append([]string{name}, args...), " "), func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "log")
				p := newPipe(t)
				d := startDlog(t, p, append(args, path)...)
				stop, fed := make(chan struct{}), make(chan int)
				go func() { fed <- feedUntil(t, p, stop) }()
				for range 5 {
					eventually(t, "there are lines", func() bool { return content(path) != "" })
					rotate(t, dir, path, d)
				}
				close(stop)
				count := <-fed
				closeWrite(t, p)
				d.wantStatus(t, 0)
				lines := allLines(t, dir)
				checkAll(t, lines, "", count)
				checkNothingElse(t, lines)
			})
		}
	}
}

// A file that is removed takes with it what was in it, and nothing else.
func TestF76Removed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := startDlog(t, p, path)
	stop, fed := make(chan struct{}), make(chan int)
	go func() { fed <- feedUntil(t, p, stop) }()
	lines := map[string]int{}
	for range 10 {
		eventually(t, "there are lines", func() bool { return content(path) != "" })
		// The other name shows what is in it to the last.
		if err := os.Link(path, path+".seen"); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitAfterSeq(content(path+".seen"), "\n") {
			lines[line]++
		}
		if err := os.Remove(path + ".seen"); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	count := <-fed
	closeWrite(t, p)
	d.wantStatus(t, 0)
	for line := range strings.SplitAfterSeq(content(path), "\n") {
		lines[line]++
	}
	checkAll(t, lines, "", count)
}

// Several append to one FILE, and some of them rotate and compress it.
func TestF75SeveralOnOneFile(t *testing.T) {
	for name, each := range map[string][][]string{
		"one rotates":     {{"-b", "-s", "100k", "-m", "0", "-z"}, {"-b"}},
		"two rotate":      {{"-b", "-s", "60k", "-m", "0"}, {"-b", "-s", "90k", "-m", "0", "-z"}, {"-b"}},
		"all compress":    {{"-b", "-s", "50k", "-m", "0", "-z"}, {"-b", "-s", "50k", "-m", "0", "-z"}, {"-b", "-s", "50k", "-m", "0", "-z"}},
		"with their time": {{"-s", "100k", "-m", "0", "-z"}, {"-s", "100k", "-m", "0", "-z"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "log")
			var counts []int
			stop, fed := make(chan struct{}), make([]chan int, len(each))
			var all []*process
			var pipes []*logpipe.Pipe
			for i, args := range each {
				p := newPipe(t)
				pipes = append(pipes, p)
				all = append(all, startDlog(t, p, append(args, "-p", fmt.Sprintf("%c ", 'A'+i), path)...))
				fed[i] = make(chan int, 1)
				go func() { fed[i] <- feedUntil(t, p, stop) }()
			}
			eventually(t, "there are a dozen old files", func() bool { return len(rotatedFiles(t, path)) > 12 })
			close(stop)
			for i, d := range all {
				counts = append(counts, <-fed[i])
				closeWrite(t, pipes[i])
				d.wantStatus(t, 0)
			}
			lines := allLines(t, dir)
			for i := range each {
				checkAll(t, lines, fmt.Sprintf("%c ", 'A'+i), counts[i])
			}
			checkNothingElse(t, lines)
		})
	}
}

// The name is taken by a directory: lines go on into the file that had it, and
// nothing spins.
func TestF81NameTakenByADirectory(t *testing.T) {
	for _, args := range [][]string{{"-s", "1k", "-m", "0"}, {"-T", "1ms", "-m", "0"}, {}} {
		path := filepath.Join(t.TempDir(), "log")
		p := newPipe(t)
		d := startDlog(t, p, append(args, path)...)
		put(t, p, number(0))
		// It may be in an old file already.
		eventually(t, "it is taken", func() bool { return drained(t, p) })
		n := 0
		eventually(t, "there is a directory of that name", func() bool {
			// It may just be rotated, or there may be a new one already.
			if os.Rename(path, fmt.Sprintf("%s.old%d", path, n)) == nil {
				n++
			}
			return os.Mkdir(path, 0o700) == nil
		})
		d.signal(t, syscall.SIGHUP)
		for i := range 200 {
			put(t, p, number(i+1))
		}
		eventually(t, "all is taken", func() bool { return drained(t, p) })
		// Not what a rotation at just the wrong moment may have put in its place.
		_ = syscall.Rmdir(path)
		eventually(t, "the name is used again", func() bool {
			put(t, p, "again\n")
			return strings.HasSuffix(content(path), "again\n")
		})
		d.term(t)
		lines := map[string]int{}
		for _, name := range append(rotatedFiles(t, path), path) {
			for line := range strings.SplitAfterSeq(content(name), "\n") {
				lines[line]++
			}
		}
		checkAll(t, lines, "", 201)
		if t.Failed() {
			for _, name := range append(rotatedFiles(t, path), path) {
				t.Logf("%v: %s holds %.300q", args, name, content(name))
			}
			t.Logf("it said %q", d.errors.String())
		}
		if used := d.ProcessState.UserTime() + d.ProcessState.SystemTime(); used.Seconds() > 0.7 {
			t.Errorf("%v: it used the processor for %v", args, used)
		}
	}
}
