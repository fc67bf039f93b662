//go:build !linux

package proc

import "syscall"

// starvation: no other system tells whom it killed for want of memory.
type starvation struct{}

// Settle is called once, when there is no hurry any more.
func (c *Children) Settle() {}

func (s *starvation) grown() bool                   { return false }
func (s *starvation) ended(syscall.WaitStatus) bool { return false }
