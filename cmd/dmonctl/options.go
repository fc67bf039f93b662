package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// ctl is one invocation of dmonctl with its streams.
type ctl struct {
	args           []string
	stdout, stderr io.Writer

	verb  string
	words []string // behind the verb

	all     bool
	user    string
	host    string
	json    bool
	quiet   bool
	noWait  bool
	timeout time.Duration
	follow  bool
	lines   int
	since   int64
	awaited string
	any     bool
	watch   bool
	tree    bool
	output  string
	color   string

	set   *cli.Flags
	homes map[int]*record.Home
}

// verb is one thing that dmonctl does.
type verb struct {
	name    string
	words   string // that it takes
	help    string
	options string // that mean something to it, by their long names
	least   int    // words that it needs
	run     func(*ctl) (int, error)
}

// everywhere are the options that every verb takes.
const everywhere = "user host help version"

func verbs() []verb {
	const actions = "no-wait timeout quiet"
	return []verb{
		{"list", "[NAME]...", "all there are, a line each (the default)", "all watch json color", 0, (*ctl).list},
		{"status", "NAME...", "everything about one; 0 up, 3 down, 4 unknown", "quiet json", 1, (*ctl).status},
		{"is", "STATE NAME", "whether it is in that state: 0 or 1", "", 2, (*ctl).is},
		{"whoami", "[PID]", "the dmon that has this process", "json", 0, (*ctl).whoami},
		{"wait", "NAME...", "wait for an end, or what --for says", "for timeout any", 1, (*ctl).wait},
		{"stop", "NAME...", "end dmon and all of its command", actions, 1, (*ctl).stop},
		{"start", "NAME...", "bring it up again as it was", actions, 1, (*ctl).start},
		{"restart", "NAME...", "a new run; fails if it does not come up", actions, 1, (*ctl).restart},
		{"down", "NAME...", "end the command and keep dmon", actions, 1, (*ctl).down},
		{"up", "NAME...", "undo down", actions, 1, (*ctl).up},
		{"pause", "NAME...", "pause it, beside its gates", actions, 1, (*ctl).pause},
		{"resume", "NAME...", "undo pause", actions, 1, (*ctl).resume},
		{"signal", "SIG NAME...", "send SIG to the main process", "tree", 2, (*ctl).signal},
		{"text", "NAME TEXT", "what list and status say beside the state", "", 2, (*ctl).text},
		{"events", "NAME", "what has happened, a JSON object a line", "follow lines since", 1, (*ctl).events},
		{"logs", "NAME", "the end of the file that its output goes to", "follow lines", 1, (*ctl).logs},
		{"timeline", "[NAME]...", "a picture of runs, pauses and restarts", "output all color", 0, (*ctl).timeline},
		{"metrics", "[NAME]...", "all in OpenMetrics text", "all", 0, (*ctl).metrics},
		{"forget", "NAME...", "remove the record of one that has ended", "quiet", 1, (*ctl).forget},
		{"completion", "SHELL", "print the completion for bash, zsh or fish", "", 1, (*ctl).completion},
	}
}

func (c *ctl) flags() *cli.Flags {
	f := cli.NewFlags(program)
	f.SetInterspersed(true)
	f.Group("Which", func() {
		f.Add(cli.Bool(&c.all), "all", "a", "those of every user; for root")
		f.Add(cli.Value(&c.user, "USER", anyWord), "user", "u", "those of USER, a name or a number; for root")
		f.Add(cli.Value(&c.host, "[USER@]HOST", anyWord), "host", "H", "on that machine, by ssh")
	})
	f.Group("How", func() {
		f.Add(cli.Bool(&c.json), "json", "", "a JSON object a line")
		f.Add(cli.Bool(&c.quiet), "quiet", "q", "say nothing, exit with the status")
		f.Add(cli.Value(&c.color, "WHEN", cli.ParseOneOf("auto", "always", "never")), "color", "", "colours: auto, always or never").Default("auto")
		f.Add(cli.Bool(&c.watch), "watch", "w", "show the list anew each second, until ^C")
		f.Add(cli.Value(&c.output, "FILE", anyWord), "output", "o", "draw the timeline into FILE, as SVG")
	})
	f.Group("Waiting", func() {
		f.Add(cli.Bool(&c.noWait), "no-wait", "", "ask, and do not wait until it is done")
		f.Add(cli.Time(&c.timeout), "timeout", "t", "wait no longer than that (exit 124); 0: for ever").Default("0")
		f.Add(cli.Value(&c.awaited, "WHAT", cli.ParseOneOf(awaitable...)), "for", "", strings.Join(awaitable, ", ")).Default("end")
		f.Add(cli.Bool(&c.any), "any", "", "the first of several names will do")
	})
	f.Group("Events, logs, signals", func() {
		f.Add(cli.Bool(&c.follow), "follow", "f", "go on with what comes")
		f.Add(cli.Value(&c.lines, "N", cli.ParseCount), "lines", "n", "the last N lines").Default("10")
		f.Add(cli.Value(&c.since, "SEQ", parseSeq), "since", "", "events after number SEQ")
		f.Add(cli.Bool(&c.tree), "tree", "", "signal the whole tree")
	})
	f.Standard()
	return f
}

func anyWord(s string) (string, error) {
	if s == "" {
		return "", cli.Invalidf("it may not be empty")
	}
	return s, nil
}

func parseSeq(s string) (int64, error) {
	n, err := cli.ParseCount(s)
	return int64(n), err
}

// parse reads the command line and finds the verb.
func (c *ctl) parse() (*verb, error) {
	f := c.flags()
	c.set = f
	words, err := f.Parse(c.args, usage(), examples)
	if err != nil {
		return nil, err
	}
	c.verb = "list"
	if len(words) > 0 {
		c.verb, c.words = words[0], words[1:]
	}
	known := verbs()
	i := slices.IndexFunc(known, func(v verb) bool { return v.name == c.verb })
	if i < 0 {
		return nil, &cli.Misuse{Text: fmt.Sprintf("%q is no verb", c.verb), Hint: "dmonctl --help lists them; names stand behind one, as in: dmonctl list " + cli.Quote(c.verb)}
	}
	v := &known[i]
	if len(c.words) < v.least {
		return nil, &cli.Misuse{Text: v.name + " needs " + v.words, Hint: "usage: dmonctl " + v.name + " " + v.words}
	}
	for _, o := range f.Options() {
		if f.On(o.Name) && !slices.Contains(strings.Fields(v.options+" "+everywhere), o.Name) {
			return nil, cli.Misusef("--%s means nothing to %s", o.Name, v.name)
		}
	}
	return v, nil
}

func usage() string {
	var b strings.Builder
	b.WriteString("Usage: dmonctl [OPTION]... [VERB] [NAME|PATTERN]...\n\nList, ask, await and command the dmons that run here. NAME is [CATEGORY/]NAME; a\npattern has * and ?, which do not stand for a slash.\n\nVerbs:\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-22s %s\n", v.name+" "+v.words, v.help)
	}
	return b.String()
}

const examples = `
Examples:
  dmonctl                        what runs
  dmonctl stop 'web/*'           end all of a category, and wait until they are gone
  dmonctl wait --for ready db && start-the-rest
  dmonctl status -q web          for a container's health check

Exit status: 0 done; 1 no (is, whoami); 3 not up, or it can no longer come; 4 no such
name; 124 in time-out; 125 misuse or failure. wait exits with the command's status.
`
