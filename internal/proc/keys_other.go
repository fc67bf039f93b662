//go:build !linux

package proc

import (
	"syscall"

	"dmon/supervise"
)

// Key takes a signal of the terminal's to a command that does not get it
// itself; there is none here.
func (c *Children) Key(syscall.Signal) bool { return false }

// Lend reports that nobody of our group asked for the terminal, which is ours.
func (c *Children) Lend() bool { return false }

func (c *Children) takeBack(int) {}

func (c *Children) halted(syscall.Signal) bool { return false }

func (c *Children) departed() []supervise.Input { return nil }
