package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/logpipe"
)

const program = "dlog"

// options is everything the user can say, as it was said.
type options struct {
	file string // empty for standard output

	timestamp  bool
	timeFormat string
	prefix     string
	skipEmpty  bool
	inputFD    int

	buffered bool
	onError  string

	maxSize  int64
	maxTime  time.Duration
	maxFiles int
	maxAge   time.Duration
	maxTotal int64
	compress bool

	changed func(name string) bool
}

// keptFiles is how many rotated files are kept unless the user says otherwise.
const keptFiles = 10

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
  make 2>&1 | dlog --time-format iso
                              show when each line of a build appeared
`

// AddFlags defines all options. They fill o when the flags are parsed.
func (o *options) AddFlags(f *cli.Flags) {
	f.Group("Lines", func() {
		f.BoolVarP(&o.timestamp, "timestamp", "t", false, "put the time (UTC) in front of each line")
		f.Var(cli.Value(&o.timeFormat, "FORMAT", cli.ParseOneOf(logpipe.StampNames()...)), "time-format",
			"dmon, iso, local, tai64n or unix; \"help\" lists them\n(dmon, with -t)")
		f.VarP(cli.Value(&o.prefix, "TEXT", parsePrefix), "prefix", "p", "put TEXT after the time")
		f.BoolVarP(&o.skipEmpty, "skip-empty", "e", false, "drop empty lines")
		f.VarP(cli.Value(&o.inputFD, "N", cli.ParseCount), "input-fd", "i", "read descriptor N (0)")
	})
	f.Group("Safety", func() {
		f.BoolVarP(&o.buffered, "buffered", "b", false, "do not wait for the disk: faster, but a power failure\ntakes the last seconds")
		f.Var(cli.Value(&o.onError, "block|drop", cli.ParseOneOf("block", "drop")), "on-error",
			"disk full, I/O error: wait and keep every line, or\ndrop lines and write how many (block)")
	})
	f.Group("Rotation (-s or -T turns it on)", func() {
		f.VarP(cli.Value(&o.maxSize, "SIZE", cli.ParseSize), "max-size", "s", "begin a new file before FILE is larger than SIZE")
		f.VarP(cli.Value(&o.maxTime, "TIME", cli.ParseTime), "max-time", "T", "begin a new file when FILE is older than TIME")
		f.VarP(cli.Value(&o.maxFiles, "N", cli.ParseCount), "max-files", "m", "keep N old files, 0 for all (10)")
		f.Var(cli.Value(&o.maxAge, "TIME", cli.ParseTime), "max-age", "remove old files last written TIME ago")
		f.Var(cli.Value(&o.maxTotal, "SIZE", cli.ParseSize), "max-total", "remove old files when all and FILE are larger than SIZE")
		f.BoolVarP(&o.compress, "compress", "z", false, "compress old files with gzip")
	})
	f.Standard()
	o.changed = f.Changed
}

func parsePrefix(s string) (string, error) {
	if strings.ContainsRune(s, '\n') {
		return "", cli.Invalidf("a prefix must not contain a newline")
	}
	return s, nil
}

// parse returns the options of the command line and the environment, checked.
func parse(args []string) (*options, error) {
	o := &options{timeFormat: "dmon", onError: "block", maxFiles: keptFiles}
	flags := cli.NewFlags(program)
	o.AddFlags(flags)
	operands, err := flags.Parse(args, usage, examples)
	if err != nil {
		return nil, err
	}
	return o, o.Check(operands)
}

// Check judges what was said, and has no effect on anything else.
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
	if o.changed("time-format") {
		o.timestamp = true
	}
	return o.checkRotation()
}

func (o *options) checkRotation() error {
	if o.file == "" {
		for _, name := range rotationOptions {
			if o.changed(name) {
				return cli.Misusef("--%s needs a FILE: standard output cannot be rotated", name)
			}
		}
	}
	return nil
}

var rotationOptions = []string{"max-size", "max-time", "max-files", "max-age", "max-total", "compress"}

// rotates says whether rotation was spoken of at all. If not, ALRM still
// rotates, but files of an earlier run are left alone until then.
func (o *options) rotates() bool { return slices.ContainsFunc(rotationOptions, o.changed) }

// format is what is to be done to each line.
func (o *options) format() *logpipe.Format {
	f := &logpipe.Format{Prefix: o.prefix, SkipEmpty: o.skipEmpty}
	if o.timestamp {
		f.Stamp = logpipe.StampByName(o.timeFormat)
	}
	return f
}
