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

// storm starts one dlog after another on p and ends each with sig after a
// random time of at most 30 ms, until stop says that it is enough. The last
// one reads to the end. It returns how many were ended.
func storm(t *testing.T, p *logpipe.Pipe, sig syscall.Signal, done <-chan error, args ...string) (ended int) {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(sig), 1))
	path := binary(t)
	for fed := false; !fed; ended++ {
		d := start(t, exec.Command(path, args...), p)
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			fed = true
		case <-time.After(time.Duration(2+random.IntN(28)) * time.Millisecond):
		}
		d.signal(t, sig)
		status := d.status(t)
		// A signal that comes before it is caught ends a process as well.
		if status != 0 && status != 128+int(sig) {
			t.Fatalf("exit status %d; it said %q", status, d.errors.String())
		}
	}
	closeWrite(t, p)
	d := start(t, exec.Command(path, args...), p)
	d.wantStatus(t, 0)
	return ended
}

func TestF35TermStorm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	p := newPipe(t)
	const count = 400_000
	ended := storm(t, p, syscall.SIGTERM, feed(p, count), "-b", path)
	if n := checkNumbered(t, everything(t, path), count); n > 0 {
		t.Errorf("%d lines came twice after %d stops", n, ended)
	}
}

func TestF36KillStorm(t *testing.T) {
	for _, args := range [][]string{{"-b"}, {"-b", "-t"}} {
		path := filepath.Join(t.TempDir(), "log")
		p := newPipe(t)
		const count = 300_000
		ended := storm(t, p, syscall.SIGKILL, feed(p, count), append(args, path)...)
		text := everything(t, path)
		if len(args) > 1 {
			text = unstamped(t, text)
		}
		t.Logf("%d kills, %d lines repeated", ended, checkNumbered(t, text, count))
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

func TestCannotOpen(t *testing.T) {
	p := newPipe(t)
	d := startDlog(t, p, filepath.Join(t.TempDir(), "no", "log"))
	d.wantStatus(t, 125)
	if said := d.errors.String(); !strings.HasSuffix(said, "/no/log: no such file or directory\n") {
		t.Errorf("it said %q", said)
	}
}
