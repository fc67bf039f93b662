package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestTell(t *testing.T) {
	for _, row := range []struct {
		name     string
		err      error
		status   int
		out, say string
	}{
		{"an error", errors.New("cannot open x: no"), 125, "", "dmon: cannot open x: no\n"},
		{"an answer", &Answer{"a\nb\n"}, 0, "a\nb\n", ""},
		{"a wrapped answer", fmt.Errorf("x: %w", &Answer{"a\n"}), 0, "a\n", ""},
		{"misuse", Misusef("option %d", 1), 125, "", "dmon: option 1\n"},
		{"misuse with a hint", &Misuse{"wrong", "do it so"}, 125, "", "dmon: wrong\ndmon: do it so\n"},
		{"wrapped misuse", fmt.Errorf("x: %w", &Misuse{"wrong", "do it so"}), 125, "", "dmon: x: wrong\ndmon: do it so\n"},
		{"a newline", errors.New("a\nb\x1b[2J\x7f"), 125, "", "dmon: a\\x0ab\\x1b[2J\\x7f\n"},
		{"a newline in the hint", &Misuse{"wrong", "a\nb"}, 125, "", "dmon: wrong\ndmon: a\\x0ab\n"},
		{"eight-bit controls", errors.New("a\u009b2J \x9b2J"), 125, "", "dmon: a\\x9b2J \\x9b2J\n"},
		{"letters of any kind", errors.New("größe 日本 \ufffd"), 125, "", "dmon: größe 日本 \ufffd\n"},
	} {
		var out, errw strings.Builder
		status := Tell("dmon", &out, &errw, row.err)
		if status != row.status || out.String() != row.out || errw.String() != row.say {
			t.Errorf("%s: status %d, out %q, err %q", row.name, status, out.String(), errw.String())
		}
	}
}

// An answer that nobody could read is a failure: "dmon --help >/dev/full".
func TestTellCannotAnswer(t *testing.T) {
	var errw strings.Builder
	status := Tell("dmon", brokenWriter{}, &errw, &Answer{"help\n"})
	if want := "dmon: cannot write to standard output: no space left\n"; status != 125 || errw.String() != want {
		t.Errorf("status %d, err %q", status, errw.String())
	}
}
