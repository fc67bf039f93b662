package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"dmon/internal/cli"
)

// completion prints the completion of a shell's, made from the verbs and the
// options themselves. The scripts ask this program for the names that there are.
func (c *ctl) completion() (int, error) {
	var text string
	switch c.words[0] {
	case "names":
		all, err := c.find(nil)
		for _, t := range all {
			text += t.Name + "\n"
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

func (c *ctl) optionWords() []string {
	var words []string
	for _, o := range c.set.Options() {
		words = append(words, "--"+o.Name)
		if o.Letter != "" {
			words = append(words, "-"+o.Letter)
		}
	}
	return words
}

// values are the words that options and verbs take from a fixed set.
func values() map[string]string {
	return map[string]string{"--for": strings.Join(awaitable, " "), "--color": "auto always never"}
}

func (c *ctl) bash() string {
	var cases strings.Builder
	fixed := values()
	for _, option := range slices.Sorted(maps.Keys(fixed)) {
		fmt.Fprintf(&cases, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", option, fixed[option])
	}
	var valued []string
	for _, o := range c.set.Options() {
		if o.Kind == "" {
			continue
		}
		valued = append(valued, "--"+o.Name)
		if o.Letter != "" {
			valued = append(valued, "-"+o.Letter)
		}
	}
	return fmt.Sprintf(`# bash completion for dmonctl
_dmonctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= skip= w
	COMPREPLY=()
	case $prev in
%s	-o|--output) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	-u|--user) COMPREPLY=($(compgen -u -- "$cur")); return ;;
	-H|--host) COMPREPLY=($(compgen -A hostname -- "$cur")); return ;;
	completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")); return ;;
	signal) COMPREPLY=($(compgen -W 'HUP INT QUIT USR1 USR2 TERM CONT ALRM WINCH KILL STOP' -- "$cur")); return ;;
	is) COMPREPLY=($(compgen -W 'held starting up paused waiting stopping down ended lost ready healthy' -- "$cur")); return ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '%s' -- "$cur"))
		return
	fi
	for w in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [[ -n $skip ]]; then
			skip=
			continue
		fi
		case $w in
		%s) skip=1 ;;
		-*) ;;
		*) verb=$w; break ;;
		esac
	done
	if [[ -z $verb ]]; then
		COMPREPLY=($(compgen -W '%s' -- "$cur"))
	else
		COMPREPLY=($(compgen -W "$(dmonctl completion names 2>/dev/null)" -- "$cur"))
	fi
}
complete -F _dmonctl dmonctl
`, cases.String(), strings.Join(c.optionWords(), " "), strings.Join(valued, "|"), strings.Join(verbNames(), " "))
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
