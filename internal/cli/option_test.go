package cli

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// sample is a program whose options contradict and need each other.
type sample struct {
	soft, hard, own bool
	wait            time.Duration
	level           int
	name            string
	extra           bool
}

func (j *sample) flags() *Flags {
	f := NewFlags("dtest")
	f.Know(Fact{Name: "an extra", Holds: func() bool { return j.extra }, Hint: func() string { return "bring one" }})
	f.Line("first", func() string { return "always" })
	f.Add(Bool(&j.soft), "soft", "s", "be soft").Not("hard", "nobody is both").Says("soft", "it is")
	f.Add(Bool(&j.hard), "hard", "", "be hard")
	f.Add(Switch(&j.level, 7), "seven", "", "seven it is").Says("level", "seven")
	f.Add(Time(&j.wait), "wait", "w", "wait").Default("1h").Needs("soft").Says("wait", "for %s, and %s again")
	f.Add(Text(&j.name, "NAME"), "name", "", "a name").Needs("an extra").Says("name", "%s")
	f.Row("none", func() []string { return nil })
	f.Standard()
	return f
}

func TestJudge(t *testing.T) {
	for _, row := range []struct{ variable, line, want string }{
		{"", "", "first        always\n"},
		{"", "-s", "first        always\nsoft         it is\n"},
		{"", "-s=false", "first        always\n"},
		{"", "-s --hard", "--soft contradicts --hard: nobody is both"},
		{"", "--hard -s", "--soft contradicts --hard: nobody is both"},
		{"-s --hard", "", "--soft contradicts --hard: nobody is both"},
		{"-s", "-s --hard", "--soft contradicts --hard: nobody is both"},
		{"", "-s --hard=false", "first        always\nsoft         it is\n"},
		{"-s", "--hard", "first        always\n"},
		{"--hard", "-s", "first        always\nsoft         it is\n"},
		{"--hard", "-s --hard=false", "first        always\nsoft         it is\n"},
		// Needs, by value; the default is as good as nothing.
		{"", "-w 5", "--wait means nothing without --soft"},
		{"", "-w 60m", "first        always\n"},
		{"", "-w 5 -w 1h", "first        always\n"},
		{"-w 5", "", "--wait means nothing without --soft"},
		{"-w 5", "-s", "first        always\nsoft         it is\nwait         for 5s, and 5s again\n"},
		{"-s -w 5", "--hard", "--wait means nothing without --soft"},
		{"", "--name x", "--name means nothing without an extra / bring one"},
		{"", "--name=", "first        always\n"},
		{"", "--seven", "first        always\nlevel        seven\n"},
		{"", "--seven --seven=0", "first        always\n"},
	} {
		t.Setenv("DTEST_OPTIONS", row.variable)
		var j sample
		f := j.flags()
		if _, err := f.Parse(strings.Fields(row.line), "", ""); err != nil {
			t.Fatal(err)
		}
		got := f.Explanation()
		var misuse *Misuse
		if err := f.Judge(); errors.As(err, &misuse) {
			if got = misuse.Text; misuse.Hint != "" {
				got += " / " + misuse.Hint
			}
		} else {
			got = f.Explanation()
		}
		if got != row.want {
			t.Errorf("DTEST_OPTIONS=%q dtest %s:\n got %q\nwant %q", row.variable, row.line, got, row.want)
		}
	}
}

// What lost against the command line has its default again.
func TestTheLoserIsReset(t *testing.T) {
	t.Setenv("DTEST_OPTIONS", "-s")
	var j sample
	f := j.flags()
	if _, err := f.Parse([]string{"--hard"}, "", ""); err != nil || f.Judge() != nil {
		t.Fatal(err)
	}
	if j.soft || !j.hard || f.On("soft") || !f.On("hard") || f.On("no-such") || j.wait != time.Hour {
		t.Errorf("got %+v", j)
	}
}

