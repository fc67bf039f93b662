package logpipe

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// peeker is a Source that looks into a pipe: tee(2) copies what is in it to a
// pipe of our own, which is read, and only Take removes it from the original.
// A process killed in between leaves everything to its successor.
//
// A line that is not whole stays in the pipe, which therefore stays readable:
// only an edge-triggered wait tells that something was added to it. There is
// one case in which even that does not: a writer that fills up a pipe which is
// not empty, and has to wait in the middle of its write, wakes nobody. So while
// a part of a line is in the pipe, the waits are bounded.
type peeker struct {
	fd     int
	r, w   int // our own pipe, empty between two calls of Next
	null   int // /dev/null, where splice(2) throws away what was stored
	buf    []byte
	left   int  // bytes Next returned that nobody took
	size   int  // what our own pipe holds
	ended  bool // the other end is closed
	waited bool // the last Next had to wait
	few    bool // the last Next found little, as in a trickle
	waiter waiter
}

// pauseFirst and pauseLast bound a wait while a part of a line is in the pipe.
const (
	pauseFirst = 2 * time.Millisecond
	pauseLast  = time.Second
)

// few is a number of bytes that no fast writer leaves it at.
const few = 4 << 10

// openPeek returns nil where fd is no pipe or anything needed is missing.
func openPeek(fd, wake int) Source {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return nil
	}
	p := &peeker{fd: fd, r: -1, w: -1, null: -1, waiter: waiter{epoll: -1}}
	if p.open(wake) != nil {
		for _, fd := range []*int{&p.r, &p.w, &p.null, &p.waiter.epoll} {
			_ = closeOnce(fd)
		}
		return nil
	}
	return p
}

func (p *peeker) open(wake int) (err error) {
	var own [2]int
	if err = unix.Pipe2(own[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return err
	}
	p.r, p.w = own[0], own[1]
	// Our own pipe has as many slots as the input, so that it is full exactly
	// when the input is. A smaller one makes us see less, and still works.
	size, err := unix.FcntlInt(uintptr(p.fd), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return err
	}
	_, _ = unix.FcntlInt(uintptr(p.w), unix.F_SETPIPE_SZ, size)
	if p.size, err = unix.FcntlInt(uintptr(p.w), unix.F_GETPIPE_SZ, 0); err != nil {
		return err
	}
	p.size = min(p.size, lineMax)
	if p.null, err = unix.Open("/dev/null", unix.O_WRONLY|unix.O_CLOEXEC, 0); err != nil {
		return err
	}
	p.buf = make([]byte, p.size)
	return p.waiter.open(p.fd, wake)
}

func (p *peeker) Held() int { return 0 }

// Slow does nothing: what is behind the line stays in the pipe anyway.
func (p *peeker) Slow() {}

func (p *peeker) Next(wait time.Duration) ([]byte, bool, error) {
	// Under load there is always something to see, and no wait that would
	// notice the wake descriptor.
	if !p.waited && p.waiter.woken() {
		p.waited = true
		return nil, false, ErrWoken
	}
	var deadline time.Time
	if wait >= 0 {
		deadline = time.Now().Add(wait)
	}
	pause := pauseFirst
	waited := p.waited && p.left == 0 && p.few
	if waited {
		// One look less for each line of a trickle. A writer that had to wait in
		// the middle of a write, see above, is found by the look after this.
		ended, err := p.waiter.trickle(wait)
		if err != nil && err != ErrTimeout {
			return nil, false, err
		}
		p.ended = p.ended || ended
	}
	for p.waited = waited; ; p.waited = true {
		n, full, err := p.look()
		if err != nil {
			return nil, false, err
		}
		if n > p.left || full {
			p.few = n-p.left <= few
			p.left = n
			return p.buf[:n], full, nil
		}
		// This look was taken after the end was seen, so nothing can have been
		// written between the two.
		if p.ended {
			return p.buf[:n], true, io.EOF
		}
		limit := wait
		if wait >= 0 {
			limit = max(0, time.Until(deadline))
		}
		if p.left > 0 && (limit < 0 || limit > pause) {
			limit, pause = pause, min(2*pause, pauseLast)
		}
		ended, err := p.waiter.wait(limit, p.left)
		if err == ErrTimeout && p.left > 0 && (wait < 0 || time.Now().Before(deadline)) {
			continue
		}
		if err != nil {
			p.waited = true
			return nil, false, err
		}
		p.ended = p.ended || ended
	}
}

// look fills the buffer with what is in the pipe, with a part of it where
// lines end in that part. full says that nothing more would be seen however
// long we wait.
func (p *peeker) look() (n int, full bool, err error) {
	if p.left < batch {
		n, _, err = p.copy(batch, false)
		if err != nil || n == p.left || bytes.IndexByte(p.buf[p.left:n], '\n') >= 0 {
			return n, false, err
		}
	}
	return p.copy(p.size, true)
}

// copy copies what is in the pipe, limit bytes at most, to the buffer, and if
// asked to, finds out whether that is all the pipe will ever hold.
func (p *peeker) copy(limit int, ask bool) (n int, full bool, err error) {
	limit = min(limit, p.size)
	got, err := unix.Tee(p.fd, p.w, limit, unix.SPLICE_F_NONBLOCK)
	for err == unix.EINTR {
		got, err = unix.Tee(p.fd, p.w, limit, unix.SPLICE_F_NONBLOCK)
	}
	if err == unix.EAGAIN {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("cannot look into the pipe: %w", err)
	}
	if got == 0 {
		p.ended = true
	}
	full = ask && (int(got) == limit || !p.room())
	for n < int(got) {
		m, err := unix.Read(p.r, p.buf[n:got])
		if err != nil && err != unix.EINTR {
			return 0, false, fmt.Errorf("cannot read what is in the pipe: %w", err)
		}
		n += max(m, 0)
	}
	return n, full, nil
}

// room says whether our own pipe has a free slot. It holds what the input
// holds, slot for slot: where it has none, the writer waits for one, or will
// when the last one is filled up.
func (p *peeker) room() bool {
	fds := []unix.PollFd{{Fd: int32(p.w), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, 0)
	return err != nil || n > 0
}

func (p *peeker) Take(n int) error {
	p.left = max(0, p.left-n)
	for n > 0 {
		m, err := unix.Splice(p.fd, nil, p.null, nil, n, unix.SPLICE_F_MOVE)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return fmt.Errorf("cannot take stored lines from the pipe: %w", err)
		case m == 0:
			return fmt.Errorf("cannot take stored lines from the pipe: another process reads it, too")
		default:
			n -= int(m)
		}
	}
	return nil
}
