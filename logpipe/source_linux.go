package logpipe

import (
	"bytes"
	"errors"
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
	ordinary *reader     // what is left to do where the kernel does not let us look
	refused  bool        // it does not
	weaker   func(error) // is told so

	fd      int
	r, w    int // our own pipe, empty between two calls of Next
	null    int // /dev/null, where splice(2) throws away what was stored
	buf     []byte
	left    int  // bytes Next returned that nobody took
	size    int  // what our own pipe holds
	found   int  // the size of the pipe when we looked last
	resized bool // the size is new: what we know of the pipe no longer holds
	ended   bool // the other end is closed
	waited  bool // the last Next had to wait
	trickle bool // the last Next found little
	waiter  waiter

	gather time.Duration // how long lines may wait for others, 0 for not at all
	brisk  bool          // lines keep coming faster than that
}

// pauseFirst and pauseLast bound a wait while a part of a line is in the pipe.
const (
	pauseFirst = 2 * time.Millisecond
	pauseLast  = time.Second
)

// little is a number of bytes that no fast writer leaves it at.
const little = 4 << 10

// peek returns a peeker for the pipe of r, which holds size bytes, and r itself
// where that is no pipe or anything needed is missing.
func peek(r *reader, size int, weaker func(error)) Source {
	if size == 0 {
		var st unix.Stat_t
		if unix.Fstat(r.fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO {
			weaker(errors.New("cannot tell the size of the pipe"))
		}
		return r
	}
	p := &peeker{ordinary: r, weaker: weaker, fd: r.fd, r: -1, w: -1, null: -1, found: size, waiter: waiter{epoll: -1}}
	if err := p.open(r.wake); err != nil {
		p.giveUp(fmt.Errorf("cannot look into the pipe: %w", err))
		return r
	}
	return p
}

func (p *peeker) open(wake int) (err error) {
	var own [2]int
	if err = unix.Pipe2(own[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return err
	}
	p.r, p.w = own[0], own[1]
	if err = p.fit(); err != nil {
		return err
	}
	// Without it, what was stored is read away.
	p.null, _ = unix.Open("/dev/null", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	return p.waiter.open(p.fd, wake)
}

// fit gives our own pipe as many slots as the input, so that it is full exactly
// when the input is. A smaller one makes us see less, and still works.
func (p *peeker) fit() error {
	_, _ = unix.FcntlInt(uintptr(p.w), unix.F_SETPIPE_SZ, p.found)
	size := pipeSize(p.w)
	if size == 0 {
		return errors.New("it has no size")
	}
	p.size = min(size, lineMax)
	if p.size > len(p.buf) {
		p.buf = append(make([]byte, 0, p.size), p.buf[:p.left]...)[:p.size]
	}
	return nil
}

// giveUp leaves everything to the ordinary way of reading, where err says that
// this one is closed to us. Nothing is lost: what was not taken is in the pipe.
func (p *peeker) giveUp(err error) {
	for _, fd := range []*int{&p.r, &p.w, &p.null, &p.waiter.epoll} {
		_ = closeOnce(fd)
	}
	p.refused = true
	p.weaker(err)
}

// terminalGone says that fd is the master side of a terminal, which has no
// other way to say that the other side was closed than EIO.
func terminalGone(fd int) bool {
	_, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	return err == nil
}

func (p *peeker) Held() int { return p.ordinary.Held() }

// Slow does nothing unless we had to give up: what is behind the line stays in
// the pipe anyway.
func (p *peeker) Slow() { p.ordinary.Slow() }

func (p *peeker) Next(wait time.Duration) ([]byte, bool, error) {
	if p.refused {
		return p.ordinary.Next(wait)
	}
	limit := limitOf(wait)
	got, full, err := p.next(limit)
	if err != nil && wasRefused(err) {
		p.giveUp(err)
		return p.ordinary.Next(limit.left())
	}
	return got, full, err
}

// wasRefused is asked of errors alone: asking makes garbage, and there are millions
// of looks without one.
func wasRefused(err error) bool {
	var refused *refusedError
	return errors.As(err, &refused)
}

// Gather implements Gatherer.
func (p *peeker) Gather(wait time.Duration) { p.gather = wait }

func (p *peeker) next(limit limit) ([]byte, bool, error) {
	// Under load there is always something to see, and no wait that would
	// notice the wake descriptor.
	if !p.waited && p.waiter.woken() {
		p.waited = true
		return nil, false, ErrWoken
	}
	waited := p.waited && p.left == 0 && p.trickle
	if waited && p.brisk && limit.longerThan(p.gather) {
		if err := p.waiter.nap(p.fd, p.gather); err != nil {
			return nil, false, err
		}
	} else if waited {
		// One look less for each line of a trickle. A writer that had to wait in
		// the middle of a write, see above, is found by the look after this.
		start := time.Now()
		ended, err := p.waiter.brief(limit)
		if err != nil && err != ErrTimeout {
			return nil, false, err
		}
		p.brisk = err == nil && time.Since(start) < p.gather/2
		p.ended = p.ended || ended
	}
	pause := pauseFirst
	for p.waited = waited; ; p.waited = true {
		n, full, err := p.look()
		if err != nil {
			return nil, false, err
		}
		if n > p.left || full {
			p.trickle = n-p.left <= little
			p.left = n
			return p.buf[:n], full, nil
		}
		// This look was taken after the end was seen, so nothing can have been
		// written between the two.
		if p.ended {
			return p.buf[:n], true, io.EOF
		}
		p.brisk = false
		if err := p.wait(limit, &pause); err != nil {
			p.waited = true
			return nil, false, err
		}
	}
}

// wait waits until there may be something new. While a part of a line is in the
// pipe it ends after *pause, which grows.
func (p *peeker) wait(limit limit, pause *time.Duration) error {
	wait := limit.left()
	paused := p.left > 0 && (wait < 0 || wait > *pause)
	if paused {
		wait, *pause = *pause, min(2**pause, pauseLast)
	}
	ended, err := p.waiter.wait(wait, p.left)
	p.ended = p.ended || ended
	if err == ErrTimeout && paused {
		return p.measure()
	}
	return err
}

// measure looks whether the pipe was made smaller or larger by somebody. Where
// it was, its slots may be used up now, with nothing new in them.
func (p *peeker) measure() error {
	size := pipeSize(p.fd)
	if size == 0 || size == p.found {
		return nil
	}
	p.found = size
	p.resized = true
	return p.fit()
}

// look fills the buffer with what is in the pipe, with a part of it where
// lines end in that part. full says that nothing more would be seen however
// long we wait.
func (p *peeker) look() (n int, full bool, err error) {
	if p.left < batch && !p.resized {
		n, _, err = p.copy(batch, false)
		if err != nil || n == p.left || bytes.IndexByte(p.buf[p.left:n], '\n') >= 0 {
			return n, false, err
		}
	}
	p.resized = false
	return p.copy(p.size, true)
}

// refusedError says that the kernel does not let us look into the pipe.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return "cannot look into the pipe: " + e.err.Error() }

// copy copies what is in the pipe, limit bytes at most, to the buffer, and if
// whole, finds out whether that is all the pipe will ever hold.
func (p *peeker) copy(limit int, whole bool) (n int, full bool, err error) {
	limit = min(limit, p.size)
	got, err := unix.Tee(p.fd, p.w, limit, unix.SPLICE_F_NONBLOCK)
	for err == unix.EINTR {
		got, err = unix.Tee(p.fd, p.w, limit, unix.SPLICE_F_NONBLOCK)
	}
	if err == unix.EAGAIN {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, &refusedError{err}
	}
	if got == 0 {
		p.ended = true
	}
	full = whole && (int(got) == limit || !p.room())
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
	if p.refused {
		return p.ordinary.Take(n)
	}
	p.left = max(0, p.left-n)
	for n > 0 {
		m, err := p.drop(n)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return fmt.Errorf("cannot take stored lines from the pipe: %w", err)
		case m == 0:
			return fmt.Errorf("cannot take stored lines from the pipe: another process reads it, too")
		default:
			n -= m
		}
	}
	return nil
}

// drop takes at most n bytes out of the pipe. Reading them does it too, where
// there is no splice(2), or no /dev/null for it.
func (p *peeker) drop(n int) (int, error) {
	if p.null >= 0 {
		m, err := unix.Splice(p.fd, nil, p.null, nil, n, unix.SPLICE_F_MOVE)
		if err == nil || err == unix.EINTR {
			return int(m), err
		}
		_ = closeOnce(&p.null)
	}
	return unix.Read(p.fd, make([]byte, min(n, dropMax)))
}

// dropMax is how much is read away at once.
const dropMax = 64 << 10