func TestAFactCountsAsIs(t *testing.T) {
	t.Setenv("DTEST_OPTIONS", "")
	j := sample{extra: true}
	f := j.flags()
	if _, err := f.Parse([]string{"--name", "a b\x1b"}, "", ""); err != nil || f.Judge() != nil {
		t.Fatal(err)
	}
	if got, want := f.Explanation(), "first        always\nname         $'a b\\x1b'\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDefaultsAreInHelp(t *testing.T) {
	var j sample
	text := j.flags().Help("", "")
	if !strings.Contains(text, "  -w, --wait TIME             wait (1h)\n") || strings.Contains(text, "bool") {
		t.Error(text)
	}
	defer func() {
		if recover() == nil {
			t.Error("a default that is no value was taken")
		}
	}()
	NewFlags("dtest").Add(Time(&j.wait), "wait", "", "").Default("soon")
}

func TestChoice(t *testing.T) {
	n := 1
	v := Choice(&n, "WORD", Word[int]{"one", 1}, Word[int]{"two", 2})
	if err := v.Set("TWO"); err != nil || n != 2 || v.resting() {
		t.Errorf("TWO is %d, %v", n, err)
	}
	var answer *Answer
	if err := v.Set("help"); !errors.As(err, &answer) || answer.Text != "one\ntwo\n" || n != 2 {
		t.Errorf("help is %v", err)
	}
	if err := v.Set("three"); err == nil || err.Error() != `"three" is none of one, two` || n != 2 {
		t.Errorf("three is %d, %v", n, err)
	}
	v.reset()
	if n != 1 || !v.resting() {
		t.Errorf("the default is %d", n)
	}
}

func TestGuess(t *testing.T) {
	t.Setenv("DTEST_OPTIONS", "")
	for _, row := range []struct{ word, want string }{
		{"--max-respawn=3", "max-respawns"}, {"--maxrespawns", "max-respawns"}, {"--no-deamon", "no-daemon"}, {"--nodaemon", "no-daemon"},
		{"--Once", "once"}, {"--on", ""}, {"--onc", "once"}, {"--timeuot", "timeout"}, {"--environment", "environ"}, {"--stderr", "stderr-redir"},
		{"--status", ""}, {"--retry", ""}, {"--dry-run", ""}, {"--x", ""}, {"-z", ""}, {"--\u00e9", ""},
	} {
		got := parseLine(row.word + " cmd")
		want := "unknown option"
		if hint := "did you mean --" + row.want + "? try 'dtest --help'"; row.want != "" {
			want = hint
		}
		if !strings.Contains(got, want) || row.want == "" && strings.Contains(got, "did you mean") {
			t.Errorf("%s: %s", row.word, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"ab", "ab", 0}, {"ab", "ba", 1}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"abcd", "bcd", 1}, {"a", "b", 1},
	} {
		if got := distance(row.a, row.b); got != row.want {
			t.Errorf("from %q to %q: %d, not %d", row.a, row.b, got, row.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, row := range []struct{ word, want string }{
		{"", "''"}, {"a", "a"}, {"a-b_c.d/e:f=g+h%i@j,k", "a-b_c.d/e:f=g+h%i@j,k"}, {"a b", "'a b'"}, {"a'b", `'a'\''b'`}, {"$HOME", "'$HOME'"},
		{"~", "'~'"}, {"\u00e9\u4e16", "'\u00e9\u4e16'"}, {"a\nb", `$'a\x0ab'`}, {"\x1b[2J", `$'\x1b[2J'`}, {"'\n\\", `$'\'\x0a\\'`},
		{"\u202e", `$'\u202e'`}, {"\u200b", `$'\u200b'`}, {"\u2028", `$'\u2028'`}, {"\u2029", `$'\u2029'`}, {"\ufeff", `$'\ufeff'`}, {"\u0085", `$'\x85'`},
		{"\U000e0041", `$'\U000e0041'`}, {"\xff", `$'\xff'`}, {"\ufffd", "'\ufffd'"}, {"\x7f", `$'\x7f'`}, {"\r", `$'\x0d'`}, {"\t", `$'\x09'`},
	} {
		if got := Quote(row.word); got != row.want {
			t.Errorf("%q is %s, not %s", row.word, got, row.want)
		}
	}
	if got := Quote("a", "b c"); got != "a 'b c'" {
		t.Errorf("two words are %s", got)
	}
	if got := Quote(); got != "" {
		t.Errorf("no words are %q", got)
	}
}
