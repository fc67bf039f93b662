package main

import (
	"errors"
	"os"
	"runtime"
	"time"

	"dmon/internal/cli"
	"dmon/internal/gzipped"
	"dmon/internal/logfile"
	"dmon/internal/sinks"
	"dmon/logpipe"
)

// gathering is how long lines may wait for others where only a look into the file
// would show that they did.
const gathering = 4 * time.Millisecond

// run is the program.
func run(p *sinks.Program) error {
	o, err := parse(p.Args)
	if err != nil {
		return err
	}
	in, err := p.Input(o.inputFD)
	if err != nil {
		return err
	}
	format := o.format()
	s, err := o.open(p, format, o.logfile())
	if err != nil {
		return err
	}
	if g, ok := in.(logpipe.Gatherer); ok && s.file.Named() && !format.Stamp.Fine() {
		g.Gather(gathering)
	}
	if o.compress {
		// Lines do not wait for a compression.
		runtime.GOMAXPROCS(2)
	}
	err = logpipe.Copy(in, s, format)
	return errors.Join(err, s.end(err != nil))
}

// open opens the output as settings, of logfile, say.
func (o *options) open(p *sinks.Program, format *logpipe.Format, settings logfile.Options) (*sink, error) {
	s := &sink{
		program: p,
		retry:   settings.Retry,
		drop:    o.drop,
		notice: func(text string) []byte {
			own := logpipe.Format{Stamp: format.Stamp, Prefix: format.Prefix}
			own.At(time.Now())
			line, _ := own.Append(make([]byte, 0, len(text)+len(o.prefix)+100), []byte(text+"\n"))
			return line
		},
	}
	settings.Tell = s.troubles.tell
	s.troubles.program = p
	var err error
	if o.file == "" {
		s.file, err = logfile.Stream(1, "standard output", settings)
	} else {
		s.file, err = logfile.Open(o.file, settings)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, &cli.Misuse{Text: err.Error(), Hint: "--mkdir makes the directory"}
	}
	if err != nil {
		return nil, err
	}
	s.troubles.name = s.file.Name()
	if s.file.Ends() == logfile.Torn {
		s.tail = logpipe.ReadTail(s.file, s.file.Size(), s.file.Modified())
		s.tailOf = s.file.Exchanges()
	}
	return s, nil
}

// logfile is what the options say about the file.
func (o *options) logfile() logfile.Options {
	l := logfile.Options{
		Mkdir:   o.mkdir,
		Durable: !o.buffered,
		MaxSize: o.maxSize,
		MaxTime: o.maxTime,
		Keep:    logfile.Keep{Files: o.maxFiles, Age: o.maxAge, Total: o.maxTotal},
		Tidy:    o.tidy,
		Retry:   time.Second,
	}
	if o.compress {
		l.Keep.Compress = new(gzipped.Packer)
	}
	if o.rotateAt != nil {
		l.Turns = func(now time.Time) (last, next time.Time) { return o.rotateAt.Around(logpipe.Local(now)) }
	}
	return l
}
