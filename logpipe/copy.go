package logpipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Reasons why a Source has nothing to give, and why a Sink takes no more.
var (
	ErrWoken   = errors.New("woken")   // the wake descriptor became readable
	ErrTimeout = errors.New("timeout") // the wait was as long as it may be
	ErrStop    = errors.New("told to stop")
)

// Source gives out input without losing it: what Next returned and Take did
// not take is there again, for the next call or for another process.
type Source interface {
	// Next waits until there is more than the last call returned and Take left,
	// and returns all of it. full says that nothing can be added before something
	// is taken. The error is io.EOF with the last of the input, ErrWoken,
	// ErrTimeout when wait (if not negative) has passed, or a failure.
	Next(wait time.Duration) (p []byte, full bool, err error)
	// Take takes n bytes away for good.
	Take(n int) error
	// Held is the number of bytes that would be lost if the process ended now.
	Held() int
	// Slow makes Next read no further than to the next newline.
	Slow()
}

// Gatherer is a Source whose lines may wait for others, in the pipe, where they
// keep coming one by one: it costs less to store several at once.
type Gatherer interface {
	// Gather says for how long they may. It is shorter than anybody notices, and
	// than 5 ms.
	Gather(wait time.Duration)
}

// Sink stores lines. It decides itself what to do about failures: an error it
// returns is the end of Copy.
type Sink interface {
	// Write stores p. Where p does not end with a newline, it ends with a piece
	// of a line that fits no buffer, and the next p continues it. n is less than
	// len(p) only with an error; ErrStop says that the sink was told to stop
	// while it waited for room, and n then covers whole lines where possible.
	Write(p []byte) (n int, err error)
	// Sync makes durable what was written since the last Sync. again is how
	// much of that, at its end, has to be written anew: 0 where all went well.
	// ErrStop says that the sink was told to stop meanwhile.
	Sync() (again int, err error)
	// Due says how long Copy may wait for input before it calls Attend,
	// forever if negative.
	Due() time.Duration
	// Attend is called when the time of Due has passed or the Source was
	// woken. ErrStop asks to finish the line under way and to end.
	Attend() error
}

// Mender is a Sink that may have been found to end within a line.
type Mender interface {
	// Tail is what it ends in, nil where that needs no mending, or not any more.
	Tail() *Tail
	// Mend stores p directly behind the Tail, as Write would store it.
	Mend(p []byte) error
}

// finishTime bounds the wait for the end of a line that was under way when
// Copy was told to stop. A supervisor gives twice as much.
const finishTime = 5 * time.Second

// outSize is the room for formatted lines: enough to make the cost of a system
// call small, and small enough to stay in the processor's cache.
const outSize = 256 << 10

// copier is the state of one Copy.
type copier struct {
	in  Source
	out Sink
	f   *Format
	now func() time.Time
	buf []byte

	mender Mender // the same as out, nil if it is none
	ended  bool   // nothing will be added to the input
}

// Copy carries lines from in to out until the input ends or out says stop;
// both are a success, with nothing taken from in that out has not stored.
// Whatever is taken was synced before. Where out is a Mender, the line that it
// ends within is completed. A last line without newline gets one.
func Copy(in Source, out Sink, f *Format) error {
	c := &copier{in: in, out: out, f: f, now: time.Now, buf: make([]byte, 0, outSize)}
	c.mender, _ = out.(Mender)
	err := c.run()
	if !errors.Is(err, ErrStop) {
		return err
	}
	if n := in.Held(); n > 0 {
		return fmt.Errorf("told to stop with %d bytes of input unwritten", n)
	}
	return nil
}

func (c *copier) run() error {
	for {
		p, full, err := c.in.Next(c.out.Due())
		switch {
		case err == nil:
			if err = c.lines(p, full); errors.Is(err, ErrStop) {
				return c.finish()
			}
		case errors.Is(err, io.EOF):
			return c.last(p)
		case errors.Is(err, ErrWoken), errors.Is(err, ErrTimeout):
			if err = c.out.Attend(); errors.Is(err, ErrStop) {
				return c.finish()
			}
		default:
			return c.broken(p, err)
		}
		if err != nil {
			return err
		}
	}
}

// broken ends a copy whose input fails. What was read of it would be lost with
// us, so it is stored first.
func (c *copier) broken(p []byte, err error) error {
	if len(p) == 0 {
		return err
	}
	return errors.Join(err, c.last(p))
}

// lines stores the whole lines of p. A line that is not whole waits in the
// source for its rest, unless there is no room for that.
func (c *copier) lines(p []byte, full bool) error {
	n := bytes.LastIndexByte(p, '\n') + 1
	if n == 0 && full {
		n = wholeRunes(p)
	}
	return c.store(p[:n])
}

