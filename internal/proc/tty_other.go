//go:build !linux

package proc

import (
	"fmt"
	"runtime"

	"dmon/supervise"
)

// Terminal is the terminal that we were started on, for a task that gets it to
// itself. There is none here.
type Terminal struct{}

// OpenTerminal says so.
func OpenTerminal() (*Terminal, error) {
	return nil, fmt.Errorf("--tty is not available on %s", runtime.GOOS)
}

// Watch does nothing.
func (t *Terminal) Watch(chan<- supervise.Input) error { return nil }

// Close does nothing.
func (t *Terminal) Close() {}
