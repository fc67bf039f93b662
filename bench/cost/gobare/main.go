// Gobare is the floor for memory and idleness: a Go program that only waits
// for a signal. What it costs is what the runtime costs. A first argument
// names a program to start beforehand, so that it has a command to stand
// beside, as supervisors do; it does not look after it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	if len(os.Args) > 1 {
		attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}}
		if _, err := syscall.ForkExec(os.Args[1], os.Args[1:], attr); err != nil {
			fmt.Fprintf(os.Stderr, "gobare: cannot start %s: %v\n", os.Args[1], err)
			os.Exit(127)
		}
	}
	<-c
}
