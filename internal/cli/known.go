package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// Known is what completion has to know of an option.
type Known struct {
	Name, Letter, Help string
	Kind               string   // of its value, "" for one that takes none
	Words              []string // what a value may be, or begin with
}

// Options lists all options, in the order of --help, without Words.
func (f *Flags) Options() (list []Known) {
	f.VisitAll(func(p *pflag.Flag) {
		k := Known{Name: p.Name, Letter: p.Shorthand, Help: strings.ReplaceAll(p.Usage, "\n", " ")}
		if p.NoOptDefVal == "" {
			k.Kind = p.Value.Type()
		}
		list = append(list, k)
	})
	return list
}

// WithWords is Options with Words. It spoils the set: every value is set to "help",
// which most answer.
func (f *Flags) WithWords() []Known {
	list := f.Options()
	for i, k := range list {
		if k.Kind != "" {
			list[i].Words = offered(f.Lookup(k.Name))
		}
	}
	return list
}

// offered are the words that an option answers "help" with.
func offered(p *pflag.Flag) []string {
	var answer *Answer
	if !errors.As(p.Value.Set("help"), &answer) {
		return nil
	}
	return wordsOf(answer.Text, p.Value.Type())
}

// wordsOf finds the words in such an answer: each begins a line, and is alone on
// it or followed by a column of its own. Everything else is prose.
func wordsOf(text, kind string) (words []string) {
	behind := ""
	if i := strings.IndexAny(kind, "=:["); i >= 0 && kind[i] != '[' {
		behind = kind[i : i+1] // as in NAME=VALUE
	}
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimRight(line, "\n"), "  ")
		end := strings.IndexFunc(line, func(r rune) bool {
			return !(r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
		})
		word, rest := line, ""
		if end >= 0 {
			word, rest = line[:end], line[end:]
		}
		switch placeholder := strings.ToUpper(word) == word; {
		case word == "":
		case rest == "", strings.HasPrefix(rest, "  "):
			words = append(words, word+behind)
		case placeholder:
		case rest[0] == '=', rest[0] == ':':
			words = append(words, word+rest[:1])
		case rest[0] == '[':
			words = append(words, word+behind)
		}
	}
	return words
}

// ListOptions is the word that has a program print its options for programs, a line
// for each: its name, letter, kind of value, the words that this may be, and its
// help, with tabs between them. It stands alone on the command line.
const ListOptions = "--list-options"

// listed is the answer to it.
func (f *Flags) listed() *Answer {
	var b strings.Builder
	for _, k := range f.WithWords() {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", k.Name, k.Letter, k.Kind, strings.Join(k.Words, " "), k.Help)
	}
	return &Answer{b.String()}
}

// ReadOptions reads what ListOptions printed.
func ReadOptions(text string) (list []Known, err error) {
	for line := range strings.Lines(text) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(c) != 5 {
			return nil, fmt.Errorf("%q has %d columns for 5", line, len(c))
		}
		list = append(list, Known{Name: c[0], Letter: c[1], Kind: c[2], Words: strings.Fields(c[3]), Help: c[4]})
	}
	return list, nil
}
