//go:build !linux

package proc

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// ownProgram is this program, by the name of its file.
func ownProgram() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// filled returns a descriptor from which data can be read: the end of a pipe, which
// takes as much as one event needs.
func filled(data []byte) (int, error) {
	var ends [2]int
	if err := unix.Pipe(ends[:]); err != nil {
		return -1, fmt.Errorf("cannot make a pipe: %w", err)
	}
	unix.CloseOnExec(ends[0])
	unix.CloseOnExec(ends[1])
	_ = unix.SetNonblock(ends[1], true)
	_, err := unix.Write(ends[1], data)
	unix.Close(ends[1])
	if err != nil {
		unix.Close(ends[0])
		return -1, fmt.Errorf("cannot write to a pipe: %w", err)
	}
	return ends[0], nil
}
