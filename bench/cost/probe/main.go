//go:build linux && amd64

// Probe is the command that the benchmarks have supervised. The first thing
// it does is to read the clock, and no runtime starts before it: it is linked
// with
//
//	-ldflags '-E main.entry'
//
// so that the kernel jumps straight into entry, and nothing of Go runs at all.
// That makes "the command's first instruction" the literal truth, needs no C
// compiler, and costs the same few page faults for every tool measured.
//
//	probe FIFO MODE [PROGRAM ARG...]
//
// writes 24 bytes to FIFO (CLOCK_MONOTONIC seconds, nanoseconds, own pid; 8
// bytes each) and then, by MODE: s sleeps until a signal ends it, x exits
// with 0, e executes PROGRAM, which must be a path. With less than two
// arguments, as supervisors of service directories start it, it is
// "probe stamp s". Nobody reading FIFO, or no room in it, costs the stamp and
// nothing else: the probe never waits.
package main

// entry is the first and only code that runs; entry_linux_*.s has it.
func entry()

// main runs only where the linker flag was forgotten.
func main() {
	panic("probe: link this with -ldflags '-E main.entry'")
}
