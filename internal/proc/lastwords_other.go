//go:build !linux

package proc

import "os"

// LogFile is nil: there is no telling what the log command has open.
func (c *Children) LogFile() *os.File { return nil }

// LogRests reports whether the log command has read all there is in the pipe.
func (c *Children) LogRests() bool { return c.pipe == nil || c.pipe.Unread() == 0 }
