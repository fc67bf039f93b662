package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// wantedSections are those that no page is complete without.
var wantedSections = []string{
	"NAME", "SYNOPSIS", "DESCRIPTION", "SIGNALS", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "DIAGNOSTICS",
	"COMPATIBILITY", "SEE ALSO", "AUTHORS", "CAVEATS",
}

var (
	inParentheses = regexp.MustCompile(`\(([^()]*)\)$`)
	statusInHelp  = regexp.MustCompile(`\b1\d\d(\+n)?`)
)

// pageFaults are the differences between the help of a program, with the exit
// statuses that its code knows, and its page.
func pageFaults(program, help, text string, statuses []string) (faults []string) {
	complain := func(format string, a ...any) {
		faults = append(faults, program+".8: "+fmt.Sprintf(format, a...))
	}
	p := readPage(text)
	for _, name := range wantedSections {
		if !slices.Contains(p.sections, name) {
			complain("there is no section %s", name)
		}
	}
	described := map[string]string{}
	for _, o := range p.options {
		described[o.head] = o.text
	}
	inHelp := map[string]bool{}
	for _, o := range helpOptions(help) {
		inHelp[o.head] = true
		said, ok := described[o.head]
		if !ok {
			complain("%q of --help is not there", o.head)
		}
		if m := inParentheses.FindStringSubmatch(o.text); ok && m != nil && !isHint(m[1]) && !states(said, m[1]) {
			complain("%q does not say that the default is %s", o.head, m[1])
		}
	}
	for _, o := range p.options {
		if !inHelp[o.head] {
			complain("%q is not in --help", o.head)
		}
	}
	_, ends, _ := strings.Cut(help, "Exit status:")
	statuses = append(statusInHelp.FindAllString(ends, -1), statuses...)
	slices.Sort(statuses)
	for _, status := range slices.Compact(statuses) {
		if !slices.Contains(p.items["EXIT STATUS"], status) {
			complain("EXIT STATUS does not have %s", status)
		}
	}
	if variable := strings.ToUpper(program) + "_OPTIONS"; !slices.Contains(p.items["ENVIRONMENT"], variable) {
		complain("ENVIRONMENT does not have %s", variable)
	}
	return faults
}

// isHint tells what else stands in parentheses behind an option from a default.
func isHint(s string) bool { return strings.Contains(s, "help") || strings.Contains(s, ": ") }

// states reports whether text says that the default is value, and no value
// that only begins with it.
func states(text, value string) bool {
	return regexp.MustCompile(`default is ` + regexp.QuoteMeta(value) + `([.,;]? |\.$)`).MatchString(text)
}

// eventFaults are kinds of events that a page does not name.
func eventFaults(text string, kinds []string) (faults []string) {
	words := strings.FieldsFunc(readPage(text).text["THE EVENT STREAM"], func(r rune) bool { return strings.ContainsRune(" ,.()", r) })
	for _, kind := range kinds {
		if !slices.Contains(words, kind) {
			faults = append(faults, "dmon.8: THE EVENT STREAM does not have "+kind)
		}
	}
	return faults
}

// TestManual holds each manual page against the --help of its program.
func TestManual(t *testing.T) {
	_, _, files := sources(t)
	top, bin := filepath.Join("..", ".."), t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "./cmd/...")
	build.Dir = top
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the programs: %v\n%s", err, out)
	}
	for _, program := range []string{"dmon", "dmonctl", "dlog", "dsyslog"} {
		help, err := exec.Command(filepath.Join(bin, program), "--help").Output()
		if err != nil {
			t.Fatalf("%s --help: %v", program, err)
		}
		text, err := os.ReadFile(filepath.Join(top, "man", program+".8"))
		if err != nil {
			t.Fatal(err)
		}
		statuses := statusesOf(program, files)
		if len(statuses) < 2 || len(helpOptions(string(help))) < 5 {
			t.Fatalf("%s: found statuses %v and options %v, which cannot be all", program, statuses, helpOptions(string(help)))
		}
		faults := pageFaults(program, string(help), string(text), statuses)
		if program == "dmon" {
			faults = append(faults, eventFaults(string(text), kindsOf(files))...)
		}
		for _, fault := range faults {
			t.Error(fault)
		}
	}
}

