package proc

import (
	"sync/atomic"
	"syscall"
	"time"

	"dmon/supervise"
)

// Census counts what the command's tree does. It is for one goroutine, which
// need not be the loop's: it only reads, and a process that ends or is born in
// the middle is counted or not. Make one with NewCensus, and hand it to
// Children.Inform, or the tree is empty for ever.
type Census struct {
	kin    atomic.Pointer[kin]
	reaped atomic.Int64 // processor time of those that were the command's, as a Duration
	walk   walk
	most   time.Duration // of all that was said
	late   bool          // walk is not open yet
}

// Activity is what a tree does.
type Activity struct {
	Active int           // threads that run, wait for a processor, or sleep uninterruptibly
	Used   time.Duration // processor time of all members so far, and of those that have ended; it never falls
}

// NewCensus returns a census of an empty tree that costs nothing until it is
// asked: that fails where the kernel does not tell what is needed.
func NewCensus() *Census {
	c := &Census{late: true}
	c.kin.Store(new(kin))
	return c
}

// Take counts.
func (c *Census) Take() (Activity, error) {
	if c.late {
		if err := c.walk.open(); err != nil {
			return Activity{}, err
		}
		c.late = false
	}
	a, err := c.walk.take(c.kin.Load(), time.Duration(c.reaped.Load()))
	// A member that ends in the middle is met neither here nor there.
	c.most = max(c.most, a.Used)
	a.Used = c.most
	return a, err
}

// Pids lists the processes of the tree.
func (c *Census) Pids() ([]int, error) {
	if c.late {
		if err := c.walk.open(); err != nil {
			return nil, err
		}
		c.late = false
	}
	return c.walk.pids(c.kin.Load())
}

// Survey is what a tree holds and has used.
type Survey struct {
	Memory int64         // bytes: of its cgroup, without what is kept of files, or of its processes, without what they share
	Used   time.Duration // as in Activity
	Each   []Member
}

// Member is one process of a tree.
type Member struct {
	Pid   int
	Start uint64        // tells it from a later one with its number
	Used  time.Duration // processor time, with that of the children that it has waited for
}

// Survey measures. Memory that processes share since a fork is told from memory of
// their own, which costs more, only where all of it together is more than enough.
func (c *Census) Survey(enough int64) (Survey, error) {
	if c.late {
		if err := c.walk.open(); err != nil {
			return Survey{}, err
		}
		c.late = false
	}
	s, err := c.walk.survey(c.kin.Load(), time.Duration(c.reaped.Load()), enough)
	c.most = max(c.most, s.Used)
	s.Used = c.most
	return s, err
}

// Inform tells census from now on which processes are the command's.
func (c *Children) Inform(census *Census) {
	c.censuses = append(c.censuses, census)
	c.inform()
}

func (c *Children) inform() {
	if len(c.censuses) == 0 {
		return
	}
	now := c.kin()
	for _, census := range c.censuses {
		if !now.equal(census.kin.Load()) {
			census.kin.Store(&now)
		}
	}
}

// book adds what a process has used that was reaped, if it was the command's,
// with all that it has waited for itself.
func (c *Children) book(pid int, usage *syscall.Rusage) {
	if len(c.censuses) == 0 || c.ownerOfReaped(pid) != supervise.Cmd {
		return
	}
	for _, census := range c.censuses {
		census.reaped.Add(usage.Utime.Nano() + usage.Stime.Nano())
	}
}
