package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/logfile"
	"dmon/logpipe"
)

const program = "dlog"

// options is everything the user can say, as it was said.
type options struct {
	file string // empty for standard output

	timestamp  bool
	timeFormat string // "": none was chosen
	prefix     string
	skipEmpty  bool
	inputFD    int

	mkdir    bool
	buffered bool
	drop     bool // what cannot be written

	maxSize  int64
	maxTime  time.Duration
	rotateAt *logfile.Calendar // nil for never
	maxFiles int
	maxAge   time.Duration
	maxTotal int64
	compress bool

	tidy bool // old files of an earlier run are looked after: one of these was asked for
}

const usage = `Usage: dlog [OPTION]... [FILE]

Append standard input to FILE, or copy it to standard output, line by line.
Without -b every line is on disk before more input is taken.
`

const examples = `
Signals: HUP opens FILE anew, ALRM rotates it now, TERM finishes the line under
way and ends; what was not read stays in the pipe for the next reader.

Rotated files are named FILE.20261120T162733.123456Z, in the order of time.

Examples:
  dmon -n server -- dlog -t server.log
                              log a server, with the time in front of each line
  dmon server -- dlog -t -s 16m -m 20 -z server.log
                              20 old files of 16 MiB, compressed
  dmon server -- dlog -t --rotate-at daily --mkdir logs/server.log
                              a file a day, the last ten of them
  make 2>&1 | dlog --time-format iso
                              show when each line of a build appeared
`

// AddFlags defines all options. They fill o when the flags are parsed.
func (o *options) AddFlags(f *cli.Flags) {
	f.Group("Lines", func() {
		f.Add(cli.Bool(&o.timestamp), "timestamp", "t", "put the time (UTC) in front of each line")
		f.Add(cli.Value(&o.timeFormat, "FORMAT", cli.ParseOneOf(logpipe.StampNames()...)), "time-format", "",
			"dmon, iso, local, tai64n or unix; \"help\" lists them\n(dmon, with -t)")
		f.Add(cli.Value(&o.prefix, "TEXT", parsePrefix), "prefix", "p", "put TEXT after the time")
		f.Add(cli.Bool(&o.skipEmpty), "skip-empty", "e", "drop empty lines")
		f.Add(cli.Value(&o.inputFD, "N", cli.ParseCount), "input-fd", "i", "read descriptor N").Default("0")
	})
	f.Know(cli.Fact{Name: aFile, Holds: func() bool { return o.file != "" }, Hint: func() string { return "without one, dlog copies to standard output" }})
	f.Group("Safety", func() {
		f.Add(cli.Bool(&o.mkdir), "mkdir", "", "make FILE's directory if it is not there").Needs(aFile)
		f.Add(cli.Bool(&o.buffered), "buffered", "b", "do not wait for the disk: faster, but a power failure\ntakes the last seconds")
		f.Add(cli.Choice(&o.drop, "block|drop", cli.Word[bool]{Text: "block"}, cli.Word[bool]{Text: "drop", Value: true}), "on-error", "",
			"disk full, I/O error: wait and keep every line, or\ndrop lines and write how many").Default("block")
	})
	f.Group("Rotation (-s, -T or --rotate-at turns it on)", func() {
		f.Add(cli.Value(&o.maxSize, "SIZE", cli.ParseSize), "max-size", "s", "begin a new file before FILE is larger than SIZE").Needs(aFile)
		f.Add(cli.Time(&o.maxTime), "max-time", "T", "begin a new file when FILE is older than TIME").Needs(aFile)
		f.Add(cli.Value(&o.rotateAt, "WHEN", parseWhen), "rotate-at", "", "begin a new file hourly, daily, weekly, or every day\nat HH:MM, local time").Default("never").Needs(aFile)
		f.Add(cli.Value(&o.maxFiles, "N", cli.ParseCount), "max-files", "m", "keep N old files, 0 for all").Default("10").Needs(aFile)
		f.Add(cli.Time(&o.maxAge), "max-age", "", "remove old files last written TIME ago").Needs(aFile)
		f.Add(cli.Value(&o.maxTotal, "SIZE", cli.ParseSize), "max-total", "", "remove old files when all and FILE are larger than SIZE").Needs(aFile)
		f.Add(cli.Bool(&o.compress), "compress", "z", "compress old files with gzip").Needs(aFile)
	})
	f.Standard()
}

// aFile is what rotation needs, and a directory.
const aFile = "a FILE"

func parsePrefix(s string) (string, error) {
	if strings.ContainsRune(s, '\n') {
		return "", cli.Invalidf("a prefix must not contain a newline")
	}
	return s, nil
}

// parseWhen reads the value of --rotate-at.
func parseWhen(s string) (*logfile.Calendar, error) {
	switch strings.ToLower(s) {
	case "never":
		return nil, nil
	case "hourly":
		return &logfile.Calendar{}, nil
	case "daily":
		return &logfile.Calendar{Days: 1}, nil
	case "weekly":
		return &logfile.Calendar{Days: 7}, nil
	case "help":
		return nil, &cli.Answer{Text: "hourly\ndaily\nweekly\nHH:MM\nnever\n"}
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return nil, cli.Invalidf("%q is none of hourly, daily, weekly, never, and no time of the day such as 03:30", s)
	}
	return &logfile.Calendar{Days: 1, At: time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute}, nil
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
	if err := o.Check(operands); err != nil {
		return nil, err
	}
	o.tidy = slices.ContainsFunc(rotationOptions, flags.On)
	return o, flags.Judge()
}

// Check judges the operands, and has no effect on anything else.
func (o *options) Check(operands []string) error {
	switch len(operands) {
	case 0:
	case 1:
		if o.file = operands[0]; o.file == "" {
			return cli.Misusef("the name of FILE is empty")
		}
	default:
		return &cli.Misuse{
			Text: fmt.Sprintf("one FILE, please, not %d: %q", len(operands), operands),
			Hint: "options stand in front of FILE",
		}
	}
	return nil
}

var rotationOptions = []string{"max-size", "max-time", "rotate-at", "max-files", "max-age", "max-total", "compress"}

// format is what is to be done to each line.
func (o *options) format() *logpipe.Format {
	f := &logpipe.Format{Prefix: o.prefix, SkipEmpty: o.skipEmpty}
	switch {
	case o.timeFormat != "":
		f.Stamp = logpipe.StampByName(o.timeFormat)
	case o.timestamp:
		f.Stamp = logpipe.StampDmon
	}
	return f
}
