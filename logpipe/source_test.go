package logpipe

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience bounds waits that end by themselves unless something is broken.
const patience = 20 * time.Second

// soon is a wait that is expected to end without anything happening.
const soon = 30 * time.Millisecond

// sources opens both kinds of source over a pipe each.
func sources(t *testing.T, test func(t *testing.T, in Source, p *Pipe, wake *Pipe)) {
	t.Run("pipe", func(t *testing.T) {
		p, wake := newPipe(t), newPipe(t)
		in, err := Open(p.r, wake.r, nil)
		if err != nil {
			t.Fatal(err)
		}
		test(t, in, p, wake)
	})
	t.Run("refused", func(t *testing.T) {
		p, wake := newPipe(t), newPipe(t)
		in, err := Open(p.r, wake.r, nil)
		if err != nil {
			t.Fatal(err)
		}
		refuse(in)
		test(t, in, p, wake)
	})
	t.Run("other", func(t *testing.T) {
		p, wake := newPipe(t), newPipe(t)
		test(t, &reader{fd: p.r, wake: wake.r, limit: batch}, p, wake)
	})
}

func put(t *testing.T, p *Pipe, s string) {
	t.Helper()
	for len(s) > 0 {
		n, err := unix.Write(p.w, []byte(s))
		if err != nil {
			t.Fatal(err)
		}
		s = s[n:]
	}
}

func expect(t *testing.T, in Source, want string, wantErr error) {
	t.Helper()
	limit := patience
	if wantErr == ErrTimeout {
		limit = soon
	}
	p, _, err := in.Next(limit)
	if string(p) != want || !errors.Is(err, wantErr) {
		t.Fatalf("Next = %.60q (%d bytes), %v; want %.60q, %v", p, len(p), err, want, wantErr)
	}
}

// idle expects a wait to end with nothing new, and held to be what it was.
func idle(t *testing.T, in Source, held string, wantErr error) {
	t.Helper()
	want := ""
	if in.Held() > 0 {
		want = held
	}
	expect(t, in, want, wantErr)
}

func take(t *testing.T, in Source, n int) {
	t.Helper()
	if err := in.Take(n); err != nil {
		t.Fatal(err)
	}
}

func TestSourceGivesWhatIsThere(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, wake *Pipe) {
		idle(t, in, "", ErrTimeout)
		put(t, p, "one\ntw")
		expect(t, in, "one\ntw", nil)
		take(t, in, 4)
		idle(t, in, "tw", ErrTimeout)
		put(t, p, "o\n")
		expect(t, in, "two\n", nil)
		idle(t, in, "two\n", ErrTimeout)
		put(t, p, "three")
		expect(t, in, "two\nthree", nil)
		take(t, in, 4)
		put(t, wake, "x")
		idle(t, in, "three", ErrWoken)
		drain(t, wake.r)
		idle(t, in, "three", ErrTimeout)
		if err := p.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		expect(t, in, "three", io.EOF)
		take(t, in, 5)
		expect(t, in, "", io.EOF)
	})
}

func TestSourceWakesAlsoUnderLoad(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, wake *Pipe) {
		put(t, p, "a\n")
		expect(t, in, "a\n", nil)
		put(t, p, "b\n")
		put(t, wake, "x")
		idle(t, in, "a\n", ErrWoken)
	})
}

func TestSourceEndWithAndWithoutData(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, _ *Pipe) {
		put(t, p, "last")
		if err := p.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		expect(t, in, "last", nil)
		expect(t, in, "last", io.EOF)
	})
	sources(t, func(t *testing.T, in Source, p, _ *Pipe) {
		if err := p.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		expect(t, in, "", io.EOF)
	})
}

func TestSourceLongLine(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, _ *Pipe) {
		// More than any buffer holds; a feeder is needed for the rest.
		line := strings.Repeat("0123456789abcde\n", lineMax/16*3)
		line = strings.ReplaceAll(line, "\n", "-") + "\n"
		done := make(chan struct{})
		go func() {
			put(t, p, line)
			close(done)
		}()
		var got bytes.Buffer
		pieces := 0
		for !strings.HasSuffix(got.String(), "\n") {
			p, full, err := in.Next(patience)
			if err != nil {
				t.Fatal(err)
			}
			if len(p) > lineMax+batch {
				t.Fatalf("a buffer of %d bytes", len(p))
			}
			if n := bytes.IndexByte(p, '\n') + 1; n > 0 || full {
				if n == 0 {
					n = len(p)
				}
				got.Write(p[:n])
				take(t, in, n)
				pieces++
			}
		}
		<-done
		if got.String() != line || pieces < 2 || pieces > 50 {
			t.Errorf("got %d bytes in %d pieces, want %d", got.Len(), pieces, len(line))
		}
	})
}

func TestSourceLineLongerThanABatch(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, _ *Pipe) {
		part := strings.Repeat("x", batch/2+1)
		for i := 1; i <= 5; i++ {
			put(t, p, part)
			for want := strings.Repeat(part, i); ; {
				got, full, err := in.Next(patience)
				if full || err != nil {
					t.Fatalf("Next = %d bytes, full %v, %v", len(got), full, err)
				}
				if len(got) == len(want) {
					break
				}
			}
		}
		put(t, p, "\nnext\n")
		expect(t, in, strings.Repeat(part, 5)+"\nnext\n", nil)
	})
}

func TestReaderSlowStopsAtTheNewline(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	in := &reader{fd: p.r, wake: wake.r, limit: batch}
	put(t, p, "ab")
	expect(t, in, "ab", nil)
	in.Slow()
	put(t, p, "c\nnext\n")
	expect(t, in, "abc\n", nil)
	if got := drain(t, p.r); got != "next\n" {
		t.Errorf("left %q", got)
	}
	if in.Held() != 4 {
		t.Errorf("holds %d bytes, want 4", in.Held())
	}
}

func TestOpenRefusesWhatCannotBeRead(t *testing.T) {
	p := newPipe(t)
	if in, err := Open(p.w, p.r, nil); err == nil {
		t.Errorf("opened a write end: %v", in)
	}
	closed, _ := unix.Dup(p.r)
	_ = unix.Close(closed)
	if in, err := Open(closed, p.r, nil); err == nil {
		t.Errorf("opened a closed descriptor: %v", in)
	}
}

func TestOpenFile(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("a\nb"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	in, err := Open(int(f.Fd()), newPipe(t).r, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, in, "a\nb", nil)
	take(t, in, 2)
	expect(t, in, "b", io.EOF)
}