func TestEventsNotice(t *testing.T) {
	text := ".Sh THE EVENT STREAM\n.Li start , stop\n(a\n.Li start\n.Sh NEXT\n.Li more\n"
	if got := eventFaults(text, []string{"start", "stop", "more"}); len(got) != 1 || !strings.HasSuffix(got[0], "have more") {
		t.Errorf("got %q", got)
	}
	_, _, files := sources(t)
	if kinds := kindsOf(files); len(kinds) < 10 || !slices.Contains(kinds, "start") {
		t.Errorf("found the kinds %q, which cannot be all", kinds)
	}
}

// A help and a page that agree, in everything that is compared.
const (
	goodHelp = "Usage: x\n\nAll:\n" +
		"  -a, --all                   take all\n" +
		"  -m, --more N[:M]            take more (1:2)\n" +
		"      --what SOME[:THING]...\n" +
		"                              what to take\n" +
		"                              (what help lists the names)\n" +
		"\nExit status: 124 or 128+n.\n"
	goodPage = ".Sh NAME\n.Sh SYNOPSIS\n.Sh DESCRIPTION\n.Bl -tag\n" +
		".It Fl a , Fl -all\nTake all.\n" +
		".It Fl m , Fl -more Ar N Ns Op \\&: Ns Ar M\nTake more.\nThe default is\n.Cm 1:2 .\n" +
		".It Fl -what Ar SOME Ns Oo \\&: Ns Ar THING Oc Ns ...\nWhat.\n.Bl -tag\n.It Cm word\nA word.\n.El\n.El\n" +
		".Sh SIGNALS\n.Sh ENVIRONMENT\n.It Ev X_OPTIONS\n.Sh FILES\n.Sh EXIT STATUS\n.It 124\n.It 128+n\n.It 125\n.Sh EXAMPLES\n" +
		".Sh DIAGNOSTICS\n.Sh COMPATIBILITY\n.Sh SEE ALSO\n.Sh AUTHORS\n.Sh CAVEATS\n"
)

// Each difference is noticed: want is a part of the one complaint, or empty.
func TestManualNotices(t *testing.T) {
	for _, row := range []struct{ inHelp, inPage, by, want string }{
		{"", "", "", ""},
		{"  -a, --all ", "", "  -a, --any ", `"-a, --any" of --help is not there|"-a, --all" is not in --help`},
		{"", "Fl a , Fl -all", "Fl b , Fl -all", `"-a, --all" of --help is not there|"-b, --all" is not in --help`},
		{"", "Fl a , ", "", `"-a, --all" of --help is not there|"--all" is not in --help`},
		{"N[:M]", "", "N/M", `"-m, --more N/M" of --help is not there|"-m, --more N[:M]" is not in --help`},
		{"", "Ns ...", "", `"--what SOME[:THING]..." of --help is not there|"--what SOME[:THING]" is not in --help`},
		{"(1:2)", "", "(1:3)", `"-m, --more N[:M]" does not say that the default is 1:3`},
		{"(1:2)", "", "(1)", `"-m, --more N[:M]" does not say that the default is 1`},
		{"", "The default is\n.Cm 1:2 .\n", "", `"-m, --more N[:M]" does not say that the default is 1:2`},
		{"", ".It 124\n", "", "EXIT STATUS does not have 124"},
		{"128+n", "", "128", "EXIT STATUS does not have 128"},
		{"", ".It 125\n", "", "EXIT STATUS does not have 125"},
		{"", "X_OPTIONS", "Y_OPTIONS", "ENVIRONMENT does not have X_OPTIONS"},
		{"", ".Sh SIGNALS\n", "", "there is no section SIGNALS"},
	} {
		help, text := goodHelp, goodPage
		if row.inHelp != "" {
			help = strings.Replace(help, row.inHelp, row.by, 1)
		}
		if row.inPage != "" {
			text = strings.Replace(text, row.inPage, row.by, 1)
		}
		var want []string
		for part := range strings.SplitSeq(row.want, "|") {
			if part != "" {
				want = append(want, "x.8: "+part)
			}
		}
		if got := pageFaults("x", help, text, []string{"125"}); !slices.Equal(got, want) {
			t.Errorf("with %q%q replaced by %q: got %q, want %q", row.inHelp, row.inPage, row.by, got, want)
		}
	}
}
