package house

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
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
	text     map[string]string   // all of a section
	sections []string
}

// readPage reads what there is to compare out of an mdoc source.
func readPage(text string) page {
	p := page{items: map[string][]string{}, text: map[string]string{}}
	section, open := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		macro, rest, _ := strings.Cut(line, " ")
		p.text[section] += plain(line) + " "
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

// kindsOf are the names of events in package supervise.
func kindsOf(files []*source) (list []string) {
	for _, s := range files {
		if s.String() != "supervise/events.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "kindNames" {
				for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
					list = append(list, strings.Trim(e.(*ast.KeyValueExpr).Value.(*ast.BasicLit).Value, `"`))
				}
			}
			return true
		})
	}
	return list
}
