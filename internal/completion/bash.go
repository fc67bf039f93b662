package completion

import (
	"fmt"
	"strings"

	"dmon/internal/cli"
)

// bash is one function for complete -F. It needs nothing of the bash-completion
// package, and uses that one's _command_offset for a COMMAND where it is loaded.
// Programs with verbs write their own.
func (p *Program) bash() string {
	var b strings.Builder
	b.WriteString(header("bash", p.Name))
	fmt.Fprintf(&b, "%s() {\n", p.function())
	b.WriteString(`	local cur=${COMP_WORDS[COMP_CWORD]} prev= option= i word
	((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD-1]}
	COMPREPLY=()
	# readline takes --option=value for three words.
	if [[ $cur == = && $prev == --* ]]; then
		option=$prev cur=
	elif [[ $prev == = ]] && ((COMP_CWORD > 2)) && [[ ${COMP_WORDS[COMP_CWORD-2]} == --* ]]; then
		option=${COMP_WORDS[COMP_CWORD-2]}
	fi
	local operand=0 last= skip=
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == = ]]; then
			skip=1
			continue
		fi
		if [[ -n $skip ]]; then
			skip= last=
			continue
		fi
		last=
		case $word in
`)
	if valued := p.valued(); len(valued) > 0 {
		fmt.Fprintf(&b, "\t\t%s) last=$word skip=1 ;;\n", flat(valued, "|"))
	}
	b.WriteString(`		-*) ;;
		*) operand=$i; break ;;
		esac
	done
	if ((operand == 0)); then
		: "${option:=$last}"
		case $option in
`)
	for _, o := range p.valued() {
		if text := bashValue(o); text != "" {
			fmt.Fprintf(&b, "\t\t%s) %s; return ;;\n", strings.Join(spellings(o), "|"), text)
		}
	}
	fmt.Fprintf(&b, `		-*) return ;;
		esac
	fi
	if ((operand == 0)) && [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '%s' -- "$cur"))
		return
	fi
%s}
complete -F %s %s
`, flat(p.Options, " "), p.bashOperands(), p.function(), p.Name)
	return b.String()
}

// open says that words end where something of the user's begins: no blank follows.
func open(words []string) bool {
	for _, w := range words {
		if strings.HasSuffix(w, "=") || strings.HasSuffix(w, ":") {
			return true
		}
	}
	return false
}

func bashValue(o cli.Known) string {
	switch valueOf(o) {
	case words:
		text := `COMPREPLY=($(compgen -W ` + cli.Quote(strings.Join(o.Words, " ")) + ` -- "$cur"))`
		if open(o.Words) {
			text = "compopt -o nospace 2>/dev/null; " + text
		}
		return text
	case file:
		return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))`
	case directory:
		return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))`
	case user:
		return `COMPREPLY=($(compgen -u -- "$cur"))`
	case group:
		return `COMPREPLY=($(compgen -g -- "$cur"))`
	case host:
		return `COMPREPLY=($(compgen -A hostname -- "$cur"))`
	}
	return ""
}

func (p *Program) bashOperands() string {
	switch p.Operands {
	case Command:
		return `	# A second command stands behind --.
	((operand == 0)) && operand=$COMP_CWORD
	for ((i = operand; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -- ]] && operand=$((i + 1))
	done
	if ((operand < COMP_CWORD)) && declare -F _command_offset >/dev/null; then
		_command_offset "$operand"
	elif ((operand < COMP_CWORD)); then
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -f -- "$cur"))
	else
		COMPREPLY=($(compgen -c -- "$cur"))
	fi
`
	case Files:
		return "\tcompopt -o filenames 2>/dev/null\n\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	}
	return ""
}
