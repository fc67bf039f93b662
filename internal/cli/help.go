package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

const helpColumn = 30

// Help is what --help prints: usage, all options by their groups, and after.
func (f *Flags) Help(usage, after string) string {
	return usage + f.HelpOn(func(string) bool { return true }) + after
}

// HelpOn is the part of --help about the options that are meant, by their long
// names; a group of which none is meant is left out.
func (f *Flags) HelpOn(meant func(name string) bool) string {
	var b strings.Builder
	defaults := map[*pflag.Flag]string{}
	for _, o := range f.options {
		if o.shows {
			defaults[o.flag] = " (" + o.value.String() + ")"
		}
	}
	next, i, title := 0, 0, ""
	f.VisitAll(func(p *pflag.Flag) {
		for ; next < len(f.groups) && f.groups[next].first <= i; next++ {
			title = "\n" + f.groups[next].title + ":\n"
		}
		i++
		if meant(p.Name) {
			b.WriteString(title)
			title = ""
			writeOption(&b, p, p.Usage+defaults[p])
		}
	})
	return b.String()
}

// writeOption says what p means, in a column of its own.
func writeOption(b *strings.Builder, p *pflag.Flag, text string) {
	name := "      --" + p.Name
	if p.Shorthand != "" {
		name = "  -" + p.Shorthand + ", --" + p.Name
	}
	if t := p.Value.Type(); t != kindBool {
		name += " " + t
	}
	if len(name) < helpColumn-1 {
		fmt.Fprintf(b, "%-*s%s\n", helpColumn, name, indent(text))
		return
	}
	fmt.Fprintf(b, "%s\n%*s%s\n", name, helpColumn, "", indent(text))
}

// indent lets a description go on in the column it began in.
func indent(text string) string {
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", helpColumn))
}
