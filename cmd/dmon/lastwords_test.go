package main

import (
	"strings"
	"testing"
)

// Last words are text, of a bound, and begin with a line's beginning.
func TestEndOf(t *testing.T) {
	many, want := "", ""
	for i := range 30 {
		line := "line " + string(rune('a'+i%26)) + "\n"
		if many += line; i >= 10 {
			want += line
		}
	}
	long := strings.Repeat("x", 5000)
	for _, row := range [][2]string{
		{"", ""}, {"\n\n", ""}, {"one", "one"}, {"one\n", "one"}, {"a\n\nb\n", "a\n\nb"},
		{many, strings.TrimSuffix(want, "\n")},
		{"begin\n" + long, strings.Repeat("x", wordsBytes)},
		{long + "\nend\n", "end"},
		{"a\xff\x00b\n", "a\uFFFD\x00b"},
		{"one\ndmon: command exited\ntwo\n", "one\ntwo"},
		{strings.Repeat("\n", 5000), ""},
	} {
		if got := endOf(strings.NewReader(row[0]), int64(len(row[0]))); got != row[1] {
			t.Errorf("%.30q: %.60q, not %.60q", row[0], got, row[1])
		}
	}
	if got := endOf(strings.NewReader("short"), 100); got != "short" {
		t.Errorf("of a file that shrank: %q", got)
	}
}
