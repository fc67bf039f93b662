package loadctl

import "time"

// Guard judges whether there is a reason to get out of the way: that the
// machine is too busy, but also what the clock says, or a user. It says in one
// place what it can; what it cannot is nil. It is used by one goroutine at a
// time.
type Guard struct {
	// Source is what a hold of this guard is called: "load", "pressure",
	// "memory".
	Source string
	// Look measures, and says in Closed and Reason what that means. An error
	// means that it could not see: the guard must forget that it was closed.
	Look func(now time.Time) (Verdict, error)
	// Every is how long to wait after a Look until the next.
	Every func() time.Duration
	// State is one phrase for a status line, about the last Look.
	State func() string

	// Settle is how long the effect of a resume needs until it is in what the
	// guard looks at. 0 means that it looks at nothing that the job changes, as
	// a clock: then a pause of its own says nothing about the resume before.
	Settle time.Duration
	// Stay takes back that the guard opened: it has to see room again. Open
	// takes back that it closed.
	Stay, Open func()
	// Crowded tells whether others, who have resumed of late, will fill the
	// room that the guard still sees.
	Crowded func() (why string, yes bool)
	// Call begins to call ring, from any goroutine, when the guard wants to be
	// looked at before it is due. What it returns ends that: after it ring is
	// not called any more.
	Call func(ring func()) (end func())
	// Paused is told after each look whether the job is paused, whoever closed.
	Paused func(now time.Time, paused bool)
	// Shared is what the guard looks at that a pause of somebody else's job
	// leaves to this one; nil where there is no such thing.
	Shared *Shared
}

// measures reports whether what the guard looks at can be changed by the job.
func (g *Guard) measures() bool { return g.Settle > 0 }

// Verdict is what the guards say together.
type Verdict struct {
	Closed bool
	Source string // of the guard that Reason is of, while it is closed
	Reason string // in words: "load 4.21 is above 4.00, resumes below 2.00"

	// Trouble is why a guard is not followed, in the one verdict that comes
	// right after that began; nil in all others. One that could not measure
	// counts as open until it can see again.
	Trouble error
}

// Shared says what a job can have of a thing that pauses of other jobs leave to
// it, as processors.
type Shared struct {
	Lane Lane
	// Turn is how long a job should have it at least, once it has it: who has
	// had it for so long yields to those who wait.
	Turn time.Duration
	// Had is how much of it the job has had in all, as of the last look: the
	// time that it took or, where that is not known, that it ran.
	Had func() time.Duration
	// Busy reports whether the job has it now: a pause of one that sleeps would
	// leave nothing to others.
	Busy func() bool
	// Woke reports whether the job has begun to take more of it of late.
	Woke func() bool
	// Yield closes the guard, which was open. Made tells it, while it is closed,
	// that another job has made room.
	Yield, Made func(now time.Time)
}
