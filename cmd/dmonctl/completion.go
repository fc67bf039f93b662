package main

import (
	"io"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/completion"
	"dmon/internal/record"
)

// completion prints the completion of a shell's, made from the verbs and the
// options themselves. The scripts ask this program for the names that there are.
func (c *ctl) completion() (int, error) {
	var text string
	var err error
	switch c.words[0] {
	case "names":
		text, err = c.completionNames()
	case "bash":
		text = c.bash()
	default:
		text, err = c.program().Text(c.words[0])
	}
	if _, failed := io.WriteString(c.stdout, text); failed != nil {
		return 0, failed
	}
	return 0, err
}

// completionNames are the names, a line each, to which the verb means something
// that may stand behind "names".
func (c *ctl) completionNames() (text string, err error) {
	all, err := c.find(nil)
	for _, t := range all {
		if len(c.words) < 2 || t.isFor(c.words[1]) {
			text += t.Name + "\n"
		}
	}
	return text, err
}

// program is what there is to complete. Its options are of a set of their own,
// which is spoiled.
func (c *ctl) program() *completion.Program {
	p := &completion.Program{
		Name:     program,
		Options:  (&ctl{}).flags().WithWords(),
		Operands: completion.VerbAndNames,
		Names:    program + " completion names",
	}
	for _, v := range verbs() {
		p.Verbs = append(p.Verbs, completion.Verb{Name: v.name, Help: v.help, Words: behind(v.name)})
	}
	return p
}

// isFor reports whether a verb does anything to the name, as it is now.
func (t *target) isFor(verb string) bool {
	switch verb {
	case "start":
		return !t.Lives || t.State == record.Down
	case "up":
		return t.Lives && t.State == record.Down
	case "resume":
		return t.State == record.Paused || t.State == record.Held
	case "stop", "down", "pause", "signal", "text", "logs":
		return t.Lives
	case "forget":
		return !t.Lives
	}
	return true
}

// behind are the words that stand behind a verb in place of names.
func behind(verb string) (words []string) {
	switch verb {
	case "completion":
		return completion.Shells
	case "signal":
		return strings.Fields(cli.SignalNames())
	case "is":
		return askable
	case "help":
		return verbNames()
	}
	return nil
}
