//go:build linux

package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// longest is the longest line of the stream: far longer than what a pipe takes
// in one piece, and shorter than all it holds.
const longest = 200 << 10

// line puts line number n of the stream into dst, which is empty, without its newline. Every
// line is different, and says all over what it is.
func line(dst []byte, n uint64, limit int) []byte {
	dst = strconv.AppendUint(dst, n, 10)
	size := lengthOf(n, limit)
	if size > len(dst) {
		dst = append(dst, ' ')
	}
	h := mix(n)
	for i := len(dst); i < size; i++ {
		if i%16 == 0 {
			h = mix(h)
		}
		dst = append(dst, " abcdefghijklmnopqrstuvwxyz012345"[h>>(i%12*5)&31])
	}
	return dst
}

// lengthOf is how long line n is at least: most are short, a few long.
func lengthOf(n uint64, limit int) int {
	h := mix(n ^ 0x5eed)
	size := int(h >> 8 % 200)
	switch {
	case h%5003 == 0:
		size = int(h >> 8 % longest)
	case h%211 == 0:
		size = int(h >> 8 % (9 << 10))
	}
	return min(size, limit)
}

// mix is the finalizer of a well-known hash: neighbours become strangers.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// checker compares what was stored with the stream.
type checker struct {
	limit     int // of the length of lines
	next      uint64
	buf       []byte
	lines     uint64 // that were read, repeats included
	bytes     uint64
	rewinds   int    // times that it began again with an earlier line
	repeats   uint64 // lines that came once more than needed
	fragments int    // beginnings of a line, with the whole line after them

	seen  map[string][]uint64 // those, and of which lines: they come again as lines do
	doubt *string             // a beginning of the next line, and of one that was cut before: the next line tells
}

// add takes in the next line that was stored, without its newline and without
// what was put in front of it.
func (c *checker) add(got []byte) error {
	c.lines++
	c.bytes += uint64(len(got)) + 1
	doubt := c.doubt
	c.doubt = nil
	if c.is(got, c.next) {
		c.cut(doubt)
		c.next++
		return nil
	}
	if number, ok := numberOf(got); ok && number < c.next && c.is(got, number) {
		if doubt != nil && !slices.Contains(c.seen[*doubt], number) {
			c.cut(doubt)
		}
		c.rewinds++
		c.repeats += c.next - number
		c.next = number + 1
		return nil
	}
	c.cut(doubt)
	// A generator that was killed in the middle of a line begins its next life
	// with a newline, and with that line.
	c.buf = line(c.buf[:0], c.next, c.limit)
	begun := string(got)
	of := c.seen[begun]
	switch {
	case slices.Contains(of, c.next):
		return nil
	case bytes.HasPrefix(c.buf, got) && len(of) > 0:
		c.doubt = &begun
		return nil
	case bytes.HasPrefix(c.buf, got):
		c.cut(&begun)
		return nil
	case len(of) > 0:
		number := of[len(of)-1]
		c.rewinds++
		c.repeats += c.next - number
		c.next = number
		return nil
	}
	return fmt.Errorf("line %d is wanted, and here is %q (%d bytes)", c.next, got[:min(len(got), 80)], len(got))
}

// cut notes that the next line was begun, if it was.
func (c *checker) cut(begun *string) {
	if begun == nil {
		return
	}
	if c.seen == nil {
		c.seen = map[string][]uint64{}
	}
	c.fragments++
	c.seen[*begun] = append(c.seen[*begun], c.next)
}

func (c *checker) is(got []byte, n uint64) bool {
	c.buf = line(c.buf[:0], n, c.limit)
	return bytes.Equal(got, c.buf)
}

func numberOf(got []byte) (uint64, bool) {
	end := 0
	for end < len(got) && got[end] >= '0' && got[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(string(got[:end]), 10, 64)
	return n, err == nil
}
