package logpipe

import "golang.org/x/sys/unix"

// Unread returns how many bytes are in the pipe, 0 where that cannot be told.
func (p *Pipe) Unread() int {
	if p.r < 0 {
		return 0
	}
	n, err := unix.IoctlGetInt(p.r, fionread)
	if err != nil {
		return 0
	}
	return n
}
