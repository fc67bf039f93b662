package condition

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	do(t, os.WriteFile(path, []byte(text), 0o644))
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A file that is too large to be read at each look.
func TestLargeContents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	write(t, path, "one")
	do(t, os.Truncate(path, small+9))
	c := &Contents{Path: path}
	do(t, c.Begin())
	c.Fill()
	changes := func(what, want string) {
		t.Helper()
		if want != "" {
			want = path + want
		}
		if got, _ := c.Changed(time.Now()); got != want {
			t.Errorf("%s: %q", what, got)
		}
		if got, _ := c.Changed(time.Now()); got != "" {
			t.Errorf("%s: told twice: %s", what, got)
		}
	}
	touch := func() { do(t, os.Chtimes(path, time.Now(), time.Now().Add(-time.Hour))) }
	changes("nothing", "")
	touch()
	changes("touch", "")
	write(t, path, "two")
	do(t, os.Truncate(path, small+9))
	changes("other contents", " has changed")
	if !c.Pending() {
		t.Error("nothing is to be read")
	}
	do(t, os.Chmod(path, 0o600))
	changes("other rights, while it is not known", "")
	c.Fill()
	touch()
	changes("touch again", "")
	do(t, os.Truncate(path, whole+9))
	changes("larger", " has changed")
	c.Fill()
	do(t, os.Chmod(path, 0o644))
	changes("other rights", "")
}

// What changes between the start and the first reading was not there at the start.
func TestContentsChangeBeforeTheyAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "one")
	c := &Contents{Path: path}
	do(t, c.Begin())
	write(t, path, "two")
	c.Fill()
	if got, _ := c.Changed(time.Now()); got != path+" has changed" {
		t.Errorf("told %q", got)
	}
}

// What cannot be read is known at the start, or else kept apart.
func TestContentsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	do(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for _, path := range []string{"loop", "/proc/self/mem/x/" + string(make([]byte, 1))} {
		if err := (&Contents{Path: filepath.Join(dir, path)}).Begin(); err == nil {
			t.Errorf("%q: no error", path)
		}
	}
	write(t, filepath.Join(dir, "file"), "")
	c := &Contents{Path: filepath.Join(dir, "file", "below")}
	if err := c.Begin(); err != nil || c.There() {
		t.Errorf("below a file: %v", err)
	}
}

func TestQuiet(t *testing.T) {
	var q Quiet
	if due := q.Due(); !due.IsZero() {
		t.Error("due without a reason")
	}
	start := time.Unix(1_000_000_000, 0)
	for n := range 100 { // each 100 ms for ten seconds
		now := start.Add(time.Duration(n) * 100 * time.Millisecond)
		q.Moved(now)
		want := min(time.Duration(n)*100*time.Millisecond+quietFor, latest)
		if due := q.Due(); due.Sub(start) != want {
			t.Fatalf("after %d: due after %v, want %v", n, due.Sub(start), want)
		}
	}
	q.Looked()
	if due := q.Due(); !due.IsZero() {
		t.Error("due after the look")
	}
}

// One bit more or less, and wherever it is, is another number.
func TestPrints(t *testing.T) {
	seen := map[uint64]string{}
	text := make([]byte, 100)
	for n := range text {
		for bit := range 8 {
			other := bytes.Clone(text[:n+1])
			other[n] = 1 << bit
			for _, all := range [][]byte{text[:n], other, append(bytes.Clone(other), 0)} {
				h := empty
				print, err := h.read(make([]byte, 16), bytes.NewReader(all))
				if was, ok := seen[print]; err != nil || ok && was != string(all) {
					t.Fatalf("%x and %x are both %x, %v", was, all, print, err)
				}
				seen[print] = string(all)
			}
		}
	}
}
