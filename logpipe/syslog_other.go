//go:build unix && !linux

package logpipe

import (
	"syscall"

	"golang.org/x/sys/unix"
)

func newSocket(kind int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
		err = unix.SetNonblock(fd, true)
	}
	return fd, err
}

// unread is 0: what left our side cannot be asked after here.
func unread(fd int) (int, error) { return 0, nil }

// datagrams is room for a message.
type datagrams struct{ buf []byte }

// send sends messages in order and returns how many went out.
func (d *datagrams) send(fd int, m []message) (done int, err error) {
	for ; done < len(m); done++ {
		d.buf = append(append(d.buf[:0], m[done].head...), m[done].text...)
		_, err := unix.Write(fd, d.buf)
		for err == unix.EINTR {
			_, err = unix.Write(fd, d.buf)
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}
