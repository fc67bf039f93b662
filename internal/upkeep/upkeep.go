// Package upkeep keeps the runtime of a supervisor small and safe: it makes the
// threads that will be needed while there is room for them, has the collector
// sleep, and gives back the code that only the start needed.
package upkeep

import "runtime/debug"

// memoryLimit is where the collector wakes: dmon makes next to no garbage, so
// only a storm of respawns gets there, and the heap is then kept to this.
const memoryLimit = 6 << 20

// Begin is for the beginning of the program.
func Begin() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimit)
}

// Settle is for when the start is over: it makes the threads and gives back
// what the start needed.
func Settle(log, gate, report bool) {
	makeThreads(Threads(log, gate, report))
	giveBackCode()
}

// Threads is how many the runtime is to make: for the loop, for the wait for the
// execve of each task, for the watcher of the gate, for who sends reports, and two to take their place.
// With one less, dmon still lived through every storm of signals in a full
// control group; with two less it did not.
func Threads(log, gate, report bool) int {
	n := 4
	for _, more := range []bool{log, gate, report} {
		if more {
			n++
		}
	}
	return n
}
