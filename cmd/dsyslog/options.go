package main

import (
	"fmt"
	"os"
	"strings"

	"dmon/internal/cli"
	"dmon/logpipe"
)

const program = "dsyslog"

// options is everything the user can say, as it was said.
type options struct {
	name        string
	priority    priority
	facility    logpipe.Priority
	ownPriority bool
	maxLine     int64
	skipEmpty   bool
	inputFD     int
	console     bool
	pid         bool
	socket      string
}

const usage = `Usage: dsyslog [OPTION]... NAME

Send standard input to syslog, one message a line, tagged NAME. While syslogd is
away or behind, dsyslog waits: no line is lost.
`

const examples = `
Signals: TERM ends; what syslogd has not read stays in the pipe for the next
reader. A line may be sent twice where syslogd or dsyslog was stopped.

Examples:
  dmon -e server -- dsyslog --pid server
                              all output of a server, as user.info
  backup | dsyslog -f local0 -p notice backup
                              choose facility and priority
`

// AddFlags defines all options. They fill o when the flags are parsed.
func (o *options) AddFlags(f *cli.Flags) {
	f.Group("Messages", func() {
		f.Add(cli.Value(&o.priority, "NAME", parsePriority), "priority", "p",
			"emerg, alert, crit, err, warning, notice, info or\ndebug, also after a facility, as in local0.notice;\n\"help\" lists them").Default("info")
		f.Add(cli.Value(&o.facility, "NAME", byName(logpipe.FacilityByName, logpipe.FacilityNames)), "facility", "f",
			"daemon, user, local0 ...; \"help\" lists them").Default("user")
		f.Add(cli.Bool(&o.ownPriority), "prefix-priority", "", "a line that begins with <N>, 0 (emerg) to 7 (debug),\nhas that priority and goes without it")
		f.Add(cli.Bool(&o.pid), "pid", "", "add the process number of dsyslog to NAME")
	})
	f.Group("Lines", func() {
		f.Add(cli.Bool(&o.skipEmpty), "skip-empty", "e", "drop empty lines")
		f.Add(cli.Value(&o.inputFD, "N", cli.ParseCount), "input-fd", "i", "read descriptor N").Default("0")
	})
	f.Group("Delivery", func() {
		f.Add(cli.Value(&o.maxLine, "SIZE", cli.ParseSize), "max-line", "", "divide lines so that no message is larger than SIZE,\nfor a syslogd that cuts what is").Default("8000")
		f.Add(cli.Value(&o.socket, "PATH", parseSocket), "socket", "", "where syslogd listens").Default(logpipe.DefaultSyslog)
		f.Add(cli.Bool(&o.console), "console", "c", "copy to the console what cannot be delivered")
	})
	f.Standard()
}

// priority is the value of --priority.
type priority struct {
	severity, facility logpipe.Priority
	both               bool // it names a facility, too
}

// parsePriority reads PRIORITY or, as logger(1) has it, FACILITY.PRIORITY.
func parsePriority(s string) (p priority, err error) {
	name, rest, both := strings.Cut(s, ".")
	if both {
		p.both = true
		if p.facility, err = byName(logpipe.FacilityByName, logpipe.FacilityNames)(name); err != nil {
			return p, err
		}
		name = rest
	}
	p.severity, err = byName(logpipe.SeverityByName, logpipe.SeverityNames)(name)
	return p, err
}

// byName makes a parser out of a table of names. "help" is answered with them.
func byName(find func(string) (logpipe.Priority, bool), names func() []string) func(string) (logpipe.Priority, error) {
	return func(s string) (logpipe.Priority, error) {
		if p, ok := find(s); ok {
			return p, nil
		}
		if s == "help" {
			return 0, &cli.Answer{Text: strings.Join(names(), "\n") + "\n"}
		}
		return 0, cli.Invalidf("%q is none of %s", s, strings.Join(names(), ", "))
	}
}

// socketMax is one less than the room for a name in a socket address.
const socketMax = 103

func parseSocket(s string) (string, error) {
	if s == "" || len(s) > socketMax || strings.ContainsRune(s, 0) {
		return "", cli.Invalidf("%q cannot be the name of a socket: it has 1 to %d bytes", s, socketMax)
	}
	return s, nil
}

// parse returns the options of the command line and the environment, checked.
func parse(args []string) (*options, error) {
	o := &options{}
	flags := cli.NewFlags(program)
	o.AddFlags(flags)
	operands, err := flags.Parse(args, usage, examples)
	if err != nil {
		return nil, err
	}
	if err := o.settleFacility(flags); err != nil {
		return nil, err
	}
	return o, o.Check(operands)
}

// settleFacility decides between the facility of --facility and one in --priority:
// the command line puts that of the variable out of force.
func (o *options) settleFacility(f *cli.Flags) error {
	if !o.priority.both || o.facility == o.priority.facility {
		return nil
	}
	said, inPriority := f.Source("facility"), f.Source("priority")
	switch {
	case said < inPriority:
		o.facility = o.priority.facility
	case said == inPriority:
		return cli.Misusef("--facility contradicts the facility in --priority")
	}
	return nil
}

// maxLineMax is more than any socket takes.
const maxLineMax = 1 << 20

// nameMax leaves most of a message to the line.
const nameMax = 255

// Check judges what was said, and has no effect on anything else.
func (o *options) Check(operands []string) error {
	switch len(operands) {
	case 0:
		return &cli.Misuse{Text: "no NAME given", Hint: "usage: dsyslog [OPTION]... NAME"}
	case 1:
	default:
		return &cli.Misuse{
			Text: fmt.Sprintf("one NAME, please, not %d: %q", len(operands), operands),
			Hint: "options stand in front of NAME",
		}
	}
	o.name = operands[0]
	if o.name == "" || len(o.name) > nameMax || strings.ContainsFunc(o.name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return cli.Misusef("%q cannot be a NAME: 1 to %d bytes without blanks", o.name, nameMax)
	}
	if least := int64(o.client().HeadMax() + textMin); o.maxLine < least || o.maxLine > maxLineMax {
		return cli.Misusef("--max-line: a message has %d to %d bytes, with the time and NAME", least, maxLineMax)
	}
	return nil
}

// textMin is how much of a line there is in a message at least.
const textMin = 16

// client is the connection the options ask for. It is not opened yet.
func (o *options) client() *logpipe.Syslog {
	pid := 0
	if o.pid {
		pid = os.Getpid()
	}
	s := logpipe.NewSyslog(o.socket, o.name, pid, o.facility|o.priority.severity)
	s.MessageMax, s.SkipEmpty, s.OwnPriority = int(o.maxLine), o.skipEmpty, o.ownPriority
	return s
}
