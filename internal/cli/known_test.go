package cli

import (
	"slices"
	"strings"
	"testing"
)

// TestWordsOf: the words of an answer to "help" are told from the prose around them.
func TestWordsOf(t *testing.T) {
	for _, row := range []struct{ text, kind, want string }{
		{"all\nothers\n", "WHOSE", "all others"},
		{"0 to 255, and ranges like 10-19\nany\n", "LIST", "any"},
		{"core        size, a SIZE or unlimited\ncpu  a TIME\n", "NAME=VALUE", "core= cpu="},
		{"realtime[:LEVEL]\nidle\nLEVEL is 0 (first)\n", "CLASS[:LEVEL]", "realtime idle"},
		{"--x COND with these:\n  memory=SIZE|N%[/TIME]    its\n       more of it\n  battery  it runs on one\nTIME is seconds\n", "COND", "memory= battery"},
		{"EVENTS=COMMAND, where\nstart\nor all", "EVENTS=COMMAND", "start="},
		{"SIG[:TARGET]..., like INT\nTARGET is tree\nHUP\nUSR1\n", "SEQUENCE", "HUP USR1"},
		{"", "N", ""},
	} {
		if got := strings.Join(wordsOf(row.text, row.kind), " "); got != row.want {
			t.Errorf("%q: %q for %q", row.text, got, row.want)
		}
	}
}

// TestListOptions: what is printed for programs reads back as what was meant.
func TestListOptions(t *testing.T) {
	var b bool
	var s string
	make := func() *Flags {
		f := NewFlags("dmon")
		f.Add(Bool(&b), "all", "a", "all\nof them")
		f.Add(Choice(&s, "WHEN", Word[string]{Text: "now"}, Word[string]{Text: "never"}), "when", "", "when")
		return f
	}
	text := make().listed().Text
	got, err := ReadOptions(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range make().WithWords() {
		if g := got[i]; g.Name != want.Name || g.Letter != want.Letter || g.Kind != want.Kind || g.Help != want.Help || !slices.Equal(g.Words, want.Words) {
			t.Errorf("%+v for %+v", g, want)
		}
	}
	if !slices.Equal(got[1].Words, []string{"now", "never"}) || got[0].Kind != "" || got[0].Help != "all of them" {
		t.Errorf("%+v", got)
	}
	if _, err := ReadOptions("one\ttwo\n"); err == nil {
		t.Error("two columns are taken")
	}
}
