package cli

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// options is a program's options, small but of every kind.
type options struct {
	foreground, stderr, once bool
	timeout                  time.Duration
	max                      int
	environ                  []string
	limit                    string
}

func (o *options) flags() *Flags {
	f := NewFlags("dtest")
	f.Group("Running", func() {
		f.BoolVarP(&o.foreground, "no-daemon", "n", false, "stay in the foreground")
		f.BoolVarP(&o.once, "once", "1", false, "stop at success")
		f.BoolVarP(&o.stderr, "stderr-redir", "e", false, "log standard error too\nas well as standard output")
		f.VarP(Value(&o.timeout, "TIME", ParseTime), "timeout", "t", "a run may last TIME")
	})
	f.Group("Limits", func() {
		f.VarP(Value(&o.max, "N", ParseCount), "max-respawns", "m", "respawn N times")
		f.Var(Each(&o.environ, "NAME=VALUE", addEnviron), "a-name-that-fills-its-column", "set NAME")
		f.VarP(Each(&o.environ, "NAME=VALUE", addEnviron), "environ", "E", "set NAME")
		f.Bool("of-twenty-letters-al", false, "beside its name")
		f.Bool("of-twenty-one-letters", false, "below its name")
		f.VarP(Value(&o.limit, "NAME", ParseOneOf("core", "cpu")), "limit", "r", "one of a few")
	})
	f.Standard()
	return f
}

func addEnviron(list *[]string, s string) error {
	if strings.HasPrefix(s, "=") {
		return Invalidf("%q has no name", s)
	}
	*list = append(*list, s)
	return nil
}

// parseLine parses a command line written with blanks, and says what came out
// of it as one line.
func parseLine(line string) string {
	o := new(options)
	operands, err := o.flags().Parse(strings.Fields(line), "usage\n", "after\n")
	var answer *Answer
	var misuse *Misuse
	switch {
	case errors.As(err, &answer):
		first, _, _ := strings.Cut(answer.Text, "\n")
		return "answer: " + first
	case errors.As(err, &misuse):
		if misuse.Hint != "" {
			return misuse.Text + " / " + misuse.Hint
		}
		return misuse.Text
	case err != nil:
		return "not a misuse: " + err.Error()
	}
	var said []string
	for _, b := range []struct {
		set  bool
		name string
	}{{o.foreground, "n"}, {o.once, "1"}, {o.stderr, "e"}} {
		if b.set {
			said = append(said, b.name)
		}
	}
	if o.timeout != 0 {
		said = append(said, fmt.Sprint("t=", o.timeout))
	}
	if o.max != 0 {
		said = append(said, fmt.Sprint("m=", o.max))
	}
	if o.limit != "" {
		said = append(said, "r="+o.limit)
	}
	for _, e := range o.environ {
		said = append(said, "E="+e)
	}
	return strings.Join(append(said, fmt.Sprintf("%q", operands)), " ")
}

const tryHelp = " / try 'dtest --help'"

