package daemon

import (
	"runtime"
	"sync"
)

// spareThreads is one for each goroutine that may be in a system call at the
// same time (the loop, two waits for an execve, two watchers of the gate), and
// one to take their place.
const spareThreads = 6

// MakeThreads has the runtime make the threads that this process will ever
// need. The runtime keeps what it has made, but when it wants one more while
// there is no room for a task, in a full process table or a control group at its
// pids.max, it ends the process: a supervisor must not depend on that. Each
// processor may want a thread of its own, so there are two of them at most.
func MakeThreads() {
	if runtime.GOMAXPROCS(0) > 2 {
		runtime.GOMAXPROCS(2)
	}
	var here, gone sync.WaitGroup
	here.Add(spareThreads)
	gone.Add(spareThreads)
	for range spareThreads {
		go func() {
			defer gone.Done()
			runtime.LockOSThread() // each on a thread of its own, until all are there
			defer runtime.UnlockOSThread()
			here.Done()
			here.Wait()
		}()
	}
	gone.Wait()
}
