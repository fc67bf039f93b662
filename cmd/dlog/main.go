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
	"os"
	"runtime"
	"runtime/debug"

	"dmon/internal/cli"
)

// memoryLimit is where collecting garbage begins. There is next to none: a
// collection at a fixed rate would only cost memory and time.
const memoryLimit = 6 << 20

func main() {
	// One goroutine does all the work. A second processor would only wake up
	// idle threads each time the scheduler moves it.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimit)
	signals := watchSignals()
	if err := run(os.Args[1:], signals); err != nil {
		os.Exit(cli.Tell(program, os.Stdout, os.Stderr, err))
	}
}
