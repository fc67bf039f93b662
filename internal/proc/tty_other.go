//go:build !linux

package proc

import (
	"fmt"
	"runtime"
)

// Terminal is the terminal that we were started on, for a task that gets it to
// itself. There is none here.
type Terminal struct{}

// OpenTerminal says so.
func OpenTerminal() (*Terminal, error) {
	return nil, fmt.Errorf("--tty is not available on %s", runtime.GOOS)
}

// Close does nothing.
func (t *Terminal) Close() {}

func (t *Terminal) takeBack(int) {}
