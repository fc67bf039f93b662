package logpipe

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const noonStamp = "2026-11-20/12:00:00 "

// format runs src through f in one call after another with room bytes each,
// given in portions of step bytes.
func format(f *Format, src string, room, step int) string {
	var out strings.Builder
	f.At(noon)
	for len(src) > 0 {
		portion := []byte(src[:min(step, len(src))])
		src = src[len(portion):]
		for len(portion) > 0 {
			dst, used := f.Append(make([]byte, 0, room), portion)
			out.Write(dst)
			portion = portion[used:]
		}
	}
	return out.String()
}

func TestFormat(t *testing.T) {
	cases := []struct {
		f    Format
		src  string
		room int
		want string
	}{
		{Format{}, "a\n\nb", 100, "a\n\nb"},
		{Format{SkipEmpty: true}, "\n\na\n\n\nb\n\n", 100, "a\nb\n"},
		{Format{SkipEmpty: true}, "\r\n", 100, "\r\n"},
		{Format{Prefix: "> "}, "a\n\nb\n", 100, "> a\n> \n> b\n"},
		{Format{Stamp: StampDmon}, "a\nb\n", 100, noonStamp + "a\n" + noonStamp + "b\n"},
		{Format{Stamp: StampDmon, Prefix: "p "}, "a\nb\n", 26, noonStamp + "p a\n" + noonStamp + "p b\n"},
		{Format{Prefix: "> "}, "0123456789\nx\n", 5, "> 0123456789\n> x\n"},
		{Format{Prefix: "> "}, "012\n34\n", 6, "> 012\n> 34\n"},
		{Format{Prefix: "> ", SkipEmpty: true}, "0123\n\n4\n", 6, "> 0123\n> 4\n"},
		{Format{Prefix: "> "}, "\x00\xff\r\n", 100, "> \x00\xff\r\n"},
	}
	for _, c := range cases {
		f := c.f
		if got := format(&f, c.src, c.room, len(c.src)); got != c.want {
			t.Errorf("%+v of %q in %d bytes\n got %q\nwant %q", c.f, c.src, c.room, got, c.want)
		}
	}
}

// reference is what Format does, said once more in the simplest way.
func reference(f *Format, src string) string {
	var out strings.Builder
	f.At(noon)
	for line := range strings.SplitAfterSeq(src, "\n") {
		if line != "" && (line != "\n" || !f.SkipEmpty) {
			out.WriteString(string(f.head) + line)
		}
	}
	return out.String()
}

func FuzzFormat(f *testing.F) {
	f.Add("a\n\nbc\n", "> ", true, uint8(3), uint8(1), true)
	f.Add("\n\n\n", "", true, uint8(40), uint8(2), false)
	f.Add("no newline", "p", false, uint8(1), uint8(7), true)
	f.Fuzz(func(t *testing.T, src, prefix string, skip bool, room, step uint8, stamp bool) {
		if strings.Contains(prefix, "\n") || len(prefix) > 100 || len(src) > 4096 {
			return
		}
		kind := NoStamp
		if stamp {
			kind = StampDmon
		}
		want := reference(&Format{Stamp: kind, Prefix: prefix, SkipEmpty: skip}, src)
		one := &Format{Stamp: kind, Prefix: prefix, SkipEmpty: skip}
		got := format(one, src, len(noonStamp)+len(prefix)+1+int(room), 1+int(step))
		if got != want {
			t.Errorf("in portions of %d and %d\n got %q\nwant %q", step, room, got, want)
		}
	})
}

// FuzzFormatInput checks the way back: whatever length of the output is safe,
// formatting the rest of the input again gives the rest of the output, after
// the last whole line at most once more.
func FuzzFormatInput(f *testing.F) {
	f.Add("a\n\nbc\nd", "> ", true, uint16(5), false)
	f.Add("rest\n\n\nx\n", "", true, uint16(5), true)
	f.Fuzz(func(t *testing.T, src, prefix string, skip bool, safe uint16, middle bool) {
		if strings.Contains(prefix, "\n") {
			return
		}
		one := &Format{Prefix: prefix, SkipEmpty: skip, middle: middle}
		one.At(noon)
		out, used := one.Append(make([]byte, 0, len(src)*(len(prefix)+1)+len(prefix)+1), []byte(src))
		if used != len(src) {
			t.Fatalf("took %d of %d bytes", used, len(src))
		}
		n := min(int(safe), len(out))
		back := one.input([]byte(src), n, middle)
		again := &Format{Prefix: prefix, SkipEmpty: skip, middle: middle && back == 0}
		again.At(noon)
		rest, _ := again.Append(make([]byte, 0, len(out)+len(prefix)+1), []byte(src[back:]))
		if !bytes.HasSuffix(out, rest) {
			t.Fatalf("%d of %q are safe, which is %d of %q: then comes %q", n, out, back, src, rest)
		}
		if kept := out[:len(out)-len(rest)]; len(kept) > n || bytes.IndexByte(out[len(kept):n], '\n') >= 0 {
			t.Errorf("%d of %q are safe, but %d were kept", n, out, len(kept))
		}
	})
}
