// The runtime is not to look after the number of processors: it would keep
// files of the control group open, and read them again every second.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command dsyslog sends its standard input to the local syslog daemon, one
// message a line.
//
// Exit statuses:
//
//	0    the input ended, or TERM asked to stop: the daemon has everything read
//	125  dsyslog was misused, could not open the input, or had to give up with
//	     lines undelivered
//
// Where standard input is a pipe, status 125 loses nothing either: what could
// not be delivered is still in the pipe.
package main

import "dmon/internal/sinks"

func main() { sinks.Main(program, run) }
