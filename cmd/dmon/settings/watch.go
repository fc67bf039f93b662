package settings

import "dmon/internal/cli"

// Watch is what dmon tells, and where.
type Watch struct {
	InfoPath string // of --write-info; "": none
	JSON     bool   // the format of it
	Messages string // stderr, syslog, log or none
	Verbose  bool
	Quiet    bool
}

func (w *Watch) define(f *cli.Flags, s *Settings) {
	f.Line("events", w.eventWords)
	f.Line("messages", w.messageWords)
	f.Row("hook", s.hookWords)
	f.Group("Being watched", func() {
		f.Add(cli.Path(&w.InfoPath), "write-info", "I", "append a line per change to a file, FIFO or Unix socket")
		f.Add(cli.Choice(&w.JSON, "FORMAT", cli.Word[bool]{Text: "plain"}, cli.Word[bool]{Text: "json", Value: true}), "info-format", "", "plain or json").
			Default("plain").Needs("write-info")
		f.Add(cli.Value(&w.Messages, "WHERE", cli.ParseOneOf("stderr", "syslog", "log", "none")), "messages", "", "stderr, syslog, log (down the pipe) or none")
		f.Add(cli.Each(&s.Policy.Hooks, "EVENTS=COMMAND", addHook), "on", "", "run COMMAND for each of these events, one after the\nother; may repeat; help lists the events")
		f.Add(cli.Bool(&w.Verbose), "verbose", "v", "also tell each start, exit, pause and resume").
			Not("quiet", "one asks for more messages, the other for fewer")
		f.Add(cli.Bool(&w.Quiet), "quiet", "q", "tell only why dmon cannot go on")
	})
}

func (s *Settings) checkMessages() error {
	switch {
	case s.Messages == "stderr" && !s.Foreground:
		return cli.Misusef("--messages stderr contradicts running as a daemon, whose standard error is /dev/null (add -n)")
	case s.Messages == "log" && !s.hasLogger():
		return cli.Misusef("--messages log means nothing without a log command")
	}
	return nil
}

func (s *Settings) resolveMessages() {
	switch {
	case s.Messages != "":
	case s.Foreground:
		s.Messages = "stderr"
	default:
		s.Messages = "syslog"
	}
}

func (w *Watch) eventWords() string {
	if w.InfoPath == "" {
		return ""
	}
	format := "plain"
	if w.JSON {
		format = "json"
	}
	return "appended to " + cli.Quote(w.InfoPath) + ", " + format
}

func (w *Watch) messageWords() string {
	where := map[string]string{
		"stderr": "to standard error", "syslog": "to the system log", "log": "to the log command", "none": "nowhere",
	}[w.Messages]
	switch {
	case w.Verbose:
		return where + ", all there are"
	case w.Quiet:
		return where + ", only why dmon cannot go on"
	default:
		return where
	}
}
