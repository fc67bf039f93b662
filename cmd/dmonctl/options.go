package main

import (
	"fmt"
	"io"
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

func (c *ctl) flags() *cli.Flags {
	f := cli.NewFlags(program)
	f.SetInterspersed(true)
	f.Group("Which", func() {
		f.Add(cli.Bool(&c.all), "all", "a", "those of every user; for root")
		f.Add(cli.Value(&c.user, "USER", anyWord), "user", "u", "those of USER, a name or a number; for root")
		f.Add(cli.Value(&c.host, "[USER@]HOST", parseHost), "host", "H", "on that machine, by ssh")
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

// parseHost takes what ssh calls a destination, and nothing that it, or a shell that
// somebody's settings for ssh(1) call, would take for something else.
func parseHost(s string) (string, error) {
	user, host := "", s
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		user, host = s[:i], s[i+1:]
		if user == "" {
			return "", cli.Invalidf("%q lacks the user", s)
		}
	}
	odd := func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("'\"`$\\;&|<>(){}*?!#~", r) }
	if host == "" || host[0] == '-' || strings.HasPrefix(user, "-") || strings.ContainsFunc(s, odd) {
		return "", cli.Invalidf("%q is no host", s)
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
	v, err := verbCalled(c.verb)
	if err != nil {
		return nil, err
	}
	if len(c.words) < v.least {
		return nil, &cli.Misuse{Text: v.name + " needs " + v.words, Hint: "usage: dmonctl " + v.name + " " + v.words + "; dmonctl help " + v.name + " says more"}
	}
	if n, bounded := v.most(); bounded && len(c.words) > n {
		return nil, &cli.Misuse{Text: fmt.Sprintf("%s takes %s, and not %q as well", v.name, v.words, c.words[n]), Hint: "words with blanks in them need quotes"}
	}
	for _, o := range f.Options() {
		// What the variable says is for the verbs to which it means something.
		if f.On(o.Name) && f.Source(o.Name) == cli.CommandLine && !v.takes(o.Name) {
			return nil, &cli.Misuse{Text: fmt.Sprintf("--%s means nothing to %s", o.Name, v.name), Hint: "dmonctl help " + v.name + " lists what does"}
		}
	}
	return v, nil
}
