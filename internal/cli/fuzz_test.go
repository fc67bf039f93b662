package cli

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// seeds are given to every target: what one parser takes, the others must
// refuse with grace.
func seeds(f *testing.F, more ...string) {
	for _, s := range append(more, "", "0", "1h30m", "1.5GiB", "SIGTERM", "0-3,5", "2.5x", "-20", "0777", "help",
		"1e3", "0x1p4", "inf", "9223372036854775807", "9223372036.854775807", "\xff", "\u212a", "\u017f", "٣") {
		f.Add(s)
	}
}

// judged fails when a parser's error is not one to print as it stands, or when
// what it took holds anything but ASCII.
func judged(t *testing.T, s string, err error) (taken bool) {
	t.Helper()
	var own *valueError
	var answer *Answer
	switch {
	case err == nil:
		if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q was taken", s)
		}
		return true
	case errors.As(err, &answer) && s == "help":
	case !errors.As(err, &own):
		t.Errorf("%q: a foreign error: %v", s, err)
	}
	return false
}

func FuzzParseTime(f *testing.F) {
	seeds(f, "1w2d3h4m5s6ms", "9223372036.854774s0.000000511s0.000001023s")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseTime(s)
		if !judged(t, s, err) {
			return
		}
		if d < 0 || d == 0 && strings.ContainsAny(s, "123456789") {
			t.Errorf("%q is %d ns", s, d)
		}
		if again, err := ParseTime(FormatTime(d)); err == nil && (again-d).Abs() > time.Millisecond/2 {
			t.Errorf("%q is %d ns, written %s, which is %d ns", s, d, FormatTime(d), again)
		}
	})
}

func FuzzFormatTime(f *testing.F) {
	for _, ms := range []int64{0, 1, 999, 1000, 59_999, 60_000, 3_600_000, 86_400_000, 9223372036854} {
		f.Add(ms)
	}
	f.Fuzz(func(t *testing.T, ms int64) {
		d := time.Duration(ms%9223372036855) * time.Millisecond
		if d < 0 {
			d = -d
		}
		text := FormatTime(d)
		if again, err := ParseTime(text); err != nil || again != d {
			t.Errorf("%d ms is written %s, which is %d ns, %v", ms, text, again, err)
		}
	})
}

func FuzzParseSize(f *testing.F) {
	seeds(f, "4096", "1.1k", "8388607.9999999999t")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseSize(s)
		if !judged(t, s, err) {
			return
		}
		if n < 0 || n == 0 && strings.ContainsAny(s, "123456789") {
			t.Errorf("%q is %d bytes", s, n)
		}
	})
}

func FuzzFormatSize(f *testing.F) {
	for _, n := range []int64{0, 1, 1024, 1280, 3 << 29, 1 << 53, 1<<61 + 256, 1<<63 - 1} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		n &= 1<<63 - 1
		text := FormatSize(n)
		if again, err := ParseSize(text); err != nil || again != n {
			t.Errorf("%d is written %s, which is %d, %v", n, text, again, err)
		}
	})
}

func FuzzParseSignal(f *testing.F) {
	seeds(f, "usr1", "15", "64")
	f.Fuzz(func(t *testing.T, s string) {
		sig, err := ParseSignal(s)
		if !judged(t, s, err) {
			return
		}
		if again, err := ParseSignal(SignalName(sig)); err != nil || again != sig || sig < 1 || sig > lastSignal {
			t.Errorf("%q is %d, called %s, which is %d, %v", s, sig, SignalName(sig), again, err)
		}
	})
}

func FuzzParseCPUs(f *testing.F) {
	seeds(f, "0-1023", "3,1,2-3")
	f.Fuzz(func(t *testing.T, s string) {
		cpus, err := ParseCPUs(s)
		if !judged(t, s, err) {
			return
		}
		ascending := slices.IsSorted(cpus) && len(slices.Compact(slices.Clone(cpus))) == len(cpus)
		if len(cpus) == 0 || !ascending || cpus[0] < 0 || cpus[len(cpus)-1] >= maxCPUs {
			t.Errorf("%q is %v", s, cpus)
		}
	})
}

