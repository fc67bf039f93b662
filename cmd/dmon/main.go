// The runtime is not to look after the number of processors: it would keep
// files of the control group open, and read them now and then.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command dmon looks after one command, and optionally the log command that
// its output goes to. See dmon(8), and DESIGN.md for how it is built.
package main

import (
	"io"
	"os"

	"dmon/internal/speech"

	"golang.org/x/sys/unix"
)

func main() {
	c := &program{args: os.Args[1:], stdout: speech.Answers{File: os.Stdout}, stderr: speech.NewStream("dmon", unix.Stderr)}
	os.Exit(c.run())
}

// program is one invocation of dmon with its streams.
type program struct {
	args           []string
	stdout, stderr io.Writer
}
