// The runtime is not to look after the number of processors: it would keep
// files of the control group open, and read them again every second.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command dlog appends its standard input to a file, line by line.
//
// Exit statuses:
//
//	0    the input ended, or TERM asked to stop: everything read is stored
//	125  dlog was misused, could not open FILE or the input, or had to give up
//	     with lines unwritten (a second TERM, or TERM while nothing moves)
//
// Where standard input is a pipe, status 125 loses nothing either: what could
// not be stored is still in the pipe.
package main

import (
	"syscall"

	"dmon/internal/sinks"
)

func main() { sinks.Main(program, run, syscall.SIGHUP, syscall.SIGALRM) }
