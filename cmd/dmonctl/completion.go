package main

import (
	"fmt"
	"io"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// completion prints the completion of a shell's, made from the verbs and the
// options themselves. The scripts ask this program for the names that there are.
func (c *ctl) completion() (int, error) {
	var text string
	switch c.words[0] {
	case "names":
		all, err := c.find(nil)
		for _, t := range all {
			if len(c.words) < 2 || t.isFor(c.words[1]) {
				text += t.Name + "\n"
			}
		}
		if err != nil {
			return 0, err
		}
	case "bash":
		text = c.bash()
	case "zsh":
		text = c.zsh()
	case "fish":
		text = c.fish()
	default:
		return 0, cli.Misusef("completion: there is bash, zsh and fish, and not %q", c.words[0])
	}
	_, err := io.WriteString(c.stdout, text)
	return 0, err
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

// values are the words that options and verbs take from a fixed set.
func values() map[string]string {
	return map[string]string{"--for": strings.Join(awaitable, " "), "--color": "auto always never"}
}

func (c *ctl) zsh() string {
	var b strings.Builder
	b.WriteString("#compdef dmonctl\n# zsh completion for dmonctl\n_dmonctl() {\n\tlocal -a verbs names\n\tverbs=(\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "\t\t%s\n", cli.Quote(v.name+":"+strings.ReplaceAll(v.help, ":", `\:`)))
	}
	b.WriteString("\t)\n\t_arguments -C \\\n")
	for _, o := range c.set.Options() {
		help := "[" + strings.NewReplacer("[", `\[`, "]", `\]`, "\n", " ", ":", `\:`).Replace(o.Help) + "]"
		value := ""
		switch words := values()["--"+o.Name]; {
		case words != "":
			value = ":value:(" + words + ")"
		case o.Kind == "FILE":
			value = ":file:_files"
		case o.Kind == "USER":
			value = ":user:_users"
		case o.Kind != "":
			value = ":" + strings.ToLower(strings.Trim(o.Kind, "[]@")) + ":"
		}
		fmt.Fprintf(&b, "\t\t%s \\\n", cli.Quote("--"+o.Name+help+value))
		if o.Letter != "" {
			fmt.Fprintf(&b, "\t\t%s \\\n", cli.Quote("-"+o.Letter+help+value))
		}
	}
	b.WriteString("\t\t'1:verb:->verb' '*:name:->name'\n\tcase $state in\n\tverb) _describe verb verbs ;;\n" +
		"\tname) names=(${(f)\"$(dmonctl completion names 2>/dev/null)\"}); compadd -a names ;;\n\tesac\n}\n_dmonctl \"$@\"\n")
	return b.String()
}

func (c *ctl) fish() string {
	var b strings.Builder
	b.WriteString("# fish completion for dmonctl\ncomplete -c dmonctl -f\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "complete -c dmonctl -n __fish_use_subcommand -a %s -d %s\n", v.name, fishQuote(v.help))
	}
	b.WriteString("complete -c dmonctl -n 'not __fish_use_subcommand' -a '(dmonctl completion names 2>/dev/null)'\n")
	for _, o := range c.set.Options() {
		fmt.Fprintf(&b, "complete -c dmonctl -l %s -d %s", o.Name, fishQuote(strings.ReplaceAll(o.Help, "\n", " ")))
		if o.Letter != "" {
			fmt.Fprintf(&b, " -s %s", o.Letter)
		}
		if words := values()["--"+o.Name]; words != "" {
			fmt.Fprintf(&b, " -x -a '%s'", words)
		} else if o.Kind != "" {
			b.WriteString(" -r")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func fishQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }
