package upkeep

import (
	"runtime"
	"sync"
)

// makeThreads has the runtime make the threads that this process will ever
// need: n beside those that are at work, one for each goroutine that may be in a
// system call at the same time and some to take their place. The runtime keeps
// what it has made, but when it wants one more while there is no room for a
// task, in a full process table or a control group at its pids.max, it ends the
// process: a supervisor must not depend on that. Each processor may want a
// thread of its own, so there are two of them at most.
func makeThreads(n int) {
	if runtime.GOMAXPROCS(0) > 2 {
		runtime.GOMAXPROCS(2)
	}
	var here, gone sync.WaitGroup
	here.Add(n)
	gone.Add(n)
	for range n {
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
