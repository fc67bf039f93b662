package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
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

// Value makes an option value out of a parser: kind is the word that stands
// for the value in --help, parse may return an *Answer.
func Value[T any](dst *T, kind string, parse func(string) (T, error)) pflag.Value {
	return &value[T]{dst: dst, kind: kind, parse: parse}
}

type value[T any] struct {
	dst   *T
	kind  string
	text  string
	parse func(string) (T, error)
}

func (v *value[T]) Type() string   { return v.kind }
func (v *value[T]) String() string { return v.text }

func (v *value[T]) Set(s string) error {
	x, err := v.parse(s)
	if err != nil {
		return err
	}
	*v.dst, v.text = x, s
	return nil
}

// Each makes an option value that may be given several times: parse is called
// with the destination as it stands and adds to it.
func Each[T any](dst *T, kind string, add func(*T, string) error) pflag.Value {
	return Value(dst, kind, func(s string) (T, error) {
		err := add(dst, s)
		return *dst, err
	})
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
// with units, chained ("1h30m"). It is never negative and never overflows.
func ParseTime(s string) (time.Duration, error) {
	rest, total := s, time.Duration(0)
	for first := true; first || rest != ""; first = false {
		number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789."))]
		rest = rest[len(number):]
		// ParseFloat alone would also take "1e3", "inf" and "0x1p4".
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return 0, Invalidf("%q is not a TIME: %s", s, timeForm)
		}
		unit, length := time.Second, 0
		for _, u := range units {
			if strings.HasPrefix(rest, u.name) {
				unit, length = u.unit, len(u.name)
				break
			}
		}
		// A bare number is seconds, but only when it is all there is.
		if length == 0 && (rest != "" || !first) {
			return 0, Invalidf("%q is not a TIME: %s", s, timeForm)
		}
		rest = rest[length:]
		ns := math.Round(n * float64(unit))
		if ns >= math.MaxInt64-float64(total) {
			return 0, Invalidf("%q is too long a TIME", s)
		}
		total += time.Duration(ns)
	}
	return total, nil
}

const sizeForm = "a SIZE is bytes, or a number with k, m, g or t (times 1024), like 4096, 16m or 1.5GiB"

// ParseSize reads a SIZE in bytes, or with k m g t (1024 each) and an optional
// B or iB, in any case; decimals are allowed with a unit.
func ParseSize(s string) (int64, error) {
	digits := s[:len(s)-len(strings.TrimLeft(s, "0123456789."))]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, Invalidf("%q is not a SIZE: %s", s, sizeForm)
	}
	unit := strings.ToLower(s[len(digits):])
	factor := float64(1)
	for i, letter := range []string{"k", "m", "g", "t"} {
		if rest, ok := strings.CutPrefix(unit, letter); ok {
			factor, unit = math.Pow(1024, float64(i+1)), rest
			if unit == "ib" {
				unit = "b"
			}
			break
		}
	}
	if unit != "" && unit != "b" || factor == 1 && n != math.Trunc(n) {
		return 0, Invalidf("%q is not a SIZE: %s", s, sizeForm)
	}
	if n*factor >= math.MaxInt64 {
		return 0, Invalidf("%q is too large a SIZE", s)
	}
	return int64(n * factor), nil
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
			if strings.EqualFold(w, s) {
				return w, nil
			}
		}
		if s == "help" {
			return "", &Answer{strings.Join(words, "\n") + "\n"}
		}
		return "", Invalidf("%q is none of %s", s, strings.Join(words, ", "))
	}
}
