package main

import (
	"fmt"
	"slices"
	"strings"

	"dmon/internal/cli"
)

// verb is one thing that dmonctl does.
type verb struct {
	name    string
	words   string // that it takes
	help    string // in a line, for --help
	options string // that mean something to it, by their long names
	least   int    // words that it needs
	run     func(*ctl) (int, error)
	more    string // what "dmonctl help VERB" says beside that, examples last
}

// everywhere are the options that every verb takes.
const everywhere = "user host help version"

func verbs() []verb {
	const actions = "no-wait timeout quiet"
	return []verb{
		{"list", "[NAME]...", "all there are, a line each (the default)", "all watch json color", 0, (*ctl).list,
			"LAST is how the last run ended, CPU the part of a processor that the command's tree has\nused since it began, NOTE why it waits or what it says.\n\n  dmonctl 'web/*'\n  dmonctl -w"},
		{"status", "NAME...", "everything about one; 0 up, 3 down, 4 unknown", "quiet json", 1, (*ctl).status,
			"Its processes and its last events stand below.\n\n  dmonctl status web\n  dmonctl -q status web || echo trouble"},
		{"is", "STATE NAME...", "whether it is in that state: 0 or 1", "quiet", 2, (*ctl).is,
			"STATE is " + strings.Join(askable, ", ") + ".\n\n  dmonctl is ready db || exit"},
		{"whoami", "[PID]", "the dmon that has this process", "json", 0, (*ctl).whoami,
			"Exits with 1 where no dmon has it.\n\n  dmonctl whoami 4711"},
		{"wait", "NAME...", "wait for an end, or what --for says", "for timeout any quiet", 1, (*ctl).wait,
			"Exits with the command's status; 3 when it can no longer come, 4 for an unknown name.\n\n  dmonctl wait --for ready -t 1m db"},
		{"stop", "NAME...", "end dmon and all of its command", actions, 1, (*ctl).stop,
			"The record stays, so that start brings it back; forget removes that.\n\n  dmonctl stop 'web/*'"},
		{"start", "NAME...", "bring it up again as it was", actions, 1, (*ctl).start,
			"Undoes stop as well as down. What never ran is started by dmon --name NAME COMMAND.\n\n  dmonctl start web"},
		{"restart", "NAME...", "a new run; fails if it does not come up", actions, 1, (*ctl).restart,
			"Starts what has ended.\n\n  dmonctl restart web && echo up again"},
		{"down", "NAME...", "end the command and keep dmon", actions, 1, (*ctl).down,
			"Up, start or restart bring the command back.\n\n  dmonctl down web"},
		{"up", "NAME...", "undo down", actions, 1, (*ctl).up, "Where dmon itself has ended, start is what helps.\n\n  dmonctl up web"},
		{"pause", "NAME...", "pause it, beside its gates", actions, 1, (*ctl).pause, "The whole tree stands still until resume.\n\n  dmonctl pause batch"},
		{"resume", "NAME...", "undo pause", actions, 1, (*ctl).resume, "Load and other gates of its own may still hold it.\n\n  dmonctl resume batch"},
		{"signal", "SIG NAME...", "send SIG to the main process", "tree quiet", 2, (*ctl).signal,
			"SIG is a name or a number: HUP, SIGHUP, 1.\n\n  dmonctl signal HUP web"},
		{"text", "NAME [TEXT]", "what list and status say beside the state", "quiet", 1, (*ctl).text,
			"Without TEXT it says nothing any more.\n\n  dmonctl text web 'draining: back at 10'"},
		{"events", "NAME", "what has happened, a JSON object a line", "follow lines since", 1, (*ctl).events,
			"The first line is what is so now.\n\n  dmonctl events -f web | jq -c .event"},
		{"logs", "NAME", "the end of the file that its output goes to", "follow lines", 1, (*ctl).logs,
			"That is the file of the log command, or of --stdout.\n\n  dmonctl logs -f web"},
		{"timeline", "[NAME]...", "a picture of runs, pauses and restarts", "output all color", 0, (*ctl).timeline,
			"It goes back as far as the events are kept.\n\n  dmonctl timeline -o web.svg web"},
		{"metrics", "[NAME]...", "all in OpenMetrics text", "all", 0, (*ctl).metrics,
			"Prometheus' older text format reads it too.\n\n  dmonctl -a metrics >dmon.prom.new && mv dmon.prom.new dmon.prom"},
		{"forget", "NAME...", "remove the record of one that has ended", "quiet", 1, (*ctl).forget, "\n  dmonctl forget 'test/*'"},
		{"completion", "SHELL", "print the completion for bash, zsh or fish", "", 1, (*ctl).completion,
			"\n  . <(dmonctl completion bash)"},
		{"help", "[VERB]", "all verbs, or all about one", "", 0, (*ctl).helpVerb, "\n  dmonctl help wait"},
	}
}

func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// verbCalled finds a verb, or says which one may have been meant.
func verbCalled(name string) (*verb, error) {
	known := verbs()
	i := slices.IndexFunc(known, func(v verb) bool { return v.name == name })
	if i >= 0 {
		return &known[i], nil
	}
	hint := "dmonctl --help lists them; names stand behind one, as in: dmonctl list " + cli.Quote(name)
	if near := cli.Nearest(name, verbNames()); near != "" {
		hint = "did you mean " + near + "? dmonctl help lists all verbs"
	}
	return nil, &cli.Misuse{Text: fmt.Sprintf("%q is no verb", name), Hint: hint}
}

// most is how many words the verb takes; false where that is any number.
func (v *verb) most() (n int, bounded bool) {
	if v.name == "completion" {
		return 2, true // what the shells' scripts ask for
	}
	return len(strings.Fields(v.words)), !strings.HasSuffix(v.words, "...")
}

// takes reports whether an option means something to the verb.
func (v *verb) takes(option string) bool {
	return slices.Contains(strings.Fields(v.options+" "+everywhere), option)
}

// helpVerb says all about a verb, or lists them.
func (c *ctl) helpVerb() (int, error) {
	if len(c.words) == 0 {
		return 0, &cli.Answer{Text: c.set.Help(usage(), examples)}
	}
	v, err := verbCalled(c.words[0])
	if err != nil {
		return 0, err
	}
	text := fmt.Sprintf("Usage: dmonctl [OPTION]... %s %s\n\n%s: %s.\n", v.name, v.words, v.name, v.help)
	about, example, _ := strings.Cut(v.more, "\n  ")
	if about = strings.TrimSpace(about); about != "" {
		text += about + "\n"
	}
	text += c.set.HelpOn(func(option string) bool { return v.takes(option) && option != "help" && option != "version" })
	return 0, &cli.Answer{Text: text + "\nExample:\n  " + example + "\n"}
}

func usage() string {
	var b strings.Builder
	b.WriteString("Usage: dmonctl [OPTION]... [VERB] [NAME|PATTERN]...\n\nList, ask, await and command the dmons that run here. NAME is [CATEGORY/]NAME; a\npattern has * and ?, which do not stand for a slash.\n\nVerbs (dmonctl help VERB says more):\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-22s %s\n", v.name+" "+v.words, v.help)
	}
	return b.String()
}

const examples = `
Examples:
  dmon --name web prog           begin: give something a name
  dmonctl                        what runs
  dmonctl stop 'web/*'           end all of a category, and wait until they are gone
  dmonctl wait --for ready db && start-the-rest
  dmonctl status -q web          for a container's health check

Exit status: 0 done; 1 no (is, whoami); 3 not up, or it can no longer come; 4 no such
name; 124 in time-out; 125 misuse or failure. wait exits with the command's status.
`
