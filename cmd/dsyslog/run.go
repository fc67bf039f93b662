package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"dmon/internal/cli"
	"dmon/logpipe"
)

// consolePath is where --console writes.
const consolePath = "/dev/console"

// run is the program: args without its name.
func run(args []string, stop *stop) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if stop.err != nil {
		return fmt.Errorf("cannot watch for signals: %w", stop.err)
	}
	if err := given(o.inputFD); err != nil {
		return err
	}
	in, err := logpipe.Open(o.inputFD, stop.r)
	if err != nil {
		return err
	}
	s := &sink{syslog: o.client(), stop: stop, skipEmpty: o.skipEmpty}
	if o.console {
		s.console = consolePath
	}
	return logpipe.Copy(in, s, &logpipe.Format{}, nil)
}

// given refuses a descriptor that we were not given. The language's runtime
// opens some for itself; those, unlike any that came through exec, are to be
// closed there.
func given(fd int) error {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if fd > 2 && (err != nil || flags&unix.FD_CLOEXEC != 0) {
		return &cli.Misuse{
			Text: fmt.Sprintf("-i, --input-fd: descriptor %d is not open", fd),
			Hint: fmt.Sprintf("a shell opens it for reading with %d<FILE", fd),
		}
	}
	return nil
}
