//go:build linux

package soak

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// checker compares what was stored with the stream.
type checker struct {
	limit   int // of the length of lines
	next    uint64
	buf     []byte
	lines   uint64 // that were read, repeats included
	bytes   uint64
	rewinds int    // times that it began again with an earlier line
	repeats uint64 // lines that came once more than needed
	cuts    int    // beginnings of a line, with the whole line after them

	begun []beginning         // since the last whole line
	seen  map[string][]uint64 // beginnings, and of which lines: they come again as lines do
}

// beginning is of a line whose rest never came.
type beginning struct {
	text string
	torn bool // it is the end of a file that was renamed, and no line of its own
}

// add takes in the next line that was stored, without its newline and without
// what was put in front of it.
func (c *checker) add(got []byte) error {
	c.lines++
	c.bytes += uint64(len(got)) + 1
	n, whole := numberOf(got)
	c.buf = line(c.buf[:0], n, c.limit)
	if !whole || !bytes.Equal(got, c.buf) {
		// A generator that was killed in the middle of a line begins its next life
		// with a newline, and with that line: it will tell.
		c.begun = append(c.begun, beginning{text: string(got)})
		return nil
	}
	if n > c.next {
		return fmt.Errorf("line %d is wanted, and here is line %d", c.next, n)
	}
	for _, b := range c.begun {
		if err := c.cut(b, n); err != nil {
			return err
		}
	}
	c.begun = c.begun[:0]
	if n < c.next {
		c.rewinds++
		c.repeats += c.next - n
	}
	c.next = n + 1
	return nil
}

// tear takes in what follows the last newline of a file that was renamed.
func (c *checker) tear(got []byte) {
	c.begun = append(c.begun, beginning{string(got), true})
}

// cut judges a beginning that stands in front of the whole line n. Where that is
// not the line that was wanted, the wanted one may have been begun, before all
// came again from n on, or n itself.
func (c *checker) cut(b beginning, n uint64) error {
	var lines []uint64
	for _, of := range slices.Compact([]uint64{n, c.next}) {
		if slices.Contains(c.seen[b.text], of) {
			return nil
		}
		c.buf = line(c.buf[:0], of, c.limit)
		if bytes.HasPrefix(c.buf, []byte(b.text)) {
			lines = append(lines, of)
		}
	}
	if lines == nil {
		return fmt.Errorf("line %d is wanted, and here is %q (%d bytes)", c.next, b.text[:min(len(b.text), 80)], len(b.text))
	}
	if b.torn {
		return nil
	}
	if c.seen == nil {
		c.seen = map[string][]uint64{}
	}
	c.cuts++
	c.seen[b.text] = append(c.seen[b.text], lines...)
	return nil
}

// end is called behind the last line. The last life of the generator may have
// been told to stop before it came to the line that the one before had begun.
func (c *checker) end() error {
	for _, b := range c.begun {
		if err := c.cut(b, c.next); err != nil {
			return err
		}
	}
	return nil
}

func numberOf(got []byte) (uint64, bool) {
	end := 0
	for end < len(got) && got[end] >= '0' && got[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(string(got[:end]), 10, 64)
	return n, err == nil
}
