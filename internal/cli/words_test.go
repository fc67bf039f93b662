package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for _, row := range []struct {
		in   string
		want []string
		err  string
	}{
		{in: ""}, {in: " \t\n "}, {in: "\\\n"},
		{in: "a", want: []string{"a"}},
		{in: " a  b\tc\nd ", want: []string{"a", "b", "c", "d"}},
		{in: `''`, want: []string{""}},
		{in: `"" ''`, want: []string{"", ""}},
		{in: `a''b""c`, want: []string{"abc"}},
		{in: `'a b' "c d"`, want: []string{"a b", "c d"}},
		{in: `--prefix='x y'z`, want: []string{"--prefix=x yz"}},
		{in: `'\n"$'`, want: []string{`\n"$`}},
		{in: `"\"\\\$\` + "`" + `"`, want: []string{`"\$` + "`"}},
		{in: `"\a\'"`, want: []string{`\a\'`}},
		{in: `a\ b\'\"\\`, want: []string{`a b'"\`}},
		{in: "a\\\nb", want: []string{"ab"}},
		{in: "a \\\n b", want: []string{"a", "b"}},
		{in: "\"a\\\nb\"", want: []string{"ab"}},
		{in: "'a\\\nb'", want: []string{"a\\\nb"}},
		{in: "$HOME * #x ~ `y`", want: []string{"$HOME", "*", "#x", "~", "`y`"}},
		{in: "a\rb\xff é", want: []string{"a\rb\xff", "é"}},
		{in: `'a`, err: "a ' is not closed"},
		{in: `"a`, err: `a " is not closed`},
		{in: `"a\"`, err: `a " is not closed`},
		{in: `"a\`, err: `a " is not closed`},
		{in: `a\`, err: `nothing follows the last \`},
	} {
		got, err := SplitWords(row.in)
		if !slices.Equal(got, row.want) {
			t.Errorf("%q: got %q, want %q", row.in, got, row.want)
		}
		if said := fmt.Sprint(err); err != nil && said != row.err || err == nil && row.err != "" {
			t.Errorf("%q: error %v, want %q", row.in, err, row.err)
		}
	}
}

func TestSplitCommands(t *testing.T) {
	for _, row := range []struct{ operands, separator, want string }{
		{"cmd", "--", "cmd | nil"},
		{"cmd a -n", "--", "cmd a -n | nil"},
		{"cmd -- log", "--", "cmd | log"},
		{"cmd a -- log b -- c", "--", "cmd a | log b -- c"},
		{"cmd -- a X log -- b", "X", "cmd -- a | log -- b"},
		{"cmd a -- log", "X", "cmd a -- log | nil"},
		{"", "--", "no command given"},
		{"--", "--", "no command given"},
		{"-- log", "--", "no command given"},
		{"X log", "X", "no command given"},
		{"cmd --", "--", "no log command after --"},
		{"cmd -- --", "--", "no log command after --"},
		{"cmd -- -- log", "--", "no log command after --"},
		{"cmd X", "X", "no log command after X"},
	} {
		command, log, err := SplitCommands(strings.Fields(row.operands), row.separator)
		got := strings.Join(command, " ") + " | " + strings.Join(log, " ")
		if log == nil {
			got = strings.Join(command, " ") + " | nil"
		}
		if err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%q at %q: got %q, want %q", row.operands, row.separator, got, row.want)
		}
	}
}

// An argument added to COMMAND must not land in LOGCOMMAND: both came out of
// one array.
func TestSplitCommandsShareNothing(t *testing.T) {
	command, log, err := SplitCommands([]string{"cmd", "--", "log"}, "--")
	if err != nil {
		t.Fatal(err)
	}
	_ = append(command, "x", "y")
	if log[0] != "log" {
		t.Errorf("the log command became %q", log)
	}
}
