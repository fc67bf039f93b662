package cli

import (
	"fmt"
	"strings"
)

// row is a line of --explain, or several of the same name.
type row struct {
	name  string
	words func() []string
	of    *Option // printed while this is on, by format
	text  string
}

// Row adds a row to --explain, in the order of the calls: words are its lines,
// none where there is nothing to say.
func (f *Flags) Row(name string, words func() []string) {
	f.rows = append(f.rows, row{name: name, words: words})
}

// Line is Row for words that are one line, or "".
func (f *Flags) Line(name string, words func() string) {
	f.Row(name, func() []string {
		if s := words(); s != "" {
			return []string{s}
		}
		return nil
	})
}

// Says gives the option a row of its own, printed while it is on. A %s in text
// stands for the value, in words.
func (o *Option) Says(name, text string) *Option {
	o.set.rows = append(o.set.rows, row{name: name, of: o, text: text})
	return o
}

const rowColumn = 13

// Explanation is what --explain prints: a line for each row that has something
// to say.
func (f *Flags) Explanation() string {
	var b strings.Builder
	line := func(name, text string) {
		fmt.Fprintf(&b, "%-*s%s\n", rowColumn, name, OneLine(text))
	}
	for _, r := range f.rows {
		switch {
		case r.of == nil:
			for _, text := range r.words() {
				line(r.name, text)
			}
		case r.of.on():
			line(r.name, strings.ReplaceAll(r.text, "%s", r.of.value.words()))
		}
	}
	return b.String()
}
