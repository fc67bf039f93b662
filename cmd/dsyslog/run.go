package main

import (
	"dmon/internal/sinks"
	"dmon/logpipe"
	"errors"
)

// consolePath is where --console writes.
const consolePath = "/dev/console"

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
	s := &sink{syslog: o.client(), program: p}
	if o.console {
		s.console = consolePath
	}
	err = logpipe.Copy(in, s, &logpipe.Format{})
	var left *logpipe.Left
	if errors.As(err, &left) && in.Held() == 0 {
		return nil // it is in the pipe, for whoever reads that next
	}
	return err
}
