package proc

import (
	"math"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"dmon/supervise"
)

// Census counts what the command's tree does and holds. It only reads, and a process
// that ends or is born in the middle is counted or not. Several goroutines may ask
// it, and none need be the loop's. Make one with NewCensus, and hand it to
// Children.Inform, or the tree is empty for ever.
type Census struct {
	kin    atomic.Pointer[kin]
	reaped atomic.Int64 // processor time of those that were the command's, as a Duration

	mu     sync.Mutex // guards the rest
	walk   walk
	opened bool
	used   time.Duration // by the latest walk; it never falls
	at     time.Time     // of that walk
	of     *kin          // whom it was about
	spent  bool          // a survey has had it
}

// fresh is how old a walk may be that a survey takes over: who looks once a second
// needs no walk of its own beside one who does that too.
const fresh = time.Second

// Activity is what a tree does.
type Activity struct {
	Active int           // threads that run, wait for a processor, or sleep uninterruptibly
	Used   time.Duration // processor time of all members so far, and of those that have ended; it never falls
}

// NewCensus returns a census of an empty tree that costs nothing until it is
// asked: that fails where the kernel does not tell what is needed.
func NewCensus() *Census {
	c := &Census{}
	c.kin.Store(new(kin))
	return c
}

// look walks down the tree.
func (c *Census) look() error {
	if !c.opened {
		if err := c.walk.open(); err != nil {
			return err
		}
		c.opened = true
	}
	k := c.kin.Load()
	used, err := c.walk.look(k, time.Duration(c.reaped.Load()))
	if err != nil {
		return err
	}
	// A member that ends in the middle is met neither here nor there.
	c.used = max(c.used, used)
	c.at, c.of, c.spent = time.Now(), k, false
	return nil
}

// Take counts.
func (c *Census) Take() (Activity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.look(); err != nil {
		return Activity{}, err
	}
	return Activity{Active: c.walk.busy(), Used: c.used}, nil
}

// Pids lists the processes of the tree.
func (c *Census) Pids() ([]int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.look(); err != nil {
		return nil, err
	}
	return c.walk.pids(), nil
}

// Survey is what a tree holds and has used.
type Survey struct {
	Memory int64         // bytes: of its cgroup, without what is kept of files, or of its processes, without what they share
	Used   time.Duration // as in Activity
	Each   []Member
	At     time.Time // when its members were found
}

// Member is one process of a tree.
type Member struct {
	Pid   int
	Start uint64        // tells it from a later one with its number
	Used  time.Duration // processor time, with that of the children that it has waited for
}

// Survey measures, at most a second late: it makes do with a walk that Take has made
// since the last survey. Memory that processes share since a fork is told from memory
// of their own, which costs more, only where all of it together is more than enough;
// where that is Unasked it is not measured.
func (c *Census) Survey(enough int64) (Survey, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spent || c.of != c.kin.Load() || time.Since(c.at) >= fresh {
		if err := c.look(); err != nil {
			return Survey{}, err
		}
	}
	c.spent = true
	s := Survey{Used: c.used, Each: c.walk.each(), At: c.at}
	if enough != Unasked {
		s.Memory = c.walk.memory(c.of, enough)
	}
	return s, nil
}

// Unasked is more memory than there is: nobody asks how much.
const Unasked = math.MaxInt64

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
