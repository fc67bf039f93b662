//go:build !linux

package proc

// Owns knows nothing here.
func (c *Children) Owns(pid int) (owns, known bool) { return false, false }

// Owned knows nothing here.
func (c *Children) Owned(pidfd int) (was, known bool) { return false, false }

// Follow does nothing here.
func (c *Children) Follow(pid int) {}
