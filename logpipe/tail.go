package logpipe

import (
	"bytes"
	"io"
	"time"
)

// TailMax is how much of the end of an output TailOf looks at: a line that was
// written without being taken is never longer, with what stands in front of it
// and a part of the line before. One cut farther from its end than this just
// gets its newline.
const TailMax = lineMax + tailMin

// tailMin is enough for most lines.
const tailMin = 64 << 10

// ReadTail is TailOf for an output of size bytes, which it reads with read, as
// little of them as will do. Where that fails there is no tail.
func ReadTail(read io.ReaderAt, size int64, t time.Time) *Tail {
	var end []byte
	for _, most := range []int64{tailMin, TailMax} {
		if n := min(size, most); n > int64(len(end)) {
			end = make([]byte, n)
			if _, err := read.ReadAt(end, size-n); err != nil {
				return nil
			}
		}
		if bytes.IndexByte(end, '\n') >= 0 {
			break
		}
	}
	return TailOf(end, t)
}

// certain is how many bytes must agree where nothing else, neither a stamp nor
// the line before, shows that two beginnings of a line are of the same one.
const certain = 16

// Tail is an output that does not end with a newline.
//
// When a logger is killed while it writes, the kernel may have stored a part
// of its last line. The logger had not taken that line from its input yet, so
// it will come again. The successor therefore first completes the line that
// was cut, and then writes everything it finds in the input: a line may stand
// there twice, but none is cut and no two are joined. A tail that does not
// look like the beginning of a line in the input is somebody else's, or comes
// from an input that could not be kept; it gets a newline.
type Tail struct {
	cut    []byte    // what follows the last newline, never empty
	before []byte    // the whole line in front of it, nil if unknown
	time   time.Time // when it was written
}

// TailOf returns the tail of an output that ends with the bytes end and was
// last written at t, or nil if it needs no mending. It keeps no reference to
// end, of which it uses the last TailMax bytes.
func TailOf(end []byte, t time.Time) *Tail {
	if len(end) == 0 || end[len(end)-1] == '\n' {
		return nil
	}
	end = bytes.Clone(end[max(0, len(end)-TailMax):])
	tail := &Tail{cut: end, time: t}
	if at := bytes.LastIndexByte(end, '\n'); at >= 0 {
		tail.cut = end[at+1:]
		tail.before = end[bytes.LastIndexByte(end[:at], '\n')+1 : at+1]
	}
	return tail
}

// complete returns what to write behind the tail before the lines of input:
// the rest of the line that was cut, or a newline.
func (t *Tail) complete(f *Format, input []byte) []byte {
	newline := []byte{'\n'}
	missing, ok := t.head(f)
	if !ok {
		return newline
	}
	begun := t.cut[min(len(f.head), len(t.cut)):]
	before := t.before
	if len(before) >= len(f.head) {
		before = before[len(f.head):]
	}
	var previous []byte
	for len(input) > 0 {
		end := bytes.IndexByte(input, '\n') + 1
		if end == 0 {
			break
		}
		line := input[:end]
		input = input[end:]
		if f.SkipEmpty && end == 1 {
			continue
		}
		sure := f.Stamp != NoStamp || len(begun) >= certain || previous != nil && bytes.Equal(previous, before)
		if sure && bytes.HasPrefix(line, begun) {
			return append(missing, line[len(begun):]...)
		}
		previous = line
	}
	return newline
}

// head returns what is missing of the stamp and the prefix in front of the
// line that was cut; ok says that what is there looks like them.
func (t *Tail) head(f *Format) (missing []byte, ok bool) {
	stamp := len(f.head) - len(f.Prefix)
	if len(t.cut) >= stamp {
		if !looksLike(t.cut[:stamp], f.head) {
			return nil, false
		}
		rest := t.cut[stamp:min(len(f.head), len(t.cut))]
		return []byte(f.Prefix[len(rest):]), f.Prefix[:len(rest)] == string(rest)
	}
	// The cut went through the stamp. The time of the last write is the time
	// of that stamp, or was a little later.
	for ago := time.Duration(0); ago <= 3*time.Second; ago += time.Second {
		full := append(f.Stamp.Append(nil, t.time.Add(-ago)), f.Prefix...)
		if seconds := min(len(t.cut), secondsIn(f.Stamp)); bytes.HasPrefix(full, t.cut[:seconds]) &&
			looksLike(t.cut, full) {
			return full[len(t.cut):], true
		}
	}
	return nil, false
}

// secondsIn is the length of the part of a stamp that shows whole seconds; the
// rest of it need not agree with the time of a write.
func secondsIn(s Stamp) int {
	switch s {
	case StampISO:
		return len("2006-01-02T15:04:05")
	case StampTAI64N:
		return len("@4000000000000000")
	case StampUnix:
		return len("1795192053")
	default:
		return len(dmonLayout)
	}
}
