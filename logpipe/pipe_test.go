package logpipe

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func newPipe(t *testing.T) *Pipe {
	t.Helper()
	p, err := NewPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func flags(t *testing.T, fd int) int {
	t.Helper()
	fl, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fl
}

// drain reads what is in fd now and never waits for more.
func drain(t *testing.T, fd int) string {
	t.Helper()
	var all bytes.Buffer
	for {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, 0); err != nil || n == 0 || fds[0].Revents&unix.POLLIN == 0 {
			return all.String()
		}
		buf := make([]byte, 4096)
		n, err := unix.Read(fd, buf)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return all.String()
		}
		all.Write(buf[:n])
	}
}

func TestPipeDescriptors(t *testing.T) {
	p := newPipe(t)
	for name, end := range map[string]func() (int, error){"read": p.ReadEnd, "write": p.WriteEnd} {
		fd, err := end()
		if err != nil {
			t.Fatalf("%s end: %v", name, err)
		}
		if fd < 3 {
			t.Errorf("%s end is descriptor %d, want 3 or more", name, fd)
		}
		if fl, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || fl&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s end: descriptor flags %#x, %v: not closed on exec", name, fl, err)
		}
		if flags(t, fd)&unix.O_NONBLOCK != 0 {
			t.Errorf("%s end does not block", name)
		}
	}
}

func TestF39NonblockIsClearedBeforeTheNextStart(t *testing.T) {
	p := newPipe(t)
	for name, end := range map[string]func() (int, error){"read": p.ReadEnd, "write": p.WriteEnd} {
		fd, err := end()
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.SetNonblock(fd, true); err != nil {
			t.Fatal(err)
		}
		if fd, err = end(); err != nil || flags(t, fd)&unix.O_NONBLOCK != 0 {
			t.Errorf("%s end: error %v, flags %#x: O_NONBLOCK is still there", name, err, flags(t, fd))
		}
	}
}

// Whatever a program left behind, the next one finds its end as the first did.
func TestF71LeftoversAreGoneBeforeTheNextStart(t *testing.T) {
	p := newPipe(t)
	for name, end := range map[string]func() (int, error){"read": p.ReadEnd, "write": p.WriteEnd} {
		fd, err := end()
		if err != nil {
			t.Fatal(err)
		}
		before := flags(t, fd)
		for _, flag := range []int{unix.O_NONBLOCK, unix.O_ASYNC, leftovers} {
			if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFL, before|flag); err != nil {
				t.Fatal(err)
			}
			if fd, err = end(); err != nil || flags(t, fd) != before {
				t.Errorf("%s end after %#x: error %v, flags %#x, not %#x", name, flag, err, flags(t, fd), before)
			}
		}
	}
}

func TestPipeSurvivesItsReader(t *testing.T) {
	p := newPipe(t)
	w, _ := p.WriteEnd()
	r, _ := p.ReadEnd()
	reader, err := unix.Dup(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(w, []byte("one\n")); err != nil {
		t.Fatal(err)
	}
	if err := unix.Close(reader); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(w, []byte("two\n")); err != nil {
		t.Fatalf("write after the reader died: %v", err)
	}
	if got := drain(t, r); got != "one\ntwo\n" {
		t.Errorf("the next reader found %q", got)
	}
}

func TestPipeSay(t *testing.T) {
	p := newPipe(t)
	r, _ := p.ReadEnd()
	long := strings.Repeat("x", 3*atomicWrite)
	cases := []struct{ say, want string }{
		{"dmon: up", "dmon: up\n"},
		{"two\nlines", "two lines\n"},
		{"", "\n"},
		{long, long[:atomicWrite-1] + "\n"},
	}
	for _, c := range cases {
		if err := p.Say(c.say); err != nil {
			t.Fatalf("Say(%.20q): %v", c.say, err)
		}
		if got := drain(t, r); got != c.want {
			t.Errorf("Say(%.20q) sent %d bytes %.40q, want %d", c.say, len(got), got, len(c.want))
		}
	}
}

func TestPipeSayNeverWaits(t *testing.T) {
	p := newPipe(t)
	r, _ := p.ReadEnd()
	w, _ := p.WriteEnd()
	line := strings.Repeat("y", 1000)
	var err error
	for i := 0; i < 1<<20 && err == nil; i++ {
		err = p.Say(line)
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("a full pipe gave %v, want ErrFull", err)
	}
	if flags(t, w)&unix.O_NONBLOCK != 0 {
		t.Error("the command's write end lost its blocking mode")
	}
	got := drain(t, r)
	if strings.Trim(got, "y\n") != "" || len(got)%(len(line)+1) != 0 {
		t.Errorf("the pipe held %d bytes, not whole lines", len(got))
	}
	if err := p.Say("again"); err != nil {
		t.Errorf("after the pipe was emptied: %v", err)
	}
}

func TestPipeCloseWriteIsTheEndForTheReader(t *testing.T) {
	p := newPipe(t)
	r, _ := p.ReadEnd()
	if err := p.Say("last"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	if got := drain(t, r); got != "last\n" {
		t.Errorf("read %q", got)
	}
	// A write end left open, the one Say opened for instance, would block here.
	fds := []unix.PollFd{{Fd: int32(r), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, 0); err != nil || fds[0].Revents&unix.POLLHUP == 0 {
		t.Errorf("poll says %#x, %v: no end of input", fds[0].Revents, err)
	}
	if err := p.Say("more"); err == nil {
		t.Error("Say after CloseWrite succeeded")
	}
	if _, err := p.WriteEnd(); err == nil {
		t.Error("WriteEnd after CloseWrite succeeded")
	}
}

func TestPipeCloseTwice(t *testing.T) {
	p := newPipe(t)
	r, _ := p.ReadEnd()
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := unix.Read(r, make([]byte, 1)); !errors.Is(err, unix.EBADF) {
		t.Errorf("the read end is still open: %v", err)
	}
	if _, err := p.ReadEnd(); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("ReadEnd after Close: %v", err)
	}
}

func TestPipeWithStandardStreamsClosed(t *testing.T) {
	saved, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Close(0); err != nil {
		t.Fatal(err)
	}
	p, err := NewPipe()
	closed := unix.Close(0) // succeeds only where a part of the pipe sits on it
	if _, err := unix.FcntlInt(uintptr(saved), unix.F_DUPFD_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	_ = unix.Close(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if !errors.Is(closed, unix.EBADF) {
		t.Errorf("the pipe uses descriptor 0 (ends %d and %d)", p.r, p.w)
	}
	if err := p.Say("still here"); err != nil {
		t.Error(err)
	}
	if got := drain(t, p.r); got != "still here\n" {
		t.Errorf("read %q", got)
	}
}
