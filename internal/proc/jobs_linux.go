package proc

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// ownProgram is this program, also where its file was replaced.
func ownProgram() string { return "/proc/self/exe" }

// filled returns a descriptor from which data can be read, which no process has to
// write then: a file in memory, because a pipe may have room for less.
func filled(data []byte) (int, error) {
	fd, err := unix.MemfdCreate("event", unix.MFD_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("cannot make a file in memory: %w", err)
	}
	for n := 0; n < len(data) && err == nil; {
		var more int
		more, err = unix.Pwrite(fd, data[n:], int64(n)) // the offset stays at the beginning
		n += max(more, 0)
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("cannot write to a file in memory: %w", err)
	}
	return fd, nil
}