// wholeRunes is the length of p without the beginning of a character at its
// end, so that a piece of a line is text if the line is.
func wholeRunes(p []byte) int {
	for back := 1; back < utf8.UTFMax && back < len(p); back++ {
		if last := p[len(p)-back:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return len(p) - back
			}
			break
		}
	}
	return len(p)
}

// last stores the end of the input.
func (c *copier) last(p []byte) error {
	// A line without its newline goes alone: if we are killed over it, it will
	// be all that our successor finds, and can be told from its beginning.
	n := bytes.LastIndexByte(p, '\n') + 1
	if err := c.store(p[:n]); err != nil {
		return err
	}
	c.ended = true
	if err := c.store(p[n:]); err != nil {
		return err
	}
	if !c.f.middle && c.tail() == nil {
		return nil
	}
	// Nothing is left to take, so nothing can be written anew but this byte.
	for again := 1; again > 0; {
		c.f.middle = false
		write := func(p []byte) error { _, err := c.out.Write(p); return err }
		if c.tail() != nil {
			write = c.mender.Mend
		}
		err := write([]byte{'\n'})
		if err != nil {
			return err
		}
		if again, err = c.out.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// finish brings the line under way to its end, if any part of it has been
// taken from the source already, and leaves everything behind it there.
func (c *copier) finish() error {
	if c.in.Held() == 0 && !c.f.middle {
		return ErrStop
	}
	c.in.Slow()
	deadline := c.now().Add(finishTime)
	for {
		p, full, err := c.in.Next(max(0, deadline.Sub(c.now())))
		switch {
		case err == nil:
			if n := bytes.IndexByte(p, '\n') + 1; n > 0 {
				return c.store(p[:n])
			}
			if !c.now().Before(deadline) { // it never ceases to grow
				return c.last(p)
			}
			if full {
				err = c.store(p[:wholeRunes(p)])
			}
		case errors.Is(err, ErrWoken):
			// A second request to stop does not wait for the line.
			if c.out.Attend() != nil {
				return c.last(p)
			}
			err = nil
		case errors.Is(err, io.EOF), errors.Is(err, ErrTimeout):
			return c.last(p)
		default:
			return c.broken(p, err)
		}
		if err != nil {
			return err
		}
	}
}

// store formats p, gives it to the sink, and takes it from the source once it
// is durable. What the sink wants anew is formatted anew.
func (c *copier) store(p []byte) error {
	for len(p) > 0 {
		c.f.At(c.now())
		middle := c.f.middle
		out, err := 0, c.mend(p)
		if err == nil {
			out, err = c.pass(p)
		}
		again, serr := c.out.Sync()
		if err == nil && again == 0 && (serr == nil || errors.Is(serr, ErrStop)) {
			return errors.Join(serr, c.in.Take(len(p)))
		}
		used := c.f.input(p, out-again, middle)
		c.f.middle = middle && used == 0
		if terr := c.in.Take(used); terr != nil {
			return terr
		}
		p = p[used:]
		if err != nil || serr != nil {
			return left(errors.Join(err, serr), p)
		}
	}
	return nil
}

// left says what of p could not be stored, where that is because there was no
// time to wait for room any more.
func left(err error, p []byte) error {
	if !errors.Is(err, ErrStop) || len(p) == 0 {
		return err
	}
	lines := bytes.Count(p, []byte{'\n'})
	if p[len(p)-1] != '\n' {
		lines++
	}
	return &Left{lines, len(p)}
}

// Left says what a Copy that was told to stop had read and could not store.
// From a pipe that can be looked into it was not taken.
type Left struct {
	Lines int
	Bytes int
}

func (l *Left) Error() string {
	return fmt.Sprintf("told to stop with %d lines (%d bytes) of input unwritten", l.Lines, l.Bytes)
}

// tail is what out ends in and nobody has mended yet.
func (c *copier) tail() *Tail {
	if c.mender == nil {
		return nil
	}
	return c.mender.Tail()
}

// mend completes the line that the output was found to end within.
func (c *copier) mend(p []byte) error {
	tail := c.tail()
	if tail == nil {
		return nil
	}
	if c.ended {
		p = append(bytes.Clone(p), '\n')
	}
	return c.mender.Mend(tail.complete(c.f, p))
}

// pass formats p into the buffer as often as it takes, and returns how much
// the sink has stored of what came out.
func (c *copier) pass(p []byte) (stored int, err error) {
	if c.f.plain() {
		c.f.middle = p[len(p)-1] != '\n'
		return c.out.Write(p)
	}
	for len(p) > 0 {
		buf, used := c.f.Append(c.buf[:0], p)
		p = p[used:]
		if len(buf) == 0 {
			continue // empty lines only
		}
		n, err := c.out.Write(buf)
		stored += n
		if err != nil {
			return stored, err
		}
	}
	return stored, nil
}
