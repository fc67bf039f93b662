package varlink

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Writer makes JSON in a buffer that is given to it, and never grows it: what
// does not fit is left out, and Full says so. Members and elements are separated
// as they come.
type Writer struct {
	buf   []byte
	comma bool
	full  bool
}

// Reset begins anew in buf, whose capacity is all that there will be.
func (w *Writer) Reset(buf []byte) { *w = Writer{buf: buf[:0]} }

// Bytes is what was written, a part of the buffer.
func (w *Writer) Bytes() []byte { return w.buf }

// Full reports whether something did not fit.
func (w *Writer) Full() bool { return w.full }

func (w *Writer) raw(text string) {
	if len(w.buf)+len(text) > cap(w.buf) {
		w.full = true
		return
	}
	w.buf = append(w.buf, text...)
}

func (w *Writer) begin() {
	if w.comma {
		w.raw(",")
	}
	w.comma = true
}

// Open begins an object or an array ("{" or "["), as a member where name is not "".
func (w *Writer) Open(name, bracket string) {
	w.key(name)
	w.raw(bracket)
	w.comma = false
}

// Close ends it ("}" or "]").
func (w *Writer) Close(bracket string) {
	w.raw(bracket)
	w.comma = true
}

func (w *Writer) key(name string) {
	w.begin()
	if name != "" {
		w.quote(name)
		w.raw(":")
	}
}

// Text adds a string, as a member where name is not "".
func (w *Writer) Text(name, value string) {
	w.key(name)
	w.quote(value)
}

// Number adds a whole number.
func (w *Writer) Number(name string, value int64) {
	w.key(name)
	var digits [20]byte
	w.raw(string(strconv.AppendInt(digits[:0], value, 10)))
}

// True adds a truth value.
func (w *Writer) True(name string, value bool) {
	w.key(name)
	if value {
		w.raw("true")
		return
	}
	w.raw("false")
}

// Time adds a time, RFC 3339 in UTC with microseconds.
func (w *Writer) Time(name string, value time.Time) {
	w.key(name)
	var text [40]byte
	w.raw(string(value.UTC().AppendFormat(text[:0], `"2006-01-02T15:04:05.000000Z"`)))
}

// Raw adds a value that is JSON already.
func (w *Writer) Raw(name, value string) {
	w.key(name)
	w.raw(value)
}

// quote writes a string; bytes that are no UTF-8 become the replacement
// character, since JSON has nothing else for them.
func (w *Writer) quote(text string) {
	const digits = "0123456789abcdef"
	w.raw(`"`)
	from := 0
	flush := func(to int, instead string, skip int) {
		w.raw(text[from:to])
		w.raw(instead)
		from = to + skip
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			flush(i, `\`+text[i:i+1], 1)
		case c == '\n':
			flush(i, `\n`, 1)
		case c < ' ' || c == 0x7f:
			flush(i, string([]byte{'\\', 'u', '0', '0', digits[c>>4], digits[c&15]}), 1)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				flush(i, "\ufffd", 1)
			}
			i += size
			continue
		}
		i++
	}
	flush(len(text), `"`, 0)
}

// Seconds adds a length of time, in seconds, to the microsecond: finer than that is
// noise.
func (w *Writer) Seconds(name string, value time.Duration) {
	w.key(name)
	var text [32]byte
	w.raw(string(strconv.AppendFloat(text[:0], value.Round(time.Microsecond).Seconds(), 'f', -1, 64)))
}
