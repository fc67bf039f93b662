package completion

import (
	"fmt"
	"strings"

	"dmon/internal/cli"
)

// fish is a list of complete commands.
func (p *Program) fish() string {
	var b strings.Builder
	b.WriteString(header("fish", p.Name))
	own := p.fishOperands(&b)
	for _, o := range p.Options {
		fmt.Fprintf(&b, "complete -c %s%s -l %s", p.Name, own, o.Name)
		if o.Letter != "" {
			b.WriteString(" -s " + o.Letter)
		}
		fmt.Fprintf(&b, " -d %s%s\n", fishQuote(o.Help), fishValue(o))
	}
	return b.String()
}

// fishOperands writes what completes the operands, and returns the condition under
// which options are the program's own.
func (p *Program) fishOperands(b *strings.Builder) string {
	name := p.Name
	switch p.Operands {
	case Command:
		// Behind the options a command line of its own begins, and another behind --.
		fmt.Fprintf(b, "function __%[1]s_operands\n"+
			"    set -l skip 0\n"+
			"    set -l words (commandline -opc)\n"+
			"    for i in (seq 2 (count $words))\n"+
			"        if test $skip = 1\n            set skip 0\n            continue\n        end\n"+
			"        switch $words[$i]\n", name)
		if valued := p.valued(); len(valued) > 0 {
			fmt.Fprintf(b, "            case %s\n                set skip 1\n", flat(valued, " "))
		}
		fmt.Fprintf(b, "            case '-*'\n"+
			"            case '*'\n                printf '%%s\\n' $words[$i..-1] (commandline -ct)\n                return 0\n"+
			"        end\n    end\n    return 1\nend\n"+
			"function __%[1]s_command\n"+
			"    set -l words (__%[1]s_operands)\n"+
			"    or begin\n        __fish_complete_command\n        return\n    end\n"+
			"    while contains -- -- $words[1..-2]\n        set words $words[(math (contains -i -- -- $words) + 1)..-1]\n    end\n"+
			"    complete -C (string join ' ' -- (string escape -- $words[1..-2]) $words[-1])\nend\n"+
			"complete -c %[1]s -f -a '(__%[1]s_command)'\n", name)
		return fmt.Sprintf(" -n 'not __%s_operands >/dev/null'", name)
	case VerbAndNames:
		fmt.Fprintf(b, "complete -c %s -f\n", name)
		var special []string
		for _, v := range p.Verbs {
			fmt.Fprintf(b, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", name, v.Name, fishQuote(v.Help))
			if len(v.Words) > 0 {
				special = append(special, v.Name)
				fmt.Fprintf(b, "complete -c %s -n '__fish_seen_subcommand_from %s' -a %s\n", name, v.Name, fishQuote(strings.Join(v.Words, " ")))
			}
		}
		other := "not __fish_use_subcommand"
		if len(special) > 0 {
			other += "; and not __fish_seen_subcommand_from " + strings.Join(special, " ")
		}
		fmt.Fprintf(b, "complete -c %s -n '%s' -a '(%s 2>/dev/null)'\n", name, other, p.Names)
	case Nothing:
		fmt.Fprintf(b, "complete -c %s -f\n", name)
	}
	return ""
}

func fishValue(o cli.Known) string {
	if o.Kind == "" {
		return ""
	}
	switch valueOf(o) {
	case words:
		return " -x -a " + fishQuote(strings.Join(o.Words, " "))
	case file:
		return " -r -F"
	case directory:
		return " -x -a '(__fish_complete_directories)'"
	case user:
		return " -x -a '(__fish_complete_users)'"
	case group:
		return " -x -a '(__fish_complete_groups)'"
	case host:
		return " -x -a '(__fish_print_hostnames)'"
	}
	return " -x"
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
