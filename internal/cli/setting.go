package cli

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// Setting is the value of an option. It writes straight into the destination,
// and knows what that held before anybody wrote to it.
type Setting interface {
	pflag.Value
	start(text string) error // make text the default
	resting() bool           // the default is in force
	reset()                  // put it in force
	words() string           // the value as --explain says it
}

// kindBool is the kind of an option that needs no value.
const kindBool = "bool"

// Value makes an option value out of a parser: kind is the word that stands
// for the value in --help, parse may return an *Answer.
func Value[T any](dst *T, kind string, parse func(string) (T, error)) Setting {
	return &value[T]{dst: dst, rest: *dst, kind: kind, parse: parse}
}

// Each makes an option value that may be given several times: add is called
// with the destination as it stands and adds to it.
func Each[T any](dst *T, kind string, add func(*T, string) error) Setting {
	return Value(dst, kind, func(s string) (T, error) {
		err := add(dst, s)
		return *dst, err
	})
}

// Bool makes the value of an option that is on or off.
func Bool(dst *bool) Setting { return Switch(dst, true) }

// Switch makes the value of an option that puts on into the destination, or
// leaves it as it was.
func Switch[T any](dst *T, on T) Setting {
	off := *dst
	return Value(dst, kindBool, func(s string) (T, error) {
		b, err := strconv.ParseBool(s)
		if err != nil {
			return off, Invalidf("%q is neither true nor false", s)
		}
		if b {
			return on, nil
		}
		return off, nil
	})
}

// Time makes the value of a TIME.
func Time(dst *time.Duration) Setting { return Value(dst, "TIME", ParseTime) }

// Text makes a value that is taken as it is.
func Text(dst *string, kind string) Setting {
	return Value(dst, kind, func(s string) (string, error) { return s, nil })
}

// Path makes the value of a name of a file. An empty one, which mostly is an
// empty variable of a shell script, is refused.
func Path(dst *string) Setting {
	return Value(dst, "PATH", func(s string) (string, error) {
		if s == "" {
			return "", Invalidf("an empty path names no file")
		}
		return s, nil
	})
}

// Word is one of the words that an option may have for a value.
type Word[T any] struct {
	Text  string
	Value T
}

// Choice makes a value that is one of a few words, in any case; "help" is
// answered with them.
func Choice[T any](dst *T, kind string, words ...Word[T]) Setting {
	return Value(dst, kind, func(s string) (T, error) {
		names := make([]string, len(words))
		for i, w := range words {
			if sameWord(s, w.Text) {
				return w.Value, nil
			}
			names[i] = w.Text
		}
		var none T
		_, err := ParseOneOf(names...)(s)
		return none, err
	})
}

type value[T any] struct {
	dst   *T
	rest  T // the default
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

func (v *value[T]) start(text string) error {
	if err := v.Set(text); err != nil {
		return err
	}
	v.rest = *v.dst
	return nil
}

func (v *value[T]) resting() bool { return reflect.DeepEqual(*v.dst, v.rest) }
func (v *value[T]) reset()        { *v.dst = v.rest }

// words are in the user's units, and such that a shell would take them back.
func (v *value[T]) words() string {
	switch x := any(*v.dst).(type) {
	case time.Duration:
		return FormatTime(x)
	case string:
		return Quote(x)
	case []string:
		return Quote(x...)
	default:
		return v.text
	}
}

// article puts one in front of the name of a kind of value.
func article(kind string) string {
	if kind == "N" || strings.HasPrefix(kind, "N/") {
		return "an " + kind
	}
	return "a " + kind
}
