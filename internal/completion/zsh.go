package completion

import (
	"fmt"
	"strings"

	"dmon/internal/cli"
)

// zsh is a function for compsys, found by its first line.
func (p *Program) zsh() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n%s%s() {\n\tlocal context state line curcontext=\"$curcontext\"\n\ttypeset -A opt_args\n", p.Name, header("zsh", p.Name), p.function())
	if p.Operands == VerbAndNames {
		b.WriteString("\tlocal -a verbs names\n\tverbs=(\n")
		for _, v := range p.Verbs {
			fmt.Fprintf(&b, "\t\t%s\n", cli.Quote(v.Name+":"+v.Help))
		}
		b.WriteString("\t)\n")
	}
	stop := "-A '-*' "
	if p.Operands == VerbAndNames {
		stop = "" // options may stand behind the verb
	}
	fmt.Fprintf(&b, "\t_arguments -s -S -C %s\\\n", stop)
	for _, o := range p.Options {
		help := "[" + zshPlain.Replace(o.Help) + "]" + zshValue(o)
		equals := ""
		if o.Kind != "" {
			equals = "="
		}
		// The star: an option may be given again.
		fmt.Fprintf(&b, "\t\t%s \\\n", cli.Quote("*--"+o.Name+equals+help))
		if o.Letter != "" {
			plus := ""
			if o.Kind != "" {
				plus = "+" // its value may follow in the same word
			}
			fmt.Fprintf(&b, "\t\t%s \\\n", cli.Quote("*-"+o.Letter+plus+help))
		}
	}
	b.WriteString(p.zshOperands())
	fmt.Fprintf(&b, "}\n%s \"$@\"\n", p.function())
	return b.String()
}

var zshPlain = strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`)

func zshValue(o cli.Known) string {
	if o.Kind == "" {
		return ""
	}
	label := ":" + zshPlain.Replace(strings.ToLower(o.Kind)) + ":"
	switch valueOf(o) {
	case words:
		if open(o.Words) {
			return label + "compadd -S '' -- " + strings.Join(o.Words, " ")
		}
		return label + "(" + strings.Join(o.Words, " ") + ")"
	case file:
		return label + "_files"
	case directory:
		return label + "_directories"
	case user:
		return label + "_users"
	case group:
		return label + "_groups"
	case host:
		return label + "_hosts"
	}
	return label
}

func (p *Program) zshOperands() string {
	switch p.Operands {
	case Command:
		return `		'(-):command:_command_names -e' \
		'*::arguments:->command' && return
	# A second command stands behind --.
	while (( $words[(i)--] < CURRENT )); do
		(( CURRENT -= $words[(i)--] ))
		shift $words[(i)--] words
	done
	_normal
`
	case Files:
		return "\t\t'*:file:_files'\n"
	case VerbAndNames:
		var cases strings.Builder
		for _, v := range p.Verbs {
			if len(v.Words) > 0 {
				fmt.Fprintf(&cases, "\t\t%s:2) compadd -- %s ;;\n", v.Name, strings.Join(v.Words, " "))
			}
		}
		return fmt.Sprintf(`		'1:verb:->verb' '*::name:->name' && return
	case $state in
	verb) _describe verb verbs ;;
	name)
		case $line[1]:$CURRENT in
%s		*) names=(${(f)"$(%s $line[1] 2>/dev/null)"}); compadd -a names ;;
		esac ;;
	esac
`, cases.String(), p.Names)
	}
	return "\t\t&& return\n"
}
