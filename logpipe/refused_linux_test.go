package logpipe

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// refuse makes the next look into the pipe fail, as a filter of system calls
// can at any time.
func refuse(in Source) {
	if p, ok := in.(*peeker); ok {
		_ = closeOnce(&p.w)
	}
}

// Whenever looking is refused, reading goes on, without a byte lost or twice,
// and it is told once.
func TestF72LookingIsRefusedAtAnyTime(t *testing.T) {
	const input = "one\ntwo\nthree"
	for after := range 4 {
		p, wake := newPipe(t), newPipe(t)
		told := 0
		in, err := Open(p.r, wake.r, func(error) { told++ })
		if err != nil {
			t.Fatal(err)
		}
		put(t, p, input)
		switch after {
		case 1: // something was seen
			expect(t, in, input, nil)
		case 2: // a part of it was taken
			expect(t, in, input, nil)
			take(t, in, 4)
		case 3: // and what is left was seen again
			expect(t, in, input, nil)
			take(t, in, 8)
			put(t, p, "!")
			expect(t, in, "three!", nil)
		}
		want := []string{input, input, input[4:], "three!"}[after] + "\n"
		refuse(in)
		put(t, p, "\n")
		expect(t, in, want, nil)
		take(t, in, len(want))
		put(t, p, "more\n")
		expect(t, in, "more\n", nil)
		take(t, in, 5)
		_ = p.CloseWrite()
		expect(t, in, "", io.EOF)
		if told != 1 {
			t.Errorf("after %d: it was told %d times", after, told)
		}
	}
}

// What is needed may be missing from the beginning: no descriptor is free.
func TestF72NothingToLookWith(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	var told error
	in := peek(&reader{fd: p.r, wake: wake.r, limit: batch}, 0, func(err error) { told = err })
	if _, ok := in.(*reader); !ok || told == nil {
		t.Errorf("%T, told %v", in, told)
	}
}

func TestF72WithoutSplice(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	in, err := Open(p.r, wake.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = unix.Close(in.(*peeker).null)
	// Nothing can be spliced there.
	if in.(*peeker).null, err = unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat(strings.Repeat("x", 99)+"\n", 3000)
	put(t, p, long)
	for got := 0; got < len(long); {
		b, _, err := in.Next(patience)
		if err != nil {
			t.Fatal(err)
		}
		n := strings.LastIndexByte(string(b), '\n') + 1
		take(t, in, n)
		got += n
	}
	expect(t, in, "", ErrTimeout)
}

// Its writer makes a pipe smaller than the line it is writing, before the line
// is begun or when it is full of it.
func TestF85PipeMadeSmaller(t *testing.T) {
	for _, begun := range []int{0, 100, 4096} {
		p, wake := newPipe(t), newPipe(t)
		in, err := Open(p.r, wake.r, nil)
		if err != nil {
			t.Fatal(err)
		}
		const length = 50000
		line := strings.Repeat("x", length) + "\n"
		put(t, p, line[:begun])
		if begun > 0 {
			expect(t, in, line[:begun], nil)
		}
		if _, err := unix.FcntlInt(uintptr(p.w), unix.F_SETPIPE_SZ, 4096); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			put(t, p, line[begun:])
		}()
		for got := 0; got < len(line); {
			b, full, err := in.Next(patience)
			if err != nil {
				t.Fatalf("%d begun, after %d bytes: %v", begun, got, err)
			}
			if full || b[len(b)-1] == '\n' {
				take(t, in, len(b))
				got += len(b)
			}
		}
		<-done
		// And larger again.
		if _, err := unix.FcntlInt(uintptr(p.w), unix.F_SETPIPE_SZ, lineMax); err != nil {
			t.Fatal(err)
		}
		put(t, p, "a")
		expect(t, in, "a", nil)
		expect(t, in, "", ErrTimeout)
		put(t, p, line)
		if b, _, err := in.Next(patience); err != nil || len(b) != 1+len(line) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	}
}

// meanwhile does something now and then, until the function it returns was called.
func meanwhile(do func()) (stop func()) {
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for tick := time.Tick(time.Millisecond); ; {
			select {
			case <-done:
				return
			case <-tick:
				do()
			}
		}
	}()
	return func() { close(done); <-over }
}

// A wait is as long as it may be, whatever comes meanwhile.
func TestF85BytesDoNotProlongAWait(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, wake *Pipe) {
		put(t, p, "begin")
		expect(t, in, "begin", nil)
		in.Slow()
		defer meanwhile(func() { _, _ = unix.Write(p.w, []byte("x")) })()
		for limit := limitOf(soon); limit.left() > 0; {
			if _, _, err := in.Next(limit.left()); err != nil && !errors.Is(err, ErrTimeout) {
				t.Fatal(err)
			}
		}
	})
}

// What the runtime or somebody else sends us does not end a wait.
func TestF85SignalsDoNotEndAWait(t *testing.T) {
	sources(t, func(t *testing.T, in Source, p, wake *Pipe) {
		defer meanwhile(func() { _ = unix.Kill(unix.Getpid(), unix.SIGURG) })()
		began := time.Now()
		if _, _, err := in.Next(soon); !errors.Is(err, ErrTimeout) || time.Since(began) < soon {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
