package cli

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// parsed is what a parser said, as one line: the value, "answer: ..." or
// "error: ...".
func parsed(value any, err error) string {
	var answer *Answer
	switch {
	case errors.As(err, &answer):
		return "answer: " + strings.ReplaceAll(answer.Text, "\n", " ")
	case err != nil:
		return "error: " + err.Error()
	}
	return fmt.Sprint(value)
}

// checkParser walks a table of texts and what the parser says of them. A want
// that begins with "error" only has to be the beginning of what was said.
func checkParser[T any](t *testing.T, parse func(string) (T, error), rows [][2]string) {
	t.Helper()
	for _, row := range rows {
		text, want := row[0], row[1]
		got := parsed(parse(text))
		if got != want && !(strings.HasPrefix(want, "error") && strings.HasPrefix(got, want)) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		if strings.HasPrefix(got, "error") && len(text) < 30 && !strings.Contains(got, fmt.Sprintf("%q", text)) {
			t.Errorf("%q: the error does not quote it: %s", text, got)
		}
	}
}

func TestParseTime(t *testing.T) {
	checkParser(t, ParseTime, [][2]string{
		{"0", "0s"}, {"0s", "0s"}, {"0.0", "0s"}, {"00", "0s"},
		{"90", "1m30s"}, {"1.5", "1.5s"}, {".5", "500ms"}, {"5.", "5s"}, {"007", "7s"},
		{"250ms", "250ms"}, {"1s", "1s"}, {"2m", "2m0s"}, {"3h", "3h0m0s"}, {"1d", "24h0m0s"}, {"1w", "168h0m0s"},
		{"1h30m", "1h30m0s"}, {"1w2d3h4m5s6ms", "219h4m5.006s"}, {"1.5h", "1h30m0s"}, {"1m1ms", "1m0.001s"},
		{"30m1h", "1h30m0s"}, {"1m1m", "2m0s"}, {"0h0m", "0s"},
		// What is not written as zero is not zero: that would turn things off.
		{"0.0000000001", "1ns"}, {"0." + strings.Repeat("0", 400) + "1ms", "1ns"},
		{"0.000000001", "1ns"}, {"0.0000000014", "1ns"}, {"1.001", "1.001s"},
		{"106751d", "2562024h0m0s"}, {"2562047h47m16s854ms", "2562047h47m16.854s"},
		{"9223372036.854774", "2562047h47m16.854774784s"},
		{"9223372036.854774s0.000001023s", "2562047h47m16.854775807s"},

		{"", "error: \"\" is not a TIME: a TIME is"},
		{" 1", "error"}, {"1 ", "error"}, {"1 h", "error"}, {"h", "error"}, {".", "error"}, {"1..5", "error"},
		{"-1", "error"}, {"+1", "error"}, {"1e3", "error"}, {"0x10", "error"}, {"inf", "error"}, {"nan", "error"},
		{"1_000", "error"}, {"1,5", "error"}, {"1S", "error"}, {"1min", "error"}, {"1y", "error"}, {"1us", "error"},
		{"1h30", "error"}, {"1h 30m", "error"}, {"1hm", "error"}, {"1h.m", "error"}, {"1h30mx", "error"}, {"1s\x00", "error"},
		{"106752d", "error: \"106752d\" is too long a TIME"},
		{"9223372037", "error: \"9223372037\" is too long"},
		{"106751d1d", "error: \"106751d1d\" is too long"},
		{strings.Repeat("9", 400), "error: \"" + strings.Repeat("9", 400) + "\" is too long"},
		{strings.Repeat("9", 400) + "x", "error: \"" + strings.Repeat("9", 400) + "x\" is not a TIME"},
		// The sum passes the largest duration by less than a float64 can tell.
		{"9223372036.854774s0.000000511s0.000001023s", "error: \"9223372036.854774s0.000000511s0.000001023s\" is too long"},
	})
}

func TestParseSize(t *testing.T) {
	checkParser(t, ParseSize, [][2]string{
		{"0", "0"}, {"4096", "4096"}, {"4096b", "4096"}, {"4096B", "4096"}, {"007", "7"},
		{"1k", "1024"}, {"1K", "1024"}, {"1kb", "1024"}, {"1KiB", "1024"}, {"1kib", "1024"},
		{"16m", "16777216"}, {"1g", "1073741824"}, {"1T", "1099511627776"},
		{"1.5GiB", "1610612736"}, {".5k", "512"}, {"1.1k", "1126"}, {"5.k", "5120"},
		{"0k", "0"}, {"0.0k", "0"}, {"0.0001k", "1"},
		{"9223372036854775807", "9223372036854775807"}, {"9007199254740993", "9007199254740993"},
		{"9007199254740991k", "9223372036854774784"}, {"8388607t", "9223370937343148032"},

		{"", "error: \"\" is not a SIZE: a SIZE is"},
		{"k", "error"}, {"b", "error"}, {".", "error"}, {"1..5k", "error"}, {"1.5", "error"}, {"4096.0", "error"}, {"1.5b", "error"},
		{"-1", "error"}, {"+1", "error"}, {"1e3", "error"}, {"0x10", "error"}, {"1_0", "error"}, {"1 k", "error"}, {" 1k", "error"}, {"1k ", "error"},
		{"1i", "error"}, {"1ib", "error"}, {"1ki", "error"}, {"1kk", "error"}, {"1kbb", "error"}, {"1p", "error"}, {"1k1", "error"}, {"1k1m", "error"},
		{"1\u212a", "error"}, {"1k\u0131b", "error"}, {"50%", "error"},
		{"9223372036854775808", "error: \"9223372036854775808\" is too large"},
		{"8388608t", "error: \"8388608t\" is too large"},
		{"8388607.9999999999t", "error: \"8388607.9999999999t\" is too large"},
		{strings.Repeat("9", 400), "error: \"" + strings.Repeat("9", 400) + "\" is too large"},
	})
}

