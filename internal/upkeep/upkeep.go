// Package upkeep keeps the runtime of a supervisor small and safe: it makes the
// threads that will be needed while there is room for them, has the collector
// sleep, and gives back the code that only the start needed.
package upkeep

import "runtime/debug"

// garbage is what may be added to what is in use before garbage is collected, in
// hundredths: of 4 MiB where less than that is in use, so 2 MiB here. dmon makes next
// to none, and only a storm of respawns gets there. (The runtime counts what it has
// ready for each kind of object as in use, which is most of 1 MiB after a start.) A limit of all memory would not
// do: the runtime's own share comes near to any that is worth it, and garbage was
// then collected at each start, and in a storm at every thirtieth.
const garbage = 50

// Begin is for the beginning of the program.
func Begin() { debug.SetGCPercent(garbage) }

// MakeThreads is for when the start is over, and makes the threads.
func MakeThreads(log, gate, report bool) { makeThreads(Threads(log, gate, report)) }

// GiveBackCode is for when nothing is to be done any more but to wait: it takes this
// program's code out of its memory. Most of it was for the start and is never needed
// again, and what is needed comes back from the page cache by itself.
func GiveBackCode() { giveBackCode() }

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
