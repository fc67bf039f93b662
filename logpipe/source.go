package logpipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// batch is how much is read at once, so long as a line ends in it.
	batch = 256 << 10
	// lineMax is the longest line that is never taken in pieces.
	lineMax = 1 << 20
)

// Open returns a Source that reads descriptor fd, and returns ErrWoken from
// its waits while wake is readable. Neither becomes the source's own.
//
// Where fd is a pipe and the system can look into one, nothing is taken from
// it before it is stored: Held is always 0, and the process may be killed at
// any moment. It must be the pipe's only reader then. Everything else is read
// the ordinary way. Where fd is a pipe and the system cannot look into it, now
// or at some time later, weaker, unless nil, is told once why.
func Open(fd, wake int, weaker func(error)) (Source, error) {
	mode, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err == nil && mode&unix.O_ACCMODE == unix.O_WRONLY {
		err = errors.New("it is open for writing only")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read descriptor %d: %w", fd, err)
	}
	if weaker == nil {
		weaker = func(error) {}
	}
	return peek(&reader{fd: fd, wake: wake, limit: batch}, Enlarge(fd), weaker), nil
}

// reader is the ordinary Source: what it has read is in its buffer only.
type reader struct {
	fd, wake int
	buf      []byte
	limit    int // how much to read at once
}

func (r *reader) Held() int { return len(r.buf) }

// Slow makes every read one byte: another reader of the same file goes on
// exactly behind the line.
func (r *reader) Slow() { r.limit = 1 }

func (r *reader) Take(n int) error {
	r.buf = append(r.buf[:0], r.buf[n:]...)
	return nil
}

func (r *reader) Next(wait time.Duration) (p []byte, full bool, err error) {
	limit := limitOf(wait)
	for {
		if err := r.wait(limit); err != nil {
			return r.buf, false, err
		}
		have := len(r.buf)
		if cap(r.buf)-have < r.limit {
			// A line longer than a batch: grow once, to the largest buffer.
			r.buf = append(make([]byte, 0, growTo(have, r.limit)), r.buf...)
		}
		n, err := unix.Read(r.fd, r.buf[have:min(have+r.limit, cap(r.buf))])
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			continue
		case err == unix.EIO && terminalGone(r.fd):
			return r.buf, true, io.EOF
		case err != nil:
			return r.buf, false, fmt.Errorf("cannot read the input: %w", err)
		case n == 0:
			return r.buf, true, io.EOF
		}
		r.buf = r.buf[:have+n]
		full = len(r.buf) >= lineMax
		if full || r.limit > 1 || bytes.IndexByte(r.buf[have:], '\n') >= 0 {
			return r.buf, full, nil
		}
	}
}

func growTo(have, more int) int {
	if have+more <= batch {
		return batch
	}
	return lineMax + batch
}

// wait returns nil when there is input, or a failure to be found by reading.
func (r *reader) wait(limit limit) error {
	fds := []unix.PollFd{{Fd: int32(r.wake), Events: unix.POLLIN}, {Fd: int32(r.fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, milliseconds(limit.left()))
	for err == unix.EINTR {
		n, err = unix.Poll(fds, milliseconds(limit.left()))
	}
	switch {
	case err != nil:
		return fmt.Errorf("cannot wait for input: %w", err)
	case n == 0:
		return ErrTimeout
	case fds[0].Revents != 0:
		return ErrWoken
	}
	return nil
}

// limit bounds a wait, and others after it, in time. The zero value does not.
type limit struct{ end time.Time }

// limitOf returns the limit that is wait from now, none if wait is negative.
func limitOf(wait time.Duration) limit {
	if wait < 0 {
		return limit{}
	}
	return limit{time.Now().Add(wait)}
}

// longerThan says that one may wait longer than that.
func (l limit) longerThan(wait time.Duration) bool { return l.end.IsZero() || l.left() > wait }

// left is how long one may wait still, negative where there is no limit.
func (l limit) left() time.Duration {
	if l.end.IsZero() {
		return -1
	}
	return max(0, time.Until(l.end))
}

// milliseconds is wait for poll(2), rounded up so that it is not over early.
func milliseconds(wait time.Duration) int {
	if wait < 0 {
		return -1
	}
	return int(min((wait+time.Millisecond-1)/time.Millisecond, 1<<30))
}
