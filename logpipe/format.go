package logpipe

import (
	"bytes"
	"time"
)

// Format is what is done to each line on its way: a stamp and a prefix are put
// in front of it, or it is dropped because it is empty. The zero value leaves
// every line as it is.
//
// One time serves all the lines that were read together. That is the time of
// their arrival, as near as anyone can tell who finds them in a pipe, and
// asking the clock for each line would cost more than all the rest.
type Format struct {
	Stamp     Stamp
	Prefix    string // must not contain a newline
	SkipEmpty bool

	head   []byte // stamp and prefix of the lines that arrived last
	second int64  // when they did
	middle bool   // the last line begun has not ended yet
}

// plain says that lines pass unchanged, so that nobody needs to look at them.
func (f *Format) plain() bool { return f.Stamp == NoStamp && f.Prefix == "" && !f.SkipEmpty }

// At sets the time of the lines that come next.
func (f *Format) At(t time.Time) {
	second := t.Unix()
	if second == f.second && len(f.head) > 0 && !f.Stamp.Fine() {
		return
	}
	f.second = second
	f.head = append(f.Stamp.Append(f.head[:0], t), f.Prefix...)
}

// Append formats lines from the front of src into the free room of dst. It
// returns dst and how much of src it has taken: as many whole lines as fit,
// and where dst is empty and not even one fits, a piece of that one. The rest
// of a line cut so follows in the next call without a second stamp. A last
// line of src without newline is taken as a piece, too.
//
// dst must have room for the stamp, the prefix and one byte more.
func (f *Format) Append(dst, src []byte) ([]byte, int) {
	used := 0
	for used < len(src) {
		line := src[used:]
		end := bytes.IndexByte(line, '\n') + 1
		if end > 0 {
			line = line[:end]
		}
		if f.SkipEmpty && end == 1 && !f.middle {
			used++
			continue
		}
		room := cap(dst) - len(dst)
		if !f.middle {
			room -= len(f.head)
		}
		if len(line) > room {
			if len(dst) > 0 {
				return dst, used
			}
			line = line[:room]
		}
		if !f.middle {
			dst = append(dst, f.head...)
		}
		dst = append(dst, line...)
		used += len(line)
		f.middle = line[len(line)-1] != '\n'
	}
	return dst, used
}

// input says how many bytes of src, whole lines only, became the first out
// bytes that Append made of it, when it began in the middle of a line or not.
func (f *Format) input(src []byte, out int, middle bool) int {
	used := 0
	for used < len(src) {
		end := bytes.IndexByte(src[used:], '\n') + 1
		if end == 0 {
			break
		}
		size := end
		switch {
		case f.SkipEmpty && end == 1 && !middle:
			size = 0
		case !middle:
			size += len(f.head)
		}
		if size > out {
			break
		}
		out -= size
		used += end
		middle = false
	}
	return used
}
