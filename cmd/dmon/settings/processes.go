package settings

import (
	"strconv"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/proc"
)

// Processes is what the two specs are made of, beside what stands in them.
type Processes struct {
	KeepFDs []int    // descriptors of our caller that a daemon leaves open for both
	environ []string // -E
}

func (p *Processes) define(f *cli.Flags, s *Settings) {
	s.Cmd.Stdio, s.Log.Stdio = [3]int{0, 1, 2}, [3]int{0, 1, 2}
	c := &s.Cmd
	f.Line("input", s.input)
	f.Line("output", s.output)
	f.Line("errors", s.errors)
	f.Group("The processes", func() {
		f.Add(cli.Switch(&c.Stdio[2], proc.SameAsStdout), "stderr-redir", "e", "standard error goes where standard output goes").
			Not("stderr", "both say where standard error goes")
		f.Add(cli.Path(&c.Open[0]), "stdin", "", "standard input of COMMAND")
		f.Add(cli.Path(&c.Open[1]), "stdout", "", "append its standard output to this file")
		f.Add(cli.Path(&c.Open[2]), "stderr", "", "append its standard error to this file")
		f.Add(cli.Each(&p.environ, "NAME[=VALUE]", addEnviron), "environ", "E", "set, or remove, a variable for both; may repeat")
		f.Add(cli.Value(&p.KeepFDs, "LIST", cli.ParseDescriptors), "keep-fds", "", "descriptors that a daemon leaves open for both, as in\n3,7-9; it closes all others").
			Says("descriptors", "%s stay open")
		s.Users.define(f, s)
		f.Add(cli.Each(&c.Limits, "NAME=VALUE", addLimit), "limit", "r", "resource limit of COMMAND, soft and hard; may repeat\n(-r help lists the names)")
		f.Add(cli.Value(&c.Umask, "MODE", optional(cli.ParseMode)), "umask", "", "file mode mask of COMMAND, octal").Says("umask", "%s for the command")
		f.Add(cli.Value(&c.Nice, "N", optional(cli.ParseRange(-20, 19))), "nice", "", "niceness of COMMAND, -20 to 19").Says("niceness", "%s for the command")
		f.Add(cli.Value(&c.IOPriority, "CLASS[:LEVEL]", parseIOPriority), "ionice", "", "I/O class realtime, best-effort or idle; LEVEL 0 to 7").Says("I/O class", "%s for the command")
		f.Add(cli.Value(&c.CPUs, "LIST", cli.ParseCPUs), "cpus", "", "processors that COMMAND may use, as in 0-3,5").Says("processors", "%s for the command")
		f.Add(cli.Value(&c.OOMScore, "N", optional(cli.ParseRange(-1000, 1000))), "oom-score-adj", "", "-1000 (never) to 1000 (first) when memory runs out").Says("oom score", "adjusted by %s for the command")
		f.Add(cli.Bool(&c.NoNewPrivs), "no-new-privs", "", "COMMAND cannot gain rights by executing programs").Says("rights", "the command cannot gain any by executing programs")
	})
	f.Row("environment", p.changeWords)
	f.Line("limits", func() string { return limitWords(c.Limits) })
}

// optional makes a parser for an option that is nil until it is given.
func optional[T any](parse func(string) (T, error)) func(string) (*T, error) {
	return func(s string) (*T, error) {
		x, err := parse(s)
		return &x, err
	}
}

func addEnviron(list *[]string, s string) error {
	if s == "" || s[0] == '=' {
		return cli.Invalidf("%q names no variable", s)
	}
	*list = append(*list, s)
	return nil
}

// checkOutput refuses a second place for standard output.
func (s *Settings) checkOutput() error {
	if s.hasLogger() && s.Cmd.Open[1] != "" {
		return cli.Misusef("--stdout contradicts a log command: both say where standard output goes")
	}
	return nil
}

// resolveEnvironment makes the environments: what follows the user, then -E.
func (s *Settings) resolveEnvironment() {
	s.Cmd.Env = proc.Environ(s.changes(s.Cmd.User))
	if s.hasLogger() {
		s.Log.Env = proc.Environ(s.changes(s.Log.User))
	}
}

func (s *Settings) changes(c *proc.Credential) []string {
	if c == nil {
		return s.environ
	}
	return append(c.Env[:len(c.Env):len(c.Env)], s.environ...)
}

func (s *Settings) input() string {
	switch path := s.Cmd.Open[0]; {
	case path != "":
		return "standard input is read from " + cli.Quote(path)
	case s.Policy.Terminal:
		return "standard input is the terminal"
	default:
		return "standard input is " + s.inherited()
	}
}

func (s *Settings) output() string {
	switch path := s.Cmd.Open[1]; {
	case s.hasLogger():
		return "standard output goes to the log command"
	case path != "":
		return "standard output is appended to " + cli.Quote(path)
	default:
		return "standard output goes to " + s.inherited()
	}
}

func (s *Settings) errors() string {
	switch path := s.Cmd.Open[2]; {
	case s.Cmd.Stdio[2] == proc.SameAsStdout:
		return "standard error goes where standard output goes"
	case path != "":
		return "standard error is appended to " + cli.Quote(path)
	case !s.Foreground:
		return "standard error goes to /dev/null (-e joins it to standard output)"
	default:
		return "standard error goes to dmon's own"
	}
}

// inherited is what a stream of dmon's stands for.
func (s *Settings) inherited() string {
	if s.Foreground {
		return "dmon's own"
	}
	return "/dev/null"
}

// changeWords are the changes of the environment, as -E has them.
func (p *Processes) changeWords() []string {
	var list []string
	for _, change := range p.environ {
		if !strings.Contains(change, "=") {
			list = append(list, "without "+cli.Quote(change))
			continue
		}
		list = append(list, cli.Quote(change))
	}
	return list
}

// ioClasses are the classes of ioprio_set(2), by their numbers there.
var ioClasses = []struct {
	name   string
	class  int
	levels bool
}{{"realtime", 1, true}, {"best-effort", 2, true}, {"idle", 3, false}}

const ioClassShift = 13

func parseIOPriority(s string) (*int, error) {
	if s == "help" {
		return nil, &cli.Answer{Text: "realtime[:LEVEL]\nbest-effort[:LEVEL]\nidle\nLEVEL is 0 (first) to 7 (last), 4 unless given\n"}
	}
	name, level, given := strings.Cut(s, ":")
	for _, c := range ioClasses {
		if !strings.EqualFold(c.name, name) && name != strconv.Itoa(c.class) {
			continue
		}
		n := 4
		if !c.levels {
			n = 0
		}
		if given {
			var err error
			if n, err = cli.ParseRange(0, 7)(level); err != nil {
				return nil, err
			}
			if !c.levels {
				return nil, cli.Invalidf("class idle has no levels")
			}
		}
		value := c.class<<ioClassShift | n
		return &value, nil
	}
	return nil, cli.Invalidf("%q is none of realtime, best-effort, idle", name)
}
