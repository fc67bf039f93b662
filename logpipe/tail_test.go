package logpipe

import (
	"strings"
	"testing"
	"time"
)

func TestTailOf(t *testing.T) {
	long := strings.Repeat("x", TailMax)
	cases := []struct{ end, cut, before string }{
		{"", "", ""},
		{"a\n", "", ""},
		{"\n", "", ""},
		{"a", "a", ""},
		{"a\nb", "b", "a\n"},
		{"a\n\nb", "b", "\n"},
		{"z\na\nbc", "bc", "a\n"},
		{"a\n" + long, long, ""},
	}
	for _, c := range cases {
		tail := TailOf([]byte(c.end), noon)
		switch {
		case tail == nil && c.cut != "":
			t.Errorf("TailOf(%.20q) = nil", c.end)
		case tail != nil && (string(tail.cut) != c.cut || string(tail.before) != c.before):
			t.Errorf("TailOf(%.20q) = cut %.20q before %.20q, want %.20q and %.20q", c.end, tail.cut, tail.before, c.cut, c.before)
		}
	}
}

func TestTailComplete(t *testing.T) {
	stamped := Format{Stamp: StampDmon, Prefix: "p: "}
	cases := []struct {
		name   string
		f      Format
		end    string
		input  string
		append string
	}{
		{"foreign", Format{}, "foo", "bar\n", "\n"},
		{"too short to be sure", Format{}, "foo", "foobar\n", "\n"},
		{"long enough", Format{}, "0123456789abcdef", "0123456789abcdefgh\nx\n", "gh\n"},
		{"the line before agrees", Format{}, "one\nt", "one\ntwo\n", "wo\n"},
		{"the line before differs", Format{}, "three\nt", "one\ntwo\n", "\n"},
		{"empty lines are not looked at", Format{SkipEmpty: true}, "one\nt", "one\n\ntwo\n", "wo\n"},
		{"unfinished input", Format{}, "one\nt", "one\ntwo", "\n"},
		{"stamped", stamped, noonStamp + "p: t", "one\ntwo\n", "wo\n"},
		{"the whole line but its newline", stamped, noonStamp + "p: two", "one\ntwo\n", "\n"},
		{"cut in the prefix", stamped, noonStamp + "p:", "one\n", " one\n"},
		{"other prefix", stamped, noonStamp + "q:", "one\n", "\n"},
		{"cut in the stamp", stamped, "2026-11-20/12:0", "one\n", "0:00 p: one\n"},
		{"cut in the stamp, a second ago", stamped, "2026-11-20/11:59:5", "one\n", "9 p: one\n"},
		{"no stamp", stamped, "hello", "one\n", "\n"},
		{"a stamp of long ago", stamped, "2025-11-20/12:0", "one\n", "\n"},
		{"a stamp of long ago, complete", stamped, "2025-01-02/12:03:04 p: o", "one\n", "ne\n"},
		{"microseconds differ", Format{Stamp: StampISO}, "2026-11-20T12:00:00.12", "one\n", "0000Z one\n"},
	}
	for _, c := range cases {
		f := c.f
		f.At(noon)
		if got := string(TailOf([]byte(c.end), noon).complete(&f, []byte(c.input))); got != c.append {
			t.Errorf("%s: %q gets %q, want %q", c.name, c.end, got, c.append)
		}
	}
}

func TestTailOfEveryStampCutAnywhere(t *testing.T) {
	for s := NoStamp + 1; s <= StampUnix; s++ {
		f := &Format{Stamp: s}
		f.At(noon.Add(123456 * time.Microsecond))
		line := string(f.head) + "payload\n"
		for n := 1; n < len(line); n++ {
			tail := TailOf([]byte(line[:n]), noon.Add(time.Second))
			f.At(noon.Add(time.Hour))
			whole := line[:n] + string(tail.complete(f, []byte("payload\n")))
			if !strings.HasSuffix(whole, " payload\n") || len(whole) != len(line) {
				t.Errorf("stamp %d cut after %d bytes became %q", s, n, whole)
			}
		}
	}
}
