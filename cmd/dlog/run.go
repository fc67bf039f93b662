package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"dmon/internal/sinks"
	"dmon/logpipe"
)

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
	s, tail, err := o.open(p, format)
	if err != nil {
		return err
	}
	if o.compress {
		// Lines do not wait for a compression.
		runtime.GOMAXPROCS(2)
	}
	err = logpipe.Copy(in, s, format, tail)
	s.keeper.end(s.stopping || err != nil)
	return err
}

// open opens the output as the options ask for it. tail is what is unfinished
// at the end of the file.
func (o *options) open(p *sinks.Program, format *logpipe.Format) (*sink, *logpipe.Tail, error) {
	s := &sink{
		program: p,
		rules:   rules{maxSize: o.maxSize, maxTime: o.maxTime},
		keeper: &keeper{files: o.maxFiles, age: o.maxAge, total: o.maxTotal, reserve: o.maxSize,
			compress: o.compress, sync: !o.buffered, tell: p.Tell},
		sync: !o.buffered,
		drop: o.onError == "drop",
		notice: func(text string) []byte {
			own := logpipe.Format{Stamp: format.Stamp, Prefix: format.Prefix}
			own.At(time.Now())
			line, _ := own.Append(make([]byte, 0, len(text)+len(o.prefix)+100), []byte(text+"\n"))
			return line
		},
	}
	if o.file == "" {
		s.out = standardOutput()
		return s, nil, nil
	}
	out, err := openOutput(o.file)
	if err != nil {
		return nil, nil, err
	}
	if !out.regular && (o.maxSize > 0 || o.maxTime > 0) {
		return nil, nil, fmt.Errorf("cannot rotate %s: it is not a regular file", o.file)
	}
	s.out = out
	tail := out.tail()
	s.middle = tail != nil
	if out.regular {
		s.keeper.start()
		if o.rotates() {
			s.keeper.nudge(o.realPath())
		}
	}
	return s, tail, nil
}

// realPath is where the file is, when its name is a symbolic link.
func (o *options) realPath() string {
	if path, err := filepath.EvalSymlinks(o.file); err == nil {
		return path
	}
	return o.file
}