func TestParseSignal(t *testing.T) {
	number := func(s string) (int, error) { sig, err := ParseSignal(s); return int(sig), err }
	checkParser(t, number, [][2]string{
		{"TERM", "15"}, {"SIGTERM", "15"}, {"term", "15"}, {"sigterm", "15"}, {"SigTerm", "15"}, {"15", "15"}, {"015", "15"},
		{"HUP", "1"}, {"1", "1"}, {"KILL", "9"}, {"64", "64"}, {"34", "34"},
		{"", "error: \"\" is not a SIGNAL: a name like TERM, or a number from 1 to 64"},
		{"0", "error"}, {"65", "error"}, {"-15", "error"}, {"+15", "error"}, {"271", "error"}, {"15 ", "error"},
		{"SIG", "error"}, {"SIGSIGTERM", "error"}, {"SIG15", "error"}, {"TERMX", "error"}, {" TERM", "error"}, {"SIG TERM", "error"},
		{"\u017figterm", "error"}, {"u\u017fr1", "error"}, {"HELP", "error"},
	})
	if _, err := ParseSignal("help"); !strings.HasPrefix(parsed(0, err), "answer: HUP INT QUIT ") {
		t.Errorf("help: got %v", err)
	}
}

func TestSignalNamesReadBack(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range signals {
		if seen[e.name] {
			t.Errorf("%s stands twice in the table", e.name)
		}
		seen[e.name] = true
		got, err := ParseSignal(SignalName(e.sig))
		if err != nil || got != e.sig {
			t.Errorf("%s: read back as %d, %v", e.name, got, err)
		}
	}
	if got := SignalName(40); got != "40" {
		t.Errorf("signal 40 is called %q", got)
	}
}

func TestParseCount(t *testing.T) {
	checkParser(t, ParseCount, [][2]string{
		{"0", "0"}, {"7", "7"}, {"010", "10"}, {"2147483647", "2147483647"},
		{"", "error: \"\" is not a whole number from 0 to 2147483647"},
		{"-1", "error"}, {"+1", "error"}, {"1.0", "error"}, {"1e3", "error"}, {"1_000", "error"}, {"0x1", "error"},
		{" 1", "error"}, {"1 ", "error"}, {"2147483648", "error"}, {"99999999999999999999", "error"}, {"\u0661", "error"},
	})
}

func TestParseOneOf(t *testing.T) {
	checkParser(t, ParseOneOf("stderr", "syslog", "ok"), [][2]string{
		{"stderr", "stderr"}, {"SysLog", "syslog"}, {"OK", "ok"},
		{"help", "answer: stderr syslog ok "},
		{"", "error: \"\" is none of stderr, syslog, ok"},
		{"std", "error"}, {"stderr ", "error"}, {"Help", "error"}, {"\u017fy\u017flog", "error"}, {"o\u212a", "error"},
	})
	if got, err := ParseOneOf("help", "other")("help"); got != "help" || err != nil {
		t.Errorf("a value called help: got %q, %v", got, err)
	}
}

func TestFormatTime(t *testing.T) {
	for _, row := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0s"}, {time.Millisecond, "1ms"}, {250 * time.Millisecond, "250ms"}, {999 * time.Millisecond, "999ms"},
		{time.Second, "1s"}, {1500 * time.Millisecond, "1.5s"}, {10 * time.Second, "10s"}, {59999 * time.Millisecond, "59.999s"},
		{time.Minute, "1m"}, {90 * time.Second, "1m30s"}, {90 * time.Minute, "1h30m"}, {time.Hour, "1h"},
		{time.Hour + time.Second, "1h1s"}, {24 * time.Hour, "1d"}, {36 * time.Hour, "1d12h"}, {30 * 24 * time.Hour, "30d"},
		{time.Minute + 50*time.Millisecond, "1m0.05s"},
		{1234567 * time.Nanosecond, "1ms"}, {1500001 * time.Nanosecond, "2ms"}, {999_999_999, "1s"}, {59_999_999_999, "1m"},
		{1, "0.000001ms"}, {250 * time.Microsecond, "0.25ms"}, {999_999, "0.999999ms"},
		{math.MaxInt64, "106751d23h47m16.855s"},
		{-1500 * time.Millisecond, "-1.5s"}, {math.MinInt64, "-106751d23h47m16.855s"},
	} {
		if got := FormatTime(row.d); got != row.want {
			t.Errorf("%d ns: got %q, want %q", row.d, got, row.want)
		}
	}
}

func TestFormatSize(t *testing.T) {
	for _, row := range []struct {
		n    int64
		want string
	}{
		{0, "0"}, {1, "1"}, {1023, "1023"}, {1024, "1k"}, {1025, "1025"}, {1280, "1.25k"}, {1536, "1.5k"}, {1100, "1100"},
		{4096, "4k"}, {16 << 20, "16m"}, {3 << 29, "1.5g"}, {1 << 40, "1t"}, {1<<40 + 1<<38, "1.25t"}, {1<<20 + 1024, "1025k"},
		{1 << 50, "1024t"}, {math.MaxInt64, "9223372036854775807"}, {1<<62 + 256, "4611686018427388160"}, {-1, "-1"},
	} {
		if got := FormatSize(row.n); got != row.want {
			t.Errorf("%d: got %q, want %q", row.n, got, row.want)
		}
	}
}
