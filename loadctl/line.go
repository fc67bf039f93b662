package loadctl

// Lane is what dmons share, and wait for in line.
type Lane int

// The lanes: what the load average and the pressure for want of processors tell
// of, and what disks do.
const (
	Processors Lane = iota
	Disks
	lanes
)

// sign is what a dmon shows to those that it shares a lane with.
type sign int

const (
	waits   sign = iota // it waits, and since when
	came                // its job has begun to take something
	yielded             // its job was paused to make room for those who wait
	resumes             // it has the turn to resume, until that time
	signs
)

// line is where the dmons of a machine see one another's signs. Each sign has a
// number, which is a time in milliseconds of a clock that all share.
type line interface {
	// show shows a sign with a number in place of the one before; 0 takes it away.
	show(lane Lane, what sign, number int64)
	// see returns the number of a sign of somebody else, from first to before last.
	see(lane Lane, what sign, first, last int64) (number int64, found bool)
	// leave takes away all signs. It is for the end.
	leave()
}

// eternity is a number that is never reached.
const eternity = 1 << 52