// FuzzNumbers are the parsers of one number.
func FuzzNumbers(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ParseCount(s); judged(t, s, err) && n < 0 {
			t.Errorf("%q is the count %d", s, n)
		}
		if n, err := ParseRange(-20, 19)(s); judged(t, s, err) && (n < -20 || n > 19) {
			t.Errorf("%q is %d in -20..19", s, n)
		}
		if n, err := ParseMode(s); judged(t, s, err) && (n < 0 || n > 0o777) {
			t.Errorf("%q is the mode %o", s, n)
		}
		n, perCPU, err := ParseFactor(s)
		if judged(t, s, err) && (!(n > 0) || math.IsInf(n, 1) || perCPU != strings.HasSuffix(s, "x")) {
			t.Errorf("%q is the factor %v, per CPU %v", s, n, perCPU)
		}
	})
}

// FuzzParseOneOf: what is taken is one of the words, whatever the case.
func FuzzParseOneOf(f *testing.F) {
	seeds(f, "STDERR", "\u017ftderr")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseOneOf("stderr", "task")(s)
		if judged(t, s, err) && w != strings.ToLower(s) {
			t.Errorf("%q is %q", s, w)
		}
	})
}

// FuzzSplitWords: words that are quoted come back as they were.
func FuzzSplitWords(f *testing.F) {
	f.Add("a 'b c' \"d\\\"\" e\\ f", "x", "y z")
	f.Add("'", "\"", "\\")
	f.Add("\\\n", "", "'")
	f.Fuzz(func(t *testing.T, line, a, b string) {
		words, err := SplitWords(line)
		if err == nil && !strings.ContainsAny(line, `'"\`) && !slices.Equal(words, strings.FieldsFunc(line, isBlank)) {
			t.Errorf("%q has the words %q", line, words)
		}
		quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
		escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")
		again, err := SplitWords(quote(a) + " \t\n\"" + escape.Replace(b) + `"`)
		if err != nil || !slices.Equal(again, []string{a, b}) {
			t.Errorf("%q and %q come back as %q, %v", a, b, again, err)
		}
	})
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }

// FuzzSplitCommands: nothing is lost or made up, and no side is empty.
func FuzzSplitCommands(f *testing.F) {
	f.Add("cmd a -- log b", "--")
	f.Add("-- cmd", "--")
	f.Add("a X b X", "X")
	f.Fuzz(func(t *testing.T, line, separator string) {
		operands := strings.Fields(line)
		command, log, err := SplitCommands(operands, separator)
		if err != nil {
			return
		}
		together := slices.Clone(command)
		if log != nil {
			together = append(append(together, separator), log...)
		}
		if len(command) == 0 || log != nil && len(log) == 0 || !slices.Equal(together, operands) || slices.Contains(command, separator) {
			t.Errorf("%q at %q: %q and %q", operands, separator, command, log)
		}
	})
}

// FuzzParse: any words are either taken or answered in one line of ours, and
// what is taken ends with the operands.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"-n1e cmd", "-t 5 -- cmd -- log", "-test.5 x", "-ntest.x", "-E -test. cmd", "-=", "-t=", "--=", "-é"} {
		f.Add("", s)
		f.Add(s, "cmd")
	}
	f.Fuzz(func(t *testing.T, variable, line string) {
		if strings.ContainsRune(variable, 0) {
			return // no environment can hold it
		}
		t.Setenv("DTEST_OPTIONS", variable)
		args := strings.Fields(line)
		operands, err := new(options).flags().Parse(args, "", "")
		var misuse *Misuse
		var answer *Answer
		if err != nil && !errors.As(err, &misuse) && !errors.As(err, &answer) {
			t.Errorf("%q: a foreign error: %v", args, err)
		}
		if err == nil && !slices.Equal(operands, args[len(args)-len(operands):]) {
			t.Errorf("%q: the operands are %q", args, operands)
		}
		var out, errw strings.Builder
		if err != nil && Tell("dtest", &out, &errw, err) != 0 {
			for _, said := range strings.SplitAfter(strings.TrimSuffix(errw.String(), "\n"), "\n") {
				if !strings.HasPrefix(said, "dtest: ") {
					t.Errorf("%q: said %q", args, errw.String())
				}
			}
		}
	})
}
