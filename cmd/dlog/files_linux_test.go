package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/logpipe"
)

// kills is how many loggers a storm ends.
const kills = 60

// storm starts one dlog after another on a pipe into which lines come all the
// time, and ends each with sig after at most 30 ms. The last one reads to the
// end. It returns how many lines there were.
func storm(t *testing.T, sig syscall.Signal, args ...string) (count int) {
	t.Helper()
	p := newPipe(t)
	stop, fed := make(chan struct{}), make(chan int)
	go func() { fed <- feedUntil(t, p, stop) }()
	random := rand.New(rand.NewPCG(uint64(sig), 1))
	for range kills {
		d := start(t, exec.Command(binary(t), args...), p)
		select {
		case <-d.done:
		case <-time.After(time.Duration(2+random.IntN(28)) * time.Millisecond):
		}
		d.signal(t, sig)
		// A signal that comes before it is caught ends a process as well.
		if status := d.status(t); status != 0 && status != 128+int(sig) {
			t.Fatalf("exit status %d; it said %q", status, d.errors.String())
		}
	}
	close(stop)
	d := start(t, exec.Command(binary(t), args...), p)
	count = <-fed
	closeWrite(t, p)
	d.wantStatus(t, 0)
	return count
}

// feedUntil writes numbered lines into p, some 100,000 a second in several
// sizes of write, until it is told to stop. It returns how many.
func feedUntil(t *testing.T, p *logpipe.Pipe, stop <-chan struct{}) (count int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		var chunk strings.Builder
		for range 1 + count%200 {
			chunk.WriteString(number(count))
			count++
		}
		if err := write(p, chunk.String()); err != nil {
			t.Error(err)
			return count
		}
		select {
		case <-stop:
			return count
		case <-tick.C:
		}
	}
}

func TestF35TermStorm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	count := storm(t, syscall.SIGTERM, "-b", path)
	if n := checkNumbered(t, everything(t, path), count); n > 0 {
		t.Errorf("%d lines of %d came twice", n, count)
	}
}

func TestF36KillStorm(t *testing.T) {
	for _, args := range [][]string{{"-b"}, {"-b", "-t"}, {"-t"}} {
		path := filepath.Join(t.TempDir(), "log")
		count := storm(t, syscall.SIGKILL, append(args, path)...)
		text := everything(t, path)
		if len(args) > 1 || args[0] == "-t" {
			text = unstamped(t, text)
		}
		t.Logf("%d kills, %d lines, %d repeated", kills, count, checkNumbered(t, text, count))
	}
}

// unstamped removes the dmon stamps of text and expects each line to have one.
func unstamped(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.SplitAfterSeq(text, "\n") {
		if line == "" {
			continue
		}
		stamp, rest, ok := strings.Cut(line, " ")
		if _, err := time.Parse("2006-01-02/15:04:05", stamp); !ok || err != nil {
			t.Fatalf("a line without its stamp: %q", line)
		}
		b.WriteString(rest)
	}
	return b.String()
}

func TestF44RenamedRemovedTruncated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := startDlog(t, p, path)
	put(t, p, "one\n")
	waitContent(t, path, "one\n")

	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	lines := untilThere(t, p, path, "renamed\n")
	if got := content(path + ".old"); got+content(path) != "one\n"+strings.Repeat("renamed\n", lines) {
		t.Errorf("after a rename %d lines became %q and %q", lines, got, content(path))
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	untilThere(t, p, path, "removed\n")

	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	put(t, p, "truncated\n")
	waitContent(t, path, "truncated\n")
	d.term(t)
}

// untilThere writes line after line into p until the file at path exists and
// holds the last one. It returns how many it took.
func untilThere(t *testing.T, p *logpipe.Pipe, path, line string) (count int) {
	t.Helper()
	eventually(t, "the file is opened anew", func() bool {
		put(t, p, line)
		count++
		return strings.HasSuffix(content(path), line)
	})
	eventually(t, "the last line is there", func() bool {
		return strings.Count(content(path), line) > 0 && drained(t, p)
	})
	return count
}

// drained says that nothing is left in p.
func drained(t *testing.T, p *logpipe.Pipe) bool {
	t.Helper()
	n, err := inPipe(p)
	if err != nil {
		t.Fatal(err)
	}
	return n == 0
}

func TestF44HangUpOpensAnew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	d := startDlog(t, p, path)
	put(t, p, "one\n")
	waitContent(t, path, "one\n")
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	d.signal(t, syscall.SIGHUP)
	// Without a line in between: the signal alone makes the new file.
	waitContent(t, path, "")
	eventually(t, "there is a file", func() bool { _, err := os.Stat(path); return err == nil })
	put(t, p, "two\n")
	waitContent(t, path, "two\n")
	d.term(t)
	if got := content(path + ".old"); got != "one\n" {
		t.Errorf("the renamed file holds %q", got)
	}
}

func TestF44DirectoryGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "logs")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "log")
	p := newPipe(t)
	d := startDlog(t, p, path)
	put(t, p, "one\n")
	waitContent(t, path, "one\n")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	d.signal(t, syscall.SIGHUP)
	eventually(t, "it complains", func() bool { return strings.Contains(d.errors.String(), "cannot open "+path) })
	put(t, p, "two\nthree\n")
	eventually(t, "it tries again", func() bool { return strings.Contains(d.errors.String(), "trying again") })
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	waitContent(t, path, "two\nthree\n")
	d.term(t)
	if !strings.HasSuffix(d.errors.String(), "works again\n") {
		t.Errorf("it said %q", d.errors.String())
	}
}

// TestMkdir has directories made at the start, and again when they are removed.
func TestMkdir(t *testing.T) {
	top := t.TempDir()
	path := filepath.Join(top, "a", "b", "log")
	p := newPipe(t)
	d := startDlog(t, p, "--mkdir", path)
	put(t, p, "one\n")
	waitContent(t, path, "one\n")
	if err := os.RemoveAll(filepath.Join(top, "a")); err != nil {
		t.Fatal(err)
	}
	put(t, p, "two\n")
	waitContent(t, path, "two\n")
	d.term(t)
	if said := d.errors.String(); said != "" {
		t.Errorf("it said %q", said)
	}
}

func TestCannotOpen(t *testing.T) {
	p := newPipe(t)
	d := startDlog(t, p, filepath.Join(t.TempDir(), "no", "log"))
	d.wantStatus(t, 125)
	if said := d.errors.String(); !strings.HasSuffix(said, "/no/log: no such file or directory\n"+
		"dlog: --mkdir makes the directory\n") {
		t.Errorf("it said %q", said)
	}
}
