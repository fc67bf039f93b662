package main

import (
	"dmon/internal/sinks"
	"dmon/logpipe"
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
	s := &sink{syslog: o.client(), program: p, skipEmpty: o.skipEmpty}
	if o.console {
		s.console = consolePath
	}
	return logpipe.Copy(in, s, &logpipe.Format{}, nil)
}
