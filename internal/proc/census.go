package proc

import (
	"sync/atomic"
	"time"

	"dmon/supervise"
)

// Census counts what the command's tree does. It is for one goroutine, which
// need not be the loop's: it only reads, and a process that ends or is born in
// the middle is counted or not. Make one with NewCensus, and hand it to
// Children.Inform, or the tree is empty for ever.
type Census struct {
	cmd    atomic.Int64 // the pid of the command's main process, 0: there is none
	logger atomic.Int64 // the group or session of the log command, 0: it has none
	walk   walk
}

// Activity is what a tree does.
type Activity struct {
	Active int           // threads that run, wait for a processor, or sleep uninterruptibly
	Used   time.Duration // processor time of all members so far, and of those that have ended
}

// NewCensus returns a census of an empty tree. It fails where the kernel does
// not tell what is needed.
func NewCensus() (*Census, error) {
	c := new(Census)
	return c, c.walk.open()
}

// Take counts. What is known of processes that have ended includes the log
// command's, if that was started anew.
func (c *Census) Take() (Activity, error) {
	return c.walk.take(int(c.cmd.Load()), int(c.logger.Load()))
}

// Inform tells census from now on which processes are the command's.
func (c *Children) Inform(census *Census) {
	c.census = census
	c.inform()
}

func (c *Children) inform() {
	if c.census != nil {
		c.census.cmd.Store(int64(c.tasks[supervise.Cmd].pid))
		c.census.logger.Store(int64(c.tasks[supervise.Log].leader))
	}
}
