//go:build unix && !linux

package logpipe

import (
	"syscall"

	"golang.org/x/sys/unix"
)

func datagramSocket() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
		err = unix.SetNonblock(fd, true)
	}
	return fd, err
}

// unread is 0: what left our side cannot be asked after here.
func unread(fd int) (int, error) { return 0, nil }

// vectors is a burst of messages, sent one by one.
type vectors struct {
	head []byte
	text [][]byte
	size []int
	buf  []byte
}

func (v *vectors) reset(head []byte) { v.head, v.text, v.size = head, v.text[:0], v.size[:0] }
func (v *vectors) len() int          { return len(v.text) }

func (v *vectors) add(text []byte, size int) {
	v.text, v.size = append(v.text, text), append(v.size, size)
}

func (v *vectors) send(fd int) (used int, err error) {
	for i, text := range v.text {
		v.buf = append(append(v.buf[:0], v.head...), text...)
		_, err := unix.Write(fd, v.buf)
		for err == unix.EINTR {
			_, err = unix.Write(fd, v.buf)
		}
		if err != nil {
			return used, err
		}
		used += v.size[i]
	}
	return used, nil
}
