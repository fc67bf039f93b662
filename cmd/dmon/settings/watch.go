package settings

import (
	"strconv"
	"time"

	"dmon/internal/beacon"
	"dmon/internal/cli"
)

// Watch is what dmon tells, and where.
type Watch struct {
	InfoPath    string         // of --write-info; "": none
	JSON        bool           // the format of it
	InfoSize    int64          // how large its file may grow, in bytes; 0: as it likes
	InfoFiles   int            // how many old ones stay, 0 for all
	Report      beacon.Address // where reports go; its Port is 0 for nowhere
	ReportEvery time.Duration
	Messages    Place
	MailTo      []string // nil: nobody
	Verbose     bool
	Quiet       bool
}

func (w *Watch) define(f *cli.Flags, s *Settings) {
	f.Line("events", w.eventWords)
	f.Line("report", w.reportWords)
	f.Line("messages", w.messageWords)
	f.Row("hook", s.hookWords)
	f.Line("mail", s.mailWords)
	f.Group("Being watched", func() {
		f.Add(cli.Path(&w.InfoPath), "write-info", "I", "append a line per change to a file, FIFO or Unix socket")
		f.Add(cli.Choice(&w.JSON, "FORMAT", cli.Word[bool]{Text: "plain"}, cli.Word[bool]{Text: "json", Value: true}), "info-format", "", "plain or json").
			Default("plain").Needs("write-info")
		f.Add(cli.Value(&w.InfoSize, "SIZE", cli.ParseSize), "info-size", "", "begin a new file before that file is larger than SIZE").
			Needs("write-info")
		f.Add(cli.Value(&w.InfoFiles, "N", cli.ParseCount), "info-files", "", "keep N of its old files, 0 for all").
			Default("5").Needs("info-size")
		f.Add(cli.Value(&w.Report, "ADDRESS", parseReport), "report", "", "send pmtr's report to udp://HOST:PORT[%INTERFACE]")
		f.Add(cli.Value(&w.ReportEvery, "TIME", parseReportInterval), "report-interval", "", "how often").Default("10s").Needs("report")
		f.Add(cli.Value(&w.Messages, "WHERE", parsePlace), "messages", "", "stderr, syslog[:FACILITY], log (down the pipe), none, or\nthe PATH of a file of up to 3 MB, with a /")
		f.Add(cli.Each(&s.Policy.Hooks, "EVENTS=COMMAND", addHook), "on", "", "run COMMAND for each of these events, one after the\nother; may repeat; help lists the events")
		f.Add(cli.Value(&w.MailTo, "ADDRESS[,ADDRESS]", parseAddresses), "mail-to", "", "mail what goes wrong, by sendmail: at once, then\neach 15 minutes at most")
		f.Add(cli.Bool(&w.Verbose), "verbose", "v", "also tell each start, exit, pause and resume").
			Not("quiet", "one asks for more messages, the other for fewer")
		f.Add(cli.Bool(&w.Quiet), "quiet", "q", "tell only why dmon cannot go on")
	})
}

func parseReport(s string) (beacon.Address, error) {
	a, err := beacon.ParseAddress(s)
	if err != nil {
		return a, cli.Invalidf("%v", err)
	}
	return a, nil
}

// shortestReport is the least --report-interval: a report costs its receiver
// something, too.
const shortestReport = 100 * time.Millisecond

func parseReportInterval(s string) (time.Duration, error) {
	d, err := cli.ParseTime(s)
	if err == nil && d < shortestReport {
		err = cli.Invalidf("%s is shorter than %s", cli.FormatTime(d), cli.FormatTime(shortestReport))
	}
	return d, err
}

func (w *Watch) reportWords() string {
	if w.Report.Port == 0 {
		return ""
	}
	return "to " + cli.Quote(w.Report.String()) + ", each " + cli.FormatTime(w.ReportEvery)
}

func (w *Watch) eventWords() string {
	if w.InfoPath == "" {
		return ""
	}
	format := "plain"
	if w.JSON {
		format = "json"
	}
	words := "appended to " + cli.Quote(w.InfoPath) + ", " + format
	if w.InfoSize == 0 {
		return words
	}
	old := "the last " + strconv.Itoa(w.InfoFiles)
	if w.InfoFiles == 0 {
		old = "all"
	}
	return words + ", a new file each " + cli.FormatSize(w.InfoSize) + ", keeping " + old + " of the old ones"
}
