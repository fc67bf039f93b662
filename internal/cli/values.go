package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// valueError is what every parser here returns: it needs no further words
// when it is printed behind the option's name.
type valueError struct{ text string }

func (e *valueError) Error() string { return e.text }

// Invalidf returns an error that a parser given to Value may return: it is
// printed as it stands, behind the option's name.
func Invalidf(format string, a ...any) error {
	return &valueError{fmt.Sprintf(format, a...)}
}

// units of a TIME, longest name first so that "ms" is not read as minutes.
var units = []struct {
	name string
	unit time.Duration
}{
	{"ms", time.Millisecond},
	{"s", time.Second},
	{"m", time.Minute},
	{"h", time.Hour},
	{"d", 24 * time.Hour},
	{"w", 7 * 24 * time.Hour},
}

const timeForm = "a TIME is seconds or numbers with ms, s, m, h, d or w, like 90, 1.5 or 1h30m"

// ParseTime reads a TIME: a number of seconds, decimals allowed, or numbers
// with units, chained ("1h30m"). It is never negative, never overflows, and is
// zero only where the user wrote zero.
func ParseTime(s string) (time.Duration, error) {
	rest, total := s, time.Duration(0)
	for first := true; first || rest != ""; first = false {
		number, behind := cutNumber(rest)
		unit, length := time.Second, 0
		for _, u := range units {
			if strings.HasPrefix(behind, u.name) {
				unit, length = u.unit, len(u.name)
				break
			}
		}
		ns, err := scaled(number, float64(unit))
		// A bare number is seconds, but only when it is all there is.
		if err != nil || length == 0 && (behind != "" || !first) {
			return 0, Invalidf("%q is not a TIME: %s", s, timeForm)
		}
		// The sum is compared as whole numbers: a float64 this large is
		// hundreds of nanoseconds wide.
		if ns >= math.MaxInt64 || time.Duration(ns) > math.MaxInt64-total {
			return 0, Invalidf("%q is too long a TIME", s)
		}
		rest, total = behind[length:], total+time.Duration(ns)
	}
	return total, nil
}

// cutNumber splits s behind its leading digits and points. ParseFloat, asked
// for the first part only, never sees the "1e3", "inf" and "0x1p4" it knows.
func cutNumber(s string) (number, rest string) {
	rest = strings.TrimLeft(s, "0123456789.")
	return s[:len(s)-len(rest)], rest
}

// scaled is number times unit as the nearest whole number, +Inf where it is too
// large to say. Zero turns things off, so that only a written zero is one.
func scaled(number string, unit float64) (float64, error) {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, err
	}
	n = math.Round(n * unit)
	if n == 0 && strings.ContainsAny(number, "123456789") {
		n = 1
	}
	return n, nil
}

const sizeForm = "a SIZE is bytes, or a number with k, m, g or t (times 1024), like 4096, 16m or 1.5GiB"

// ParseSize reads a SIZE in bytes, or with k m g t (1024 each) and an optional
// B or iB, in any case; decimals are allowed with a unit. Whole numbers are
// exact to the last byte, and only a written zero is zero.
func ParseSize(s string) (int64, error) {
	number, unit := cutNumber(s)
	factor, known := sizeFactor(unit)
	if !known {
		return 0, Invalidf("%q is not a SIZE: %s", s, sizeForm)
	}
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n <= math.MaxInt64/factor {
		return n * factor, nil
	}
	n, err := scaled(number, float64(factor))
	if err != nil || factor == 1 && strings.Contains(number, ".") {
		return 0, Invalidf("%q is not a SIZE: %s", s, sizeForm)
	}
	if n >= math.MaxInt64 {
		return 0, Invalidf("%q is too large a SIZE", s)
	}
	return int64(n), nil
}

// sizeFactor is how many bytes the unit of a SIZE stands for.
func sizeFactor(unit string) (factor int64, known bool) {
	factor = 1
	for i, letter := range sizeLetters {
		if len(unit) > 0 && sameWord(unit[:1], letter) {
			factor, unit = 1<<(10*(i+1)), unit[1:]
			if sameWord(unit, "ib") {
				unit = "b"
			}
			break
		}
	}
	return factor, unit == "" || sameWord(unit, "b")
}

// sizeLetters are the units of a SIZE, each 1024 times the one before.
var sizeLetters = []string{"k", "m", "g", "t"}

// sameWord compares s in any case with word, which is ASCII. Unicode folds a
// few longer letters into k and s: the length keeps them out.
func sameWord(s, word string) bool {
	return len(s) == len(word) && strings.EqualFold(s, word)
}

// ParseCount reads a whole number from 0 to 2^31-1.
func ParseCount(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, Invalidf("%q is not a whole number from 0 to %d", s, math.MaxInt32)
	}
	return int(n), nil
}

// ParseOneOf returns a parser for an option with a fixed set of values, in any
// case. "help" is answered with the list.
func ParseOneOf(words ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		for _, w := range words {
			if sameWord(s, w) {
				return w, nil
			}
		}
		if s == "help" {
			return "", &Answer{strings.Join(words, "\n") + "\n"}
		}
		return "", Invalidf("%q is none of %s", s, strings.Join(words, ", "))
	}
}
