package house

import (
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// helpOption is an option as --help has it.
type helpOption struct {
	head string // "-m, --max-respawns N"
	text string // what is said about it, in one line
}

// helpColumn is where --help begins to say what an option means.
const helpColumn = 30

var optionHead = regexp.MustCompile(`^( {2}-\w, | {6})--[\w-]+( \S+)?( {2,}|$)`)

// helpOptions reads the options out of the text of --help.
func helpOptions(help string) (list []helpOption) {
	open := false
	for line := range strings.Lines(help) {
		line = strings.TrimRight(line, "\n")
		switch {
		case optionHead.MatchString(line):
			head := strings.TrimSpace(optionHead.FindString(line))
			rest := strings.TrimSpace(optionHead.ReplaceAllString(line, ""))
			list, open = append(list, helpOption{head, rest}), true
		case open && strings.HasPrefix(line, strings.Repeat(" ", helpColumn)):
			last := &list[len(list)-1]
			last.text = strings.TrimSpace(last.text + " " + strings.TrimSpace(line))
		default:
			open = false
		}
	}
	return list
}

// callable are the mdoc macros that do nothing here but change a typeface.
var callable = []string{"It", "Ar", "Cm", "Ev", "Dv", "Pa", "Li", "Xr", "No", "Nm", "Ic", "Sx", "Dq", "Ql"}

var punctuation = regexp.MustCompile(`^[,.;:)\]]$`)

// plain is a line of an mdoc page as a reader sees it, near enough to compare.
func plain(line string) string {
	if !strings.HasPrefix(line, ".") {
		return strings.ReplaceAll(line, `\&`, "")
	}
	var b strings.Builder
	glue, dash, closing := true, false, ""
	put := func(word string) {
		if !glue {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		glue = false
	}
	for _, word := range strings.Fields(line[1:]) {
		isMacro := slices.Contains(callable, word)
		switch {
		case isMacro:
			dash = false
		case word == "Fl":
			dash = true
		case word == "Ns":
			glue = true
		case word == "Op", word == "Oo", word == "Pq":
			put(map[string]string{"Op": "[", "Oo": "[", "Pq": "("}[word])
			glue, dash = true, false
			if word != "Oo" {
				closing = map[string]string{"Op": "]", "Pq": ")"}[word] + closing
			}
		case word == "Oc":
			glue, dash = true, false
			put("]")
		case punctuation.MatchString(word):
			glue = true
			put(word)
		default:
			word = strings.ReplaceAll(word, `\&`, "")
			if dash {
				word = "-" + word
			}
			put(word)
		}
	}
	return b.String() + closing
}

// page is a manual page.
type page struct {
	options  []helpOption        // those it describes
	items    map[string][]string // heads of list items, by section
	sections []string
}

// readPage reads what there is to compare out of an mdoc source.
func readPage(text string) page {
	p := page{items: map[string][]string{}}
	section, open := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		macro, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, `.\"`):
		case macro == ".Sh":
			section, open = rest, false
			p.sections = append(p.sections, section)
		case macro == ".Ss":
			open = false
		case macro == ".It":
			head := plain(line)
			p.items[section] = append(p.items[section], head)
			if section == "DESCRIPTION" && strings.HasPrefix(head, "-") {
				p.options, open = append(p.options, helpOption{head: head}), true
			}
		case open:
			last := &p.options[len(p.options)-1]
			last.text = strings.TrimSpace(last.text + " " + plain(line))
		}
	}
	return p
}

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

// statusesOf are the exit statuses that a program's code says it has: those of
// package cli for dmon, those of its package comment for a sink.
func statusesOf(program string, files []*source) (list []string) {
	for _, s := range files {
		switch {
		case program == "dmon" && s.String() == "internal/cli/cli.go":
			ast.Inspect(s.file, func(n ast.Node) bool {
				if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Exit") {
					list = append(list, v.Values[0].(*ast.BasicLit).Value)
				}
				return true
			})
		case s.String() == "cmd/"+program+"/main.go":
			for _, m := range regexp.MustCompile(`(?m)^\t(\d+) `).FindAllStringSubmatch(s.file.Doc.Text(), -1) {
				list = append(list, m[1])
			}
		}
	}
	if i := slices.Index(list, "128"); i >= 0 {
		list[i] = "128+n"
	}
	return list
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
	for _, program := range []string{"dmon", "dlog", "dsyslog"} {
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
		for _, fault := range pageFaults(program, string(help), string(text), statuses) {
			t.Error(fault)
		}
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
