//go:build unix && !linux

package speech

import "golang.org/x/sys/unix"

// writeNoWait writes p to fd, which has just said that it has room.
func writeNoWait(fd int, p []byte) (int, error) { return unix.Write(fd, p) }
