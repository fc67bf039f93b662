package supervise

import (
	"syscall"
	"time"
)

// Policy is everything the user said about when to start, stop and end. The
// machine only reads it; durations of zero are off unless said otherwise.
type Policy struct {
	Log bool // there is a log command

	Once        bool          // end when the command succeeds
	MaxRespawns int           // at most so many respawns; negative: no limit
	Interval    time.Duration // from a successful run to the next start
	Timeout     time.Duration // longest run
	MinUptime   time.Duration // a shorter run is followed by a delay
	Backoff     Backoff       // that delay
	GiveUp      GiveUp        // too many failures in too short a time
	AfterGiveUp Rest          // what follows that
	Success     StatusSet     // what counts as success
	NoRespawnOn StatusSet     // ends of the command that also end dmon

	Ladder      Ladder        // the stop sequence
	StopCommand []string      // goes before it; nil: none
	StopLimit   time.Duration // how long it may take

	MainOnly bool          // the sequence is for the main process alone; others are left alone
	Terminal bool          // the command has the terminal: when it stops, so do we
	Drain    time.Duration // how long the log command may read on at the end

	// KeyWait is for a command that shares dmon's terminal. When INT or HUP ended
	// it, the next start waits so long: what the terminal sent is sent to dmon as
	// well, and it may be a moment later that dmon learns of it.
	KeyWait time.Duration

	Ready    Readiness     // when a run of the command is ready
	Watchdog time.Duration // how long one that is may say nothing
	Beat     time.Duration // how often who watches us hears that we do our work

	Conditions []Condition // what is done when something comes true

	Mail    []string            // the command that sends it; nil: there is none
	Hooks   []Hook              // jobs for events
	Forward [2][]syscall.Signal // by Task: signals passed on to its main process
}

// Backoff is a delay that starts at Min and doubles up to Max.
type Backoff struct{ Min, Max time.Duration }

// next is the delay that follows one of length d, which is 0 at first.
func (b Backoff) next(d time.Duration) time.Duration {
	if d == 0 {
		return min(b.Min, b.Max)
	}
	// Halving the bound instead of doubling the delay cannot overflow.
	if d > b.Max/2 {
		return b.Max
	}
	return 2 * d
}

// GiveUp is for Failures failed runs within Window, 0 for never.
type GiveUp struct {
	Failures int
	Window   time.Duration
}

// Rest is what follows: dmon ends where it is zero, else it stays, and the task
// rests until somebody wants it, or, if Again is not 0, for that time.
type Rest struct {
	Hold  bool
	Again time.Duration
}

func (r Rest) stays() bool { return r.Hold || r.Again > 0 }

// StatusSet is a set of exit statuses and of signals that ended a process.
type StatusSet struct {
	Codes   map[int]bool
	Signals map[syscall.Signal]bool
}

// Has reports whether a process that ended with ws is in the set.
func (s StatusSet) Has(ws syscall.WaitStatus) bool {
	if ws.Signaled() {
		return s.Signals[ws.Signal()]
	}
	return s.Codes[ws.ExitStatus()]
}

// Target is whom a step of the stop sequence is for.
type Target int

// Targets of a signal.
const (
	Tree     Target = iota // the main process and all its descendants
	Main                   // the main process alone
	Children               // the descendants without the main process
)

var targetNames = [...]string{Tree: "tree", Main: "main", Children: "children"}

func (t Target) String() string { return targetNames[t] }

// Rung is one step of the stop sequence: a signal, and how long its effect is
// awaited before the next step.
type Rung struct {
	Signal syscall.Signal
	Target Target
	Wait   time.Duration
}

// Ladder is the stop sequence.
type Ladder []Rung

// lastWait is how long a ladder that does not end with KILL waits for it.
const lastWait = 10 * time.Second

// Employs reports whether there may be jobs.
func (p *Policy) Employs() bool {
	return len(p.Hooks) > 0 || p.StopCommand != nil || p.Mail != nil || p.Lanes() > fixedLanes
}

// Lanes is how many jobs may be under way at the same time.
func (p *Policy) Lanes() int {
	n := fixedLanes
	if p.Ready.Check != nil {
		n++
	}
	for _, c := range p.Conditions {
		if c.Check != nil {
			n++
		}
	}
	return n
}

// Sequence is the ladder as it is climbed: one that does not end with KILL for all
// has that as a last rung, because nothing may survive dmon. It is not that of p.
func (p *Policy) Sequence() Ladder { return p.Ladder.complete(p.everyone()) }

func (l Ladder) complete(everyone Target) Ladder {
	full := append(Ladder(nil), l...)
	for i := range full {
		if full[i].Target == Tree {
			full[i].Target = everyone
		}
	}
	n := len(full)
	if n > 0 && full[n-1].Signal == syscall.SIGKILL && full[n-1].Target == everyone {
		return full
	}
	if n > 0 && full[n-1].Wait == 0 {
		full[n-1].Wait = lastWait
	}
	return append(full, Rung{Signal: syscall.SIGKILL, Target: everyone})
}

// everyone is whom a stop is for in the end.
func (p *Policy) everyone() Target {
	if p.MainOnly {
		return Main
	}
	return Tree
}
