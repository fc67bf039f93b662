package logpipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var errKilled = errors.New("killed")

// world is a pipe and a disk that outlive the processes between them.
type world struct {
	pipe  []byte
	shown int // how much of it somebody has seen
	disk  []byte
	steps []byte // decide what goes wrong next
	dead  bool   // the process was killed and has no effect any more
	full  bool   // the pipe never holds more than is seen
}

// step takes the next decision, one of n; without any left it is 0, which
// everywhere means that all goes well.
func (w *world) step(n int) int {
	if len(w.steps) == 0 {
		return 0
	}
	d := int(w.steps[0])
	w.steps = w.steps[1:]
	return d % n
}

// fakeSource shows more and more of the pipe.
type fakeSource struct {
	*world
	seen int
}

func (s *fakeSource) Held() int { return 0 }
func (s *fakeSource) Slow()     {}

func (s *fakeSource) Next(time.Duration) ([]byte, bool, error) {
	if s.step(9) == 8 {
		return s.pipe[:s.seen], false, ErrWoken
	}
	if s.seen == len(s.pipe) {
		return s.pipe, true, io.EOF
	}
	more := len(s.pipe) - s.seen
	if n := s.step(200); n > 0 {
		more = min(more, n)
	}
	// A pipe shows whoever comes at least what it showed the one before.
	s.seen = max(s.seen+more, s.shown)
	s.shown = s.seen
	return s.pipe[:s.seen], s.full, nil
}

func (s *fakeSource) Take(n int) error {
	if !s.dead {
		s.pipe = s.pipe[n:]
		s.seen -= n
		s.shown -= n
	}
	return nil
}

// fakeSink loses, retracts and refuses what the steps say.
type fakeSink struct {
	*world
	unsynced int
	tail     *Tail
	mended   bool // since the last Sync
}

func (s *fakeSink) Tail() *Tail {
	if s.mended {
		return nil
	}
	return s.tail
}

func (s *fakeSink) Mend(p []byte) error {
	_, err := s.Write(p)
	s.mended = err == nil
	return err
}

func (s *fakeSink) Due() time.Duration { return -1 }

func (s *fakeSink) Attend() error {
	if s.step(4) == 3 {
		return ErrStop
	}
	return nil
}

func (s *fakeSink) Write(p []byte) (int, error) {
	if s.dead {
		return 0, errKilled
	}
	n := len(p)
	var err error
	switch s.step(7) {
	case 5: // killed in the middle of a write
		n, err = s.step(len(p)+1), errKilled
		s.dead = true
	case 6: // told to stop while the disk is full
		n, err = bytes.LastIndexByte(p[:s.step(len(p)+1)], '\n')+1, ErrStop
	}
	s.disk = append(s.disk, p[:n]...)
	s.unsynced += n
	return n, err
}

func (s *fakeSink) Sync() (int, error) {
	n := s.unsynced
	s.unsynced = 0
	switch s.step(9) {
	case 7: // the disk lost it, and it could be cut off
		s.disk, s.mended = s.disk[:len(s.disk)-n], false
		return n, nil
	case 8: // the same, but then told to stop
		s.disk, s.mended = s.disk[:len(s.disk)-n], false
		return n, ErrStop
	}
	if s.mended {
		s.tail, s.mended = nil, false
	}
	return 0, nil
}

// run carries everything over, with as many processes as it takes.
func (w *world) run(t *testing.T, f Format) {
	for range 10000 {
		w.dead = false
		own := f
		out := &fakeSink{world: w, tail: TailOf(w.disk, noon)}
		c := &copier{in: &fakeSource{world: w}, out: out, mender: out, f: &own,
			now: func() time.Time { return noon }, buf: make([]byte, 0, 200)}
		var left *Left
		switch err := c.run(); {
		case err == nil:
			return
		case errors.Is(err, ErrStop), errors.Is(err, errKilled), errors.As(err, &left):
		default:
			t.Fatal(err)
		}
	}
	t.Fatal("does not end")
}

// FuzzCopy lets processes die and disks fail at every point. Whatever happens,
// the output consists of whole lines of the input, all of them, in order; a
// line may come again, with all that follow it, but only whole.
func FuzzCopy(f *testing.F) {
	f.Add(uint64(1), []byte{}, true)
	f.Add(uint64(2), []byte{0, 0, 0, 5, 30, 0, 0, 0, 6, 50}, true)
	f.Add(uint64(3), []byte{0, 9, 0, 0, 7, 0, 0, 0, 8}, false)
	f.Fuzz(func(t *testing.T, seed uint64, steps []byte, complete bool) {
		random := rand.New(rand.NewPCG(seed, 1))
		w := &world{steps: steps}
		count := 1 + random.IntN(40)
		for i := range count {
			w.pipe = fmt.Appendf(w.pipe, "line %04d %s\n", i, strings.Repeat("x", random.IntN(60)))
		}
		lines := strings.SplitAfter(string(w.pipe), "\n")
		if !complete {
			w.pipe = w.pipe[:len(w.pipe)-1]
		}
		w.run(t, Format{Stamp: StampDmon, Prefix: "p "})
		next, out := 0, strings.SplitAfter(string(w.disk), "\n")
		for _, line := range out[:len(out)-1] {
			text, ok := strings.CutPrefix(line, noonStamp+"p ")
			if !ok {
				t.Fatalf("a line without its head: %q", line)
			}
			var i int
			if _, err := fmt.Sscanf(text, "line %d", &i); err != nil || i > next || text != lines[i] {
				t.Fatalf("want line %d or one before, found %q", next, line)
			}
			next = i + 1
		}
		if next != count || out[len(out)-1] != "" {
			t.Errorf("the output ends with line %d of %d and %q", next, count, out[len(out)-1])
		}
	})
}

