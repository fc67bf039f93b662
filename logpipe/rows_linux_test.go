package logpipe

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pieces is a sink that keeps each Write.
type pieces struct{ got []string }

func (s *pieces) Due() time.Duration { return -1 }
func (s *pieces) Attend() error      { return nil }
func (s *pieces) Sync() (int, error) { return 0, nil }

func (s *pieces) Write(p []byte) (int, error) {
	s.got = append(s.got, string(p))
	return len(p), nil
}

// A last line without newline goes alone, so that a successor knows it.
func TestCopyGivesTheLastLineAlone(t *testing.T) {
	in, out := &endless{text: []byte("one\ntwo\nlast")}, &pieces{}
	c := &copier{in: in, out: out, f: &Format{}, now: time.Now}
	if err := c.last(in.text); err != nil || strings.Join(out.got, "|") != "one\ntwo\n|last|\n" {
		t.Errorf("%v, %q", err, out.got)
	}
}

// A piece of a line that is too long does not end within a character.
func TestCopyDividesBetweenCharacters(t *testing.T) {
	w := &world{pipe: []byte("äöü\n"), full: true, steps: []byte{0, 3, 0, 0, 0, 3}}
	in, out := &fakeSource{world: w}, &pieces{}
	c := &copier{in: in, out: out, f: &Format{}, now: func() time.Time { return noon }}
	if err := c.run(); err != nil || out.got[0] != "ä" {
		t.Errorf("%v, %q", err, out.got)
	}
}

// The third wait is as bounded as the first: nothing tells of a writer that has
// to wait in the middle of its write.
func TestWriterBlockedAfterSomeWaits(t *testing.T) {
	p := newPipe(t)
	in, err := Open(p.r, newPipe(t).r, nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, p, "begin")
	expect(t, in, "begin", nil)
	expect(t, in, "", ErrTimeout) // the edge is used up
	go func() {
		// It is in a later wait by then, or the test shows less than it could.
		<-time.After(10 * pauseFirst)
		_, _ = unix.Write(p.w, bytes.Repeat([]byte("x"), 2*lineMax))
	}()
	if b, full, err := in.Next(patience); err != nil || len(b) <= len("begin") {
		t.Errorf("%d bytes, full %v, %v", len(b), full, err)
	}
	_ = p.Close() // which ends the write
}

// The last write may have been up to three seconds after the time in its stamp.
func TestTailOfSomeSecondsAgo(t *testing.T) {
	f := &Format{Stamp: StampDmon}
	f.At(noon)
	const cut = "2026-11-20/11:59:5"
	for ago, want := range []string{1: "9 one\n", 2: "9 one\n", 3: "9 one\n", 4: "\n"} {
		last := noon.Add(time.Duration(ago-1) * time.Second)
		if got := string(TailOf([]byte(cut), last).complete(f, []byte("one\n"))); ago > 0 && got != want {
			t.Errorf("last written %d s after it, %q gets %q", ago, cut, got)
		}
	}
}

// A line longer than a batch makes the buffer grow once, to its largest size.
func TestReaderGrowsOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "long")
	if err := os.WriteFile(name, bytes.Repeat([]byte("x"), 3*batch), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := &reader{fd: int(f.Fd()), wake: newPipe(t).r, limit: batch}
	var sizes []int
	for {
		p, _, err := in.Next(patience)
		if sizes = append(sizes, cap(in.buf)); err == io.EOF {
			if len(p) != 3*batch || slices.Max(sizes) != lineMax+batch {
				t.Errorf("%d bytes in buffers of %v", len(p), sizes)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A socket that takes only short messages gets short ones.
func TestSyslogMessageTooLongForTheSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, path)
	s := NewSyslog(path, "tag", 0, FacilityUser)
	defer s.Close()
	if _, err := s.Send([]byte("first\n")); err != nil {
		t.Fatal(err)
	}
	receive(t, daemon)
	if err := unix.SetsockoptInt(s.FD(), unix.SOL_SOCKET, unix.SO_SNDBUF, 1); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("x", 7000)
	got := ""
	for sent := 0; sent < len(text); {
		n, err := s.Send([]byte(text[sent:]))
		if err != nil && err != ErrFull {
			t.Fatal(err)
		}
		if n == 0 {
			t.Fatalf("nothing was sent after %d bytes", sent)
		}
		sent += n
		for left := n; left > 0; {
			_, part, _ := strings.Cut(receive(t, daemon), ": ")
			got += part
			left -= len(part)
		}
	}
	if got != text || s.limit >= len(text) {
		t.Errorf("%d bytes came, at most %d in a message", len(got), s.limit)
	}
}

// steady is a source that never runs dry, and a sink that takes all.
type steady struct {
	lines []byte
	left  int
}

func (s *steady) Held() int { return 0 }
func (s *steady) Slow()     {}
func (s *steady) Take(int) error {
	s.left--
	return nil
}

func (s *steady) Next(time.Duration) ([]byte, bool, error) {
	if s.left == 0 {
		return nil, true, io.EOF
	}
	return s.lines, false, nil
}

func (s *steady) Due() time.Duration          { return -1 }
func (s *steady) Attend() error               { return nil }
func (s *steady) Sync() (int, error)          { return 0, nil }
func (s *steady) Write(p []byte) (int, error) { return len(p), nil }

// The sinks collect no garbage, so that there must be none.
func TestCopyMakesNoGarbage(t *testing.T) {
	both := &steady{lines: bytes.Repeat([]byte("a line as they come\n"), 100)}
	for s := NoStamp; s <= StampUnix; s++ {
		c := &copier{in: both, out: both, f: &Format{Stamp: s, Prefix: "p "}, now: time.Now, buf: make([]byte, 0, outSize)}
		run := func() {
			both.left = 100
			if err := c.run(); err != nil {
				t.Fatal(err)
			}
		}
		// A stamp is made once for a batch; that of Unix time needs a string.
		if n := testing.AllocsPerRun(10, run); n > 0 && s != StampUnix || n > 100 {
			t.Errorf("stamp %d: %v allocations for 100 batches", s, n)
		}
	}
}

// Looking into a pipe and taking from it makes none either.
func TestPeekMakesNoGarbage(t *testing.T) {
	p := newPipe(t)
	in, err := Open(p.r, newPipe(t).r, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 100)
	own := testing.AllocsPerRun(100, func() { // what the test makes itself, more of it under the race detector
		put(t, p, "a line\n")
		if _, err := unix.Read(p.r, text); err != nil {
			t.Fatal(err)
		}
	})
	n := testing.AllocsPerRun(100, func() {
		put(t, p, "a line\n")
		if b, _, err := in.Next(patience); err != nil || in.Take(len(b)) != nil {
			t.Fatal(err)
		}
	})
	if n > own {
		t.Errorf("%v allocations for a line", n-own)
	}
}

func BenchmarkCopy(b *testing.B) {
	for _, f := range []Format{{}, {Stamp: StampDmon}, {Stamp: StampISO, Prefix: "p "}} {
		b.Run(strings.Join(append([]string{"plain"}, StampNames()...)[f.Stamp:f.Stamp+1], ""), func(b *testing.B) {
			both := &steady{lines: bytes.Repeat([]byte("a line as they come, of 48 bytes or about that.\n"), 1000)}
			b.SetBytes(int64(len(both.lines)))
			both.left = b.N
			if err := Copy(both, both, &f); err != nil {
				b.Fatal(err)
			}
		})
	}
}
