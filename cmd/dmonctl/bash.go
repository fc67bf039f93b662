package main

import (
	"fmt"
	"slices"
	"strings"

	"dmon/internal/cli"
)

// bash is the completion for bash. What is on the line is split anew: bash breaks
// words at "@" and "=" too, and wants no more in the answer than what is behind
// the last of them.
func (c *ctl) bash() string {
	var options, operands strings.Builder
	for _, v := range verbs() {
		fmt.Fprintf(&options, "\t\t%s) list='%s' ;;\n", v.name, strings.Join(c.optionWords(&v), " "))
		for i, list := range v.operands() {
			if list != "" {
				fmt.Fprintf(&operands, "\t%s,%s) %s ;;\n", v.name, position(&v, i), list)
			}
		}
	}
	var values strings.Builder
	var long []string
	letters := ""
	for _, o := range (&ctl{}).flags().WithWords() {
		if o.Kind == "" {
			continue
		}
		long, letters = append(long, "--"+o.Name), letters+o.Letter
		pattern := "--" + o.Name
		if o.Letter != "" {
			pattern += "|-" + o.Letter
		}
		fmt.Fprintf(&values, "\t%s) %s ;;\n", pattern, valueList(o))
	}
	return strings.NewReplacer("OPTIONS\n", options.String(), "VALUES\n", values.String(), "OPERANDS\n", operands.String(),
		"LONG", strings.Join(long, "|"), "LETTERS", letters, "ALL", strings.Join(c.optionWords(nil), " "), "VERBS", strings.Join(verbNames(), " ")).Replace(bashText)
}

// valueList completes the value of an option.
func valueList(o cli.Known) string {
	switch {
	case len(o.Words) > 0:
		return "list='" + strings.Join(o.Words, " ") + "'"
	case o.Kind == "FILE":
		return "kind=-f"
	case o.Kind == "USER":
		return "kind=-u"
	case o.Name == "host":
		return "kind=-Ahostname"
	}
	return "return"
}

// operands say how each word behind the verb is completed; the last stands for all
// that follow where the verb takes several names.
func (v *verb) operands() (list []string) {
	for _, word := range strings.Fields(v.words) {
		switch strings.Trim(word, "[].") {
		case "NAME":
			list = append(list, "names="+v.name)
		case "STATE", "SIG", "SHELL", "VERB":
			list = append(list, "list='"+strings.Join(behind(v.name), " ")+"'")
		default:
			list = append(list, "")
		}
	}
	return list
}

// position is a shell pattern for the number of words before operand i.
func position(v *verb, i int) string {
	if words := strings.Fields(v.words); i == len(words)-1 && strings.HasSuffix(words[i], "...") {
		return "*"
	}
	return fmt.Sprint(i)
}

// optionWords are the options that mean something to a verb, all for nil.
func (c *ctl) optionWords(v *verb) []string {
	var words []string
	for _, o := range c.set.Options() {
		if v != nil && !v.takes(o.Name) {
			continue
		}
		words = append(words, "--"+o.Name)
		if o.Letter != "" {
			words = append(words, "-"+o.Letter)
		}
	}
	slices.Sort(words)
	return words
}

const bashText = `# bash completion for dmonctl
_dmonctl() {
	local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} list= kind= names= verb= option= far= w rest
	local -a who=()
	local -i before=0
	local word=${line##*[[:space:]]}
	line=${line%"$word"}
	COMPREPLY=()
	set -f
	set -- $line
	set +f
	shift
	for w in "$@"; do
		if [[ -n $option ]]; then
			case $option in
			--user|-u) who=(-u "$w") ;;
			--host|-H) far=1 ;;
			esac
			option=
			continue
		fi
		case $w in
		LONG) option=$w ;;
		--user=*|-u?*) who=("$w") ;;
		--host=*|-H?*) far=1 ;;
		--*) ;;
		-?*)
			# In a bundle the first letter that takes a value takes the rest, or the next word.
			rest=${w#-*[LETTERS]}
			if [[ $w == -*[LETTERS] && -z $rest ]]; then option=-${w: -1}; fi ;;
		*) if [[ -z $verb ]]; then verb=$w; else before+=1; fi ;;
		esac
	done
	local given=$word
	if [[ -z $option && $word == --*=* ]]; then
		option=${word%%=*} word=${word#*=}
	fi
	case $option in
VALUES
	'')
		if [[ $word == -* ]]; then
			case $verb in
OPTIONS
			*) list='ALL' ;;
			esac
		elif [[ -z $verb ]]; then
			list='VERBS'
		else
			case $verb,$before in
OPERANDS
			esac
		fi ;;
	*) return ;;
	esac
	local quote=
	case $word in [\'\"]*) quote=${word:0:1} word=${word:1} ;; esac
	if [[ -n $names && -z $far ]]; then
		list=$(dmonctl completion names "$names" "${who[@]}" 2>/dev/null)
	fi
	IFS=$'\n'
	if [[ -n $kind ]]; then
		[[ $kind == -f ]] && compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen $kind -- "$word"))
	else
		IFS=$' \t\n'
		COMPREPLY=($(compgen -W "$list" -- "$word"))
	fi
	# What bash has broken off is there already, and what it has not must be said.
	local there= breaks= value=${given%"$word"}
	for w in @ = :; do [[ $COMP_WORDBREAKS == *"$w"* ]] && breaks+=$w; done
	[[ -n $quote ]] && value=
	COMPREPLY=("${COMPREPLY[@]/#/$value}")
	if [[ -n $breaks && -z $quote ]]; then
		there=${given%"${given##*[$breaks]}"}
		there=${there%@} # of which bash says that it begins the word
		COMPREPLY=("${COMPREPLY[@]#"$there"}")
	fi
}
complete -F _dmonctl dmonctl
`
