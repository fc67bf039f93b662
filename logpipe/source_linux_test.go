package logpipe

import (
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestNothingIsTakenFromAPipeBeforeTake(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	in, err := Open(p.r, wake.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, p, "one\ntwo\nthree\n")
	expect(t, in, "one\ntwo\nthree\n", nil)
	if in.Held() != 0 {
		t.Errorf("holds %d bytes", in.Held())
	}
	// A successor finds everything, too.
	second, err := Open(p.r, wake.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, second, "one\ntwo\nthree\n", nil)
	take(t, second, 4)
	if got := drain(t, p.r); got != "two\nthree\n" {
		t.Errorf("left %q", got)
	}
}

// TestPipeFullOfSmallPieces fills all slots of a pipe with very few bytes: the
// writer waits, no newline is there, and nothing shows that in bytes.
func TestPipeFullOfSmallPieces(t *testing.T) {
	var packets [2]int
	// Each write to a pipe in packet mode takes a slot of its own.
	if err := unix.Pipe2(packets[:], unix.O_CLOEXEC|unix.O_DIRECT|unix.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(packets[0])
	defer unix.Close(packets[1])
	in, err := Open(packets[0], newPipe(t).r, nil)
	if err != nil {
		t.Fatal(err)
	}
	written := 0
	for {
		if _, err := unix.Write(packets[1], []byte("x")); err != nil {
			break
		}
		written++
	}
	got, full, err := in.Next(patience)
	if err != nil || !full || string(got) != strings.Repeat("x", written) {
		t.Fatalf("Next = %d bytes, full %v, %v; want %d bytes and full", len(got), full, err, written)
	}
	take(t, in, len(got))
	if _, err := unix.Write(packets[1], []byte("\n")); err != nil {
		t.Fatal(err)
	}
	expect(t, in, "\n", nil)
}

func TestSmallPipe(t *testing.T) {
	var small [2]int
	if err := unix.Pipe2(small[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(small[0])
	defer unix.Close(small[1])
	in := peek(&reader{fd: small[0], wake: newPipe(t).r, limit: batch}, pipeSize(small[0]), nil)
	line := strings.Repeat("x", 65536-4096)
	if _, err := unix.Write(small[1], []byte(line)); err != nil {
		t.Fatal(err)
	}
	got, full, err := in.Next(patience)
	if err != nil || full || len(got) != len(line) {
		t.Fatalf("Next = %d bytes, full %v, %v; a page more would fit", len(got), full, err)
	}
	if _, err := unix.Write(small[1], []byte(line[:4096])); err != nil {
		t.Fatal(err)
	}
	if got, full, err = in.Next(patience); err != nil || !full || len(got) != 65536 {
		t.Fatalf("Next = %d bytes, full %v, %v; want a full pipe", len(got), full, err)
	}
}

// TestWriterBlockedInTheMiddleOfItsWrite holds the case in which the kernel
// wakes nobody: the pipe has a part of a line in it, and one write fills it up.
func TestWriterBlockedInTheMiddleOfItsWrite(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	in, err := Open(p.r, wake.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, p, "begin")
	expect(t, in, "begin", nil)
	expect(t, in, "", ErrTimeout) // the edge is used up
	long := strings.Repeat("x", 2*lineMax) + "\n"
	done := make(chan struct{})
	go func() {
		put(t, p, long)
		close(done)
	}()
	for got := 0; got < len("begin")+len(long); {
		b, full, err := in.Next(patience)
		if err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
		if full || b[len(b)-1] == '\n' {
			take(t, in, len(b))
			got += len(b)
		}
	}
	<-done
}

// TestWriterBlockedBeforeTake is the same with the part of a line replaced by
// lines that are still to be taken: what was added meanwhile made no edge.
func TestWriterBlockedBeforeTake(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	in, err := Open(p.r, wake.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, in, "", ErrTimeout)
	first := make(chan struct{})
	go func() {
		put(t, p, "end\n")
		close(first)
	}()
	expect(t, in, "end\n", nil) // after a wait, which is the common case
	<-first
	done := make(chan struct{})
	go func() {
		put(t, p, strings.Repeat("x", 2*lineMax)+"\n")
		close(done)
	}()
	deadline := time.After(patience)
	for tick := time.Tick(time.Millisecond); ; <-tick {
		n, err := unix.IoctlGetInt(p.r, unix.TIOCINQ)
		if err != nil {
			t.Fatal(err)
		}
		if n > lineMax/2 {
			break
		}
		select {
		case <-deadline:
			t.Fatal("the pipe does not fill")
		default:
		}
	}
	take(t, in, len("end\n"))
	for got := 0; got <= 2*lineMax; {
		b, full, err := in.Next(patience)
		if err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
		if full || b[len(b)-1] == '\n' {
			take(t, in, len(b))
			got += len(b)
		}
	}
	<-done
}

// TestGatheringEnds has lines gather for an hour: a wake-up and the end of the
// input end that, and it does not begin where a Sink is due before.
func TestGatheringEnds(t *testing.T) {
	for _, c := range []struct {
		what string
		wait time.Duration
		do   func(in, wake *Pipe)
		want error
	}{
		{"a wake-up", -1, func(_, wake *Pipe) { put(t, wake, "x") }, ErrWoken},
		{"the end of the input", -1, func(in, _ *Pipe) { _ = in.CloseWrite() }, io.EOF},
		{"a due time", time.Millisecond, func(_, _ *Pipe) {}, ErrTimeout},
	} {
		in, wake := newPipe(t), newPipe(t)
		source, err := Open(in.r, wake.r, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := source.(*peeker)
		p.Gather(time.Hour)
		p.waited, p.trickle, p.brisk = true, true, true
		done := make(chan error, 1)
		go func() {
			_, _, err := p.Next(c.wait)
			done <- err
		}()
		c.do(in, wake)
		select {
		case err := <-done:
			if err != c.want {
				t.Errorf("%s: %v, want %v", c.what, err, c.want)
			}
		case <-time.After(patience):
			t.Fatalf("%s does not end it", c.what)
		}
	}
}
