//go:build !linux

package proc

import (
	"errors"
	"time"
)

// Group is a cgroup, which only Linux has: there is none but nil.
type Group struct{}

// OpenGroup returns nil.
func OpenGroup(pidFile string) *Group { return nil }

// GroupPlace fails.
func GroupPlace() (string, error) { return "", errors.New("this system has no cgroups") }

// Left is 0.
func (g *Group) Left() int { return 0 }

// Clear does nothing.
func (g *Group) Clear(grace time.Duration, hurry <-chan struct{}) error { return nil }

// Remove does nothing.
func (g *Group) Remove() error { return nil }

func (g *Group) thaw() {}

// enter does nothing.
func (p *plan) enter(g *Group) {}

// Leftovers are what a killed dmon left of its command: none can be found.
type Leftovers struct{}

// FindLeft finds nothing.
func FindLeft(former int) *Leftovers { return nil }

// Left is 0.
func (l *Leftovers) Left() int { return 0 }

// Clear does nothing.
func (l *Leftovers) Clear(grace time.Duration, hurry <-chan struct{}) error { return nil }