func TestCopyRandomFailures(t *testing.T) {
	// The fuzz target's property for a few thousand random worlds, so that it
	// is part of every run.
	random := rand.New(rand.NewPCG(1, 2))
	kills := 0
	for range 3000 {
		w := &world{steps: make([]byte, random.IntN(200))}
		for i := range w.steps {
			w.steps[i] = byte(random.Uint32())
		}
		input := ""
		for i := range 1 + random.IntN(30) {
			input += fmt.Sprintf("%03d %s\n", i, strings.Repeat("y", random.IntN(90)))
		}
		w.pipe = []byte(input)
		w.run(t, Format{Stamp: StampISO})
		out := string(w.disk)
		if strings.Count(out, "\n") > strings.Count(input, "\n") {
			kills++
		}
		at := 0
		for line := range strings.SplitAfterSeq(input, "\n") {
			n := strings.Index(out[at:], " "+line)
			if n < 0 {
				t.Fatalf("%q is missing behind byte %d of %q", line, at, out)
			}
			at += n
		}
	}
	if kills < 100 {
		t.Errorf("only %d worlds had to repeat a line", kills)
	}
}

func TestWholeRunes(t *testing.T) {
	cases := []struct {
		p    string
		want int
	}{
		{"", 0}, {"a", 1}, {"aé", 3}, {"aé"[:2], 1}, {"a€"[:3], 1}, {"a😀"[:4], 1}, {"a😀", 5},
		{"\xff", 1}, {"a\xff", 2}, {"a\x80\x80\x80\x80", 5}, {"a\xc3", 1}, {"\xc3", 1},
	}
	for _, c := range cases {
		if got := wholeRunes([]byte(c.p)); got != c.want {
			t.Errorf("wholeRunes(%q) = %d, want %d", c.p, got, c.want)
		}
	}
}

func TestCopyLineLongerThanThePipe(t *testing.T) {
	line := strings.Repeat("0123456789", 100)
	for _, end := range []string{"\n", ""} {
		w := &world{pipe: []byte("a\n" + line + end), full: true, steps: []byte{0, 10}}
		for range 400 {
			w.steps = append(w.steps, 0, 7, 0, 0) // seven bytes at a time, all well
		}
		w.run(t, Format{Prefix: "> "})
		if got, want := string(w.disk), "> a\n> "+line+"\n"; got != want {
			t.Errorf("with %q at the end\n got %q\nwant %q", end, got, want)
		}
	}
}

func TestCopyFinishesALineInPieces(t *testing.T) {
	w := &world{pipe: []byte("0123456789\nnext\n"), full: true}
	in, out := &fakeSource{world: w}, &fakeSink{world: w}
	c := &copier{in: in, out: out, f: &Format{}, now: func() time.Time { return noon }, buf: make([]byte, 0, 200)}
	w.steps = []byte{0, 5, 0, 0, 8, 3} // five bytes; then woken and told to stop
	if err := c.run(); err != nil && !errors.Is(err, ErrStop) {
		t.Fatal(err)
	}
	if string(w.disk) != "0123456789\n" || string(w.pipe) != "next\n" {
		t.Errorf("stored %q, left %q", w.disk, w.pipe)
	}
}

// stopping is a sink that is told to stop after its first line.
type stopping struct {
	got    bytes.Buffer
	stop   func()
	attend func() error
	asked  bool
}

func (s *stopping) Due() time.Duration          { return -1 }
func (s *stopping) Write(p []byte) (int, error) { return s.got.Write(p) }

func (s *stopping) Sync() (int, error) {
	if !s.asked {
		s.asked = true
		s.stop()
	}
	return 0, nil
}

func (s *stopping) Attend() error { return s.attend() }

// endless is an input whose line never ends, and which is not asked in vain.
type endless struct {
	text []byte
	now  time.Time
}

func (s *endless) Held() int        { return len(s.text) }
func (s *endless) Slow()            {}
func (s *endless) Take(n int) error { s.text = s.text[n:]; return nil }
func (s *endless) clock() time.Time { return s.now }

func (s *endless) Next(time.Duration) ([]byte, bool, error) {
	s.now = s.now.Add(finishTime / 10)
	s.text = append(s.text, 'x')
	if len(s.text) == 5 {
		return s.text, false, ErrWoken
	}
	return s.text, false, nil
}

func TestF85TheEndOfALineThatGrowsIsNotWaitedFor(t *testing.T) {
	in, out := &endless{now: noon}, &stopping{}
	out.attend = func() error { return ErrStop }
	out.stop = func() {}
	c := &copier{in: in, out: out, f: &Format{}, now: in.clock}
	if err := c.run(); err != nil {
		t.Fatal(err)
	}
	if got := out.got.String(); got != strings.Repeat("x", 15)+"\n" {
		t.Errorf("stored %q", got)
	}
}

func TestCopyFinishesTheLineOfAnOrdinaryInput(t *testing.T) {
	p, wake := newPipe(t), newPipe(t)
	in := &reader{fd: p.r, wake: wake.r, limit: batch}
	put(t, p, "one\ntw")
	out := &stopping{}
	out.stop = func() { put(t, wake, "stop") }
	out.attend = func() error {
		drain(t, wake.r)
		put(t, p, "o\nthree\n")
		return ErrStop
	}
	if err := Copy(in, out, &Format{}); err != nil {
		t.Fatal(err)
	}
	if got := out.got.String(); got != "one\ntwo\n" {
		t.Errorf("stored %q", got)
	}
	if got := drain(t, p.r); got != "three\n" {
		t.Errorf("left %q", got)
	}
}