func TestParse(t *testing.T) {
	t.Setenv("DTEST_OPTIONS", "")
	for _, row := range []struct{ line, want string }{
		{"", `[]`},
		{"cmd", `["cmd"]`},
		{"-n1e cmd", `n 1 e ["cmd"]`},
		{"-n1et5 cmd", `n 1 e t=5s ["cmd"]`},
		{"-nt 5 cmd", `n t=5s ["cmd"]`},
		{"-t=5 cmd", `t=5s ["cmd"]`},
		{"--timeout 5 cmd", `t=5s ["cmd"]`},
		{"--timeout=5 cmd", `t=5s ["cmd"]`},
		{"-t 5 -t 1h30m cmd", `t=1h30m0s ["cmd"]`},
		{"--once=false cmd", `["cmd"]`},
		{"-E a=b --environ c -E=d cmd", `E=a=b E=c E=d ["cmd"]`},
		// Options end at the first operand, or at a -- before it.
		{"-n cmd -e --once", `n ["cmd" "-e" "--once"]`},
		{"-n -- cmd -- log", `n ["cmd" "--" "log"]`},
		{"-n -- -e", `n ["-e"]`},
		{"-n -- --", `n ["--"]`},
		{"-n cmd -- log", `n ["cmd" "--" "log"]`},
		{"-n - -e", `n ["-" "-e"]`},
		{"-E -n cmd", `E=-n ["cmd"]`},
		{"-E -- cmd", `E=-- ["cmd"]`},
		{"-E -h cmd", `E=-h ["cmd"]`},
		// What is wrong is said with the option's name.
		{"--bogus cmd", "unknown option --bogus" + tryHelp},
		{"--bogus=1 cmd", "unknown option --bogus" + tryHelp},
		{"-x cmd", "unknown option -x" + tryHelp},
		{"-nx cmd", "unknown option -x" + tryHelp},
		{"-nxe cmd", "unknown option -x (in -xe)" + tryHelp},
		{"-é cmd", "unknown option -é" + tryHelp},
		{"-éa cmd", "unknown option -é (in -éa)" + tryHelp},
		{"--time 5 cmd", "unknown option --time / did you mean --timeout? try 'dtest --help'"},
		{"---n cmd", "bad flag syntax: ---n" + tryHelp},
		{"--=5 cmd", "bad flag syntax: --=5" + tryHelp},
		{"-t", "-t, --timeout needs a TIME" + tryHelp},
		{"-nt", "-t, --timeout needs a TIME" + tryHelp},
		{"--timeout", "-t, --timeout needs a TIME" + tryHelp},
		{"--a-name-that-fills-its-column", "--a-name-that-fills-its-column needs a NAME=VALUE" + tryHelp},
		{"-t 5x cmd", `-t, --timeout: "5x" is not a TIME: ` + timeForm},
		{"--timeout= cmd", `-t, --timeout: "" is not a TIME: ` + timeForm},
		{"-m -1 cmd", `-m, --max-respawns: "-1" is not a whole number from 0 to 2147483647`},
		{"-E =x cmd", `-E, --environ: "=x" has no name`},
		{"--once=perhaps cmd", `-1, --once: "perhaps" is neither true nor false`},
		{"-r disk cmd", `-r, --limit: "disk" is none of core, cpu`},
		// Questions are answered, and need no command.
		{"-r help", "answer: core"},
		{"-h", "answer: usage"},
		{"--help", "answer: usage"},
		{"-n1h", "answer: usage"},
		{"-t 5 --help cmd", "answer: usage"},
		{"cmd --help", `["cmd" "--help"]`},
		{"-h --bogus", "unknown option --bogus" + tryHelp},
		// The library would pass these over without a word.
		{"-test.5 cmd", `-t, --timeout: "est.5" is not a TIME: ` + timeForm},
		{"-ntest.5 cmd", `-t, --timeout: "est.5" is not a TIME: ` + timeForm},
		{"-xtest.5 cmd", "unknown option -x" + tryHelp},
		{"-Etest.v cmd", `E=test.v ["cmd"]`},
		{"-E -test.v cmd", `E=-test.v ["cmd"]`},
		{"--environ -test.v -n cmd", `n E=-test.v ["cmd"]`},
		{"--environ=x -n -test.v", `-t, --timeout: "est.v" is not a TIME: ` + timeForm},
		{"-t5 -test.v cmd", `-t, --timeout: "est.v" is not a TIME: ` + timeForm},
		{"-t=5 -test.v cmd", `-t, --timeout: "est.v" is not a TIME: ` + timeForm},
		{"-E=test.v -test.v cmd", `-t, --timeout: "est.v" is not a TIME: ` + timeForm},
		{"-Etest.v -test.v cmd", `-t, --timeout: "est.v" is not a TIME: ` + timeForm},
		{"-n cmd -test.v", `n ["cmd" "-test.v"]`},
		{"-- -test.v", `["-test.v"]`},
	} {
		if got := parseLine(row.line); got != row.want {
			t.Errorf("dtest %s\n got %s\nwant %s", row.line, got, row.want)
		}
	}
	if got := parseLine("-V"); !strings.HasPrefix(got, "answer: dtest ") {
		t.Errorf("-V: got %s", got)
	}
}

// A bool option named t: what follows it in the bundle are options too.
func TestBundlesTheLibraryDrops(t *testing.T) {
	t.Setenv("DLOG_OPTIONS", "")
	var stamp, skip bool
	f := NewFlags("dlog")
	f.BoolVarP(&stamp, "timestamp", "t", false, "")
	f.BoolVarP(&skip, "skip-empty", "e", false, "")
	_, err := f.Parse([]string{"-test.x"}, "", "")
	if want := "unknown option -s"; !stamp || !skip || fmt.Sprint(err) != want {
		t.Errorf("-t %v, -e %v, error %v, want %q", stamp, skip, err, want)
	}
}

