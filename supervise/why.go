package supervise

import "syscall"

// Why is the reason for which a run ended, from one list: whatever asks about
// the end of a run (did it fail, what is its status, when does the next one
// begin) asks the row of its reason.
type Why int

// Reasons.
const (
	none       Why = iota
	ByExit         // it exited
	BySignal       // a signal that was not ours ended it
	ByTimeout      // --timeout
	ByMemory       // conditions on the run
	ByCPU          //
	ByProcs        //
	ByIdle         //
	ByAge          //
	ByChanged      // what it was started from is no longer the same
	ByCheck        // a check says that it is ill
	ByWatchdog     // it has stopped saying that it is well
	ByReady        // it was not ready in time
	ByRequest      // somebody asked for it to be down, or for the next run
	ByStop         // dmon leaves
	ByOOM          // there was no memory
	BySpawn        // it was never executed
	reasonCount
)

// reason is what follows from a Why.
type reason struct {
	word   string
	own    bool // it ended by itself: its status says whether that was a failure
	failed bool // a failure whatever the status
	status int  // stands for what the run ended with; 0: nothing does
	unseen bool // -m, --give-up and the backoff do not see it, and the next run starts at once
}

var reasons = [reasonCount]reason{
	none:       {},
	ByExit:     {word: "exit", own: true},
	BySignal:   {word: "signal", own: true},
	ByTimeout:  {word: "timeout", failed: true, status: statusTimeout},
	ByMemory:   {word: "memory", failed: true, status: statusTimeout},
	ByCPU:      {word: "cpu", failed: true, status: statusTimeout},
	ByProcs:    {word: "procs", failed: true, status: statusTimeout},
	ByIdle:     {word: "idle", failed: true, status: statusTimeout},
	ByAge:      {word: "age", unseen: true},
	ByChanged:  {word: "changed", unseen: true},
	ByCheck:    {word: "check", failed: true, status: statusTimeout},
	ByWatchdog: {word: "watchdog", failed: true, status: statusTimeout},
	ByReady:    {word: "ready", failed: true, status: statusTimeout},
	ByRequest:  {word: "request", unseen: true},
	ByStop:     {word: "stop"},
	ByOOM:      {word: "oom", failed: true},
	BySpawn:    {word: "spawn", failed: true},
}

// String is the word of the event stream's cause; "" for none.
func (w Why) String() string { return reasons[w].word }

// Failed reports whether a run that ended for this reason has failed; where it
// ended by itself, its status ws says so.
func (w Why) Failed(success StatusSet, ws syscall.WaitStatus) bool {
	r := reasons[w]
	return r.failed || r.own && !success.Has(ws)
}

// succeeded reports whether the latest run of t ended well.
func (t *task) succeeded(success StatusSet) bool {
	return reasons[t.why].own && success.Has(t.end)
}
