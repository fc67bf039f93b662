// Package completion writes the completions of bash, zsh and fish for a program,
// out of its own options: so no option is without.
package completion

import (
	"fmt"
	"strings"

	"dmon/internal/cli"
)

// Program is what there is to complete.
type Program struct {
	Name    string
	Options []cli.Known
	// Operands says what stands behind the options.
	Operands Operands
	// Verbs begin the operands of a program that has them. Behind one stand names.
	Verbs []Verb
	// Names is a command line that prints the names, one a line; with a verb behind
	// it, those to which that means something.
	Names string
}

// Operands is a kind of them.
type Operands int

// Operands: a COMMAND with words of its own, as behind sudo; files; none that
// could be known; a verb and names.
const (
	Nothing Operands = iota
	Command
	Files
	VerbAndNames
)

// Verb is the first operand of a program with verbs.
type Verb struct {
	Name, Help string
	Words      []string // what its first word is, in place of a name
}

// Shells are the ones that Text knows.
var Shells = []string{"bash", "zsh", "fish"}

// Text is the completion for one of Shells.
func (p *Program) Text(shell string) (string, error) {
	switch shell {
	case "bash":
		return p.bash(), nil
	case "zsh":
		return p.zsh(), nil
	case "fish":
		return p.fish(), nil
	}
	return "", cli.Misusef("completion: there is bash, zsh and fish, and not %q", shell)
}

// value is what the value of an option is.
type value int

const (
	free value = iota // nobody can know
	words
	file
	directory
	user
	group
	host
)

// valueOf tells it by the kind of the value, which --help shows, too.
func valueOf(o cli.Known) value {
	switch {
	case len(o.Words) > 0:
		return words
	case o.Name == "work-dir":
		return directory
	case o.Kind == "PATH" || o.Kind == "FILE":
		return file
	case strings.HasPrefix(o.Kind, "USER"):
		return user
	case o.Kind == "GROUP":
		return group
	case strings.HasSuffix(o.Kind, "HOST"):
		return host
	}
	return free
}

// spellings are the ways an option may be written.
func spellings(o cli.Known) []string {
	if o.Letter == "" {
		return []string{"--" + o.Name}
	}
	return []string{"--" + o.Name, "-" + o.Letter}
}

// valued are the options that take a value.
func (p *Program) valued() (list []cli.Known) {
	for _, o := range p.Options {
		if o.Kind != "" {
			list = append(list, o)
		}
	}
	return list
}

// flat are all spellings of some options with sep between them.
func flat(options []cli.Known, sep string) string {
	var all []string
	for _, o := range options {
		all = append(all, spellings(o)...)
	}
	return strings.Join(all, sep)
}

func (p *Program) function() string { return "_" + p.Name }

func header(shell, name string) string {
	return fmt.Sprintf("# %s completion for %s, made from its options\n", shell, name)
}
