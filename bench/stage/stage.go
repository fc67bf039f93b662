//go:build linux

// Package stage is what the benchmarks have in common: the clock, what else the
// machine does meanwhile, what /proc tells of processes, medians, tables and
// goals, peers that may be missing, and the progress that is told to who waits.
package stage

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// Now returns CLOCK_MONOTONIC in nanoseconds, the clock of the probe's stamps.
func Now() int64 {
	const clockMonotonic = 1
	var ts syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

// Pause lets d pass: what is measured takes its time.
func Pause(d time.Duration) { <-time.After(d) }

// Tell prints one line for the person who waits; results go to standard output.
func Tell(format string, a ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", a...)
}

// Missing says that a tool is not on this machine, which is no failure: its
// row stays empty.
type Missing struct{ Program string }

func (e Missing) Error() string {
	if strings.Contains(e.Program, "/") {
		return filepath.Base(e.Program) + " is not built"
	}
	return e.Program + " is not installed"
}

// Find returns the path of a program, or a Missing.
func Find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", Missing{program}
	}
	return path, nil
}

// Part is one part of a benchmark, by the name that picks it. Takes is how long
// it took on two processors when it was written, for who waits.
type Part struct {
	Name  string
	Takes time.Duration
	Run   func() error
}

// Play runs parts one after the other. It tells how long all will take and how
// far it is; below each part it prints how much of the processors other work
// took, which after hears too, where it is not nil.
func Play(parts []Part, calm time.Duration, after func(noise float64)) error {
	var left time.Duration
	for _, p := range parts {
		left += p.Takes
	}
	for i, p := range parts {
		Tell("%s, part %d of %d, about %s left", p.Name, i+1, len(parts), Roughly(left))
		WaitForCalm(calm)
		quiet := Listen(nil)
		if err := p.Run(); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		part := 100 * quiet.Others()
		Report(os.Stdout, part)
		if after != nil {
			after(part)
		}
		left -= p.Takes
	}
	return nil
}

// Roughly is a length of time as one says it to who waits.
func Roughly(d time.Duration) string {
	if d < 90*time.Second {
		return fmt.Sprintf("%d s", int(d.Seconds()+0.5))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()+0.5))
}

// Pick returns those parts whose names are in asked, separated by commas, all
// for "", and an error for a name that is none's.
func Pick(parts []Part, asked string) ([]Part, error) {
	if asked == "" {
		return parts, nil
	}
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(asked, ",") {
		wanted[name] = true
	}
	var picked []Part
	var names []string
	for _, p := range parts {
		names = append(names, p.Name)
		if wanted[p.Name] {
			picked = append(picked, p)
			delete(wanted, p.Name)
		}
	}
	for name := range wanted {
		return nil, fmt.Errorf("there is no part %q, only %s", name, strings.Join(names, ", "))
	}
	return picked, nil
}
