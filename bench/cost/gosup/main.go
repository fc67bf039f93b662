// Gosup is the floor for a supervisor in Go: start a command, wait for it,
// start it again, pass TERM on and leave when it is gone. No options, no
// delays, no log, no tree, no messages beyond a failure: whatever a real one
// needs more than this is what its features cost.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 16)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	pid := start()
	stopping := false
	for s := range c {
		if s != syscall.SIGCHLD {
			stopping = true
			syscall.Kill(pid, syscall.SIGTERM)
			continue
		}
		if !reaped(pid) {
			continue
		}
		if stopping {
			return
		}
		pid = start()
	}
}

// start runs the command line given and returns its pid.
func start() int {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gosup PATH [ARG]...")
		os.Exit(125)
	}
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}}
	pid, err := syscall.ForkExec(os.Args[1], os.Args[1:], attr)
	if err != nil {
		fmt.Fprintf(os.Stderr, "gosup: cannot start %s: %v\n", os.Args[1], err)
		os.Exit(127)
	}
	return pid
}

// reaped takes every dead child and says whether pid was one of them.
func reaped(pid int) bool {
	found := false
	for {
		got, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || got <= 0 {
			return found
		}
		found = found || got == pid
	}
}
