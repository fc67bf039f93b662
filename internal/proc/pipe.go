package proc

import "dmon/supervise"

// Pipe joins the output of the command to the input of the log command, and
// outlives both.
type Pipe interface {
	// WriteEnd is asked before each start of the command, and ReadEnd before each
	// of the log command: an earlier one may have left something behind that the
	// next would suffer from. The descriptors are always the same, and stay the
	// pipe's.
	WriteEnd() (int, error)
	ReadEnd() (int, error)
	// CloseWrite gives up the write end; again it does nothing.
	CloseWrite() error
	// Unread is how many bytes wait for the log command.
	Unread() int
}

// join puts the ends of the pipe, if there is one, where they belong.
func (c *Children) join(cmd, log *Spec) (err error) {
	if c.pipe == nil {
		return nil
	}
	if cmd.Stdio[1], err = c.pipe.WriteEnd(); err != nil {
		return err
	}
	log.Stdio[0], err = c.pipe.ReadEnd()
	return err
}

// tidy prepares the end of the pipe for the next run of a task.
func (c *Children) tidy(t supervise.Task) (err error) {
	switch {
	case c.pipe == nil:
	case t == supervise.Cmd:
		_, err = c.pipe.WriteEnd()
	default:
		_, err = c.pipe.ReadEnd()
	}
	return err
}

// ClosePipe implements supervise.System.
func (c *Children) ClosePipe() (unread int) {
	if c.pipe == nil {
		return 0
	}
	_ = c.pipe.CloseWrite() // it does not fail for a pipe
	return c.pipe.Unread()
}