func TestParseVariable(t *testing.T) {
	only := "DTEST_OPTIONS: only options are allowed there / an argument with blanks needs quotes, as in a shell"
	for _, row := range []struct{ variable, line, want string }{
		{"-n", "cmd", `n ["cmd"]`},
		{"-n -t 5", "-t 6 cmd", `n t=6s ["cmd"]`},
		{"-E a", "-E b cmd", `E=a E=b ["cmd"]`},
		{" -E 'a b'  ", "cmd", `E=a b ["cmd"]`},
		{"-E ''", "cmd", `E= ["cmd"]`},
		{"--once", "--once=false cmd", `["cmd"]`},
		{"-n cmd", "", only},
		{"-n ''", "cmd", only},
		{"-n --", "cmd", only},
		{"--", "cmd", only},
		{"-n -- cmd", "", only},
		{"-", "cmd", only},
		{"-t", "5 cmd", "DTEST_OPTIONS: -t, --timeout needs a TIME" + tryHelp},
		{"--bogus", "cmd", "DTEST_OPTIONS: unknown option --bogus" + tryHelp},
		{"-t x", "cmd", `DTEST_OPTIONS: -t, --timeout: "x" is not a TIME: ` + timeForm},
		{"-E 'a", "cmd", "DTEST_OPTIONS: a ' is not closed"},
		{"-h", "cmd", "answer: usage"},
		{"-r help", "cmd", "answer: core"},
		{"-test.5", "cmd", `DTEST_OPTIONS: -t, --timeout: "est.5" is not a TIME: ` + timeForm},
		{"-n", "--bogus", "unknown option --bogus" + tryHelp},
	} {
		t.Setenv("DTEST_OPTIONS", row.variable)
		if got := parseLine(row.line); got != row.want {
			t.Errorf("DTEST_OPTIONS=%q dtest %s\n got %s\nwant %s", row.variable, row.line, got, row.want)
		}
	}
}

func TestHelpLayout(t *testing.T) {
	t.Setenv("DTEST_OPTIONS", "")
	_, err := new(options).flags().Parse([]string{"--help"}, "usage: dtest\n", "\nExamples:\n")
	var answer *Answer
	if !errors.As(err, &answer) {
		t.Fatalf("--help: %v", err)
	}
	want := `usage: dtest

Running:
  -n, --no-daemon             stay in the foreground
  -1, --once                  stop at success
  -e, --stderr-redir          log standard error too
                              as well as standard output
  -t, --timeout TIME          a run may last TIME

Limits:
  -m, --max-respawns N        respawn N times
      --a-name-that-fills-its-column NAME=VALUE
                              set NAME
  -E, --environ NAME=VALUE    set NAME
      --of-twenty-letters-al  beside its name
      --of-twenty-one-letters
                              below its name
  -r, --limit NAME            one of a few

Help:
  -h, --help                  print this help and exit
  -V, --version               print the version and exit

Examples:
`
	if answer.Text != want {
		t.Errorf("got\n%s\nwant\n%s", answer.Text, want)
	}
}

func TestValueTextFollowsSet(t *testing.T) {
	var d time.Duration
	v := Value(&d, "TIME", ParseTime)
	if v.Type() != "TIME" || v.String() != "" {
		t.Errorf("new: type %q, text %q", v.Type(), v.String())
	}
	if err := v.Set("90"); err != nil || d != 90*time.Second || v.String() != "90" {
		t.Errorf("set: %v, %v, text %q", err, d, v.String())
	}
	if err := v.Set("x"); err == nil || d != 90*time.Second || v.String() != "90" {
		t.Errorf("a refused value left %v, text %q, error %v", d, v.String(), err)
	}
}

func TestVersion(t *testing.T) {
	if got := Version(); !strings.Contains(got, " (go") {
		t.Errorf("this build is called %q", got)
	}
	for _, row := range []struct{ revision, modified, want string }{
		{"", "", Release + " (go1.26)"},
		{"0123456789ab", "false", Release + " (go1.26, revision 0123456789ab)"},
		{"0123456789abcdef", "true", Release + " (go1.26, revision 0123456789ab, modified)"},
	} {
		info := &debug.BuildInfo{GoVersion: "go1.26"}
		info.Settings = []debug.BuildSetting{
			{Key: "GOOS", Value: "true"}, {Key: "vcs.revision", Value: row.revision}, {Key: "vcs.modified", Value: row.modified}}
		if got := version(info); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}
