package logpipe

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func newSocket(kind int) (int, error) {
	return unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
}

// unread is what the other side of a socket has not read yet: until then it counts
// against our sending buffer.
func unread(fd int) (int, error) { return unix.IoctlGetInt(fd, unix.TIOCOUTQ) }

// datagrams is room for the messages of one sendmmsg(2).
type datagrams struct {
	iov [burst][2]unix.Iovec
	msg [burst]mmsghdr
}

// mmsghdr is the structure of that name, with the padding of every platform.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

// set puts a message into its place.
func (d *datagrams) set(i int, m *message) {
	iov, msg := &d.iov[i], &d.msg[i]
	iov[0].Base = &m.head[0]
	iov[0].SetLen(len(m.head))
	n := 1
	if len(m.text) > 0 {
		iov[1].Base = &m.text[0]
		iov[1].SetLen(len(m.text))
		n = 2
	}
	msg.hdr.Iov = &iov[0]
	msg.hdr.SetIovlen(n)
}

// send sends messages in order and returns how many went out.
func (d *datagrams) send(fd int, m []message) (done int, err error) {
	for i := range m {
		d.set(i, &m[i])
	}
	for done < len(m) {
		// The socket does not wait, so the scheduler need not know of this call:
		// it would hand our processor to an idle thread each time.
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd),
			uintptr(unsafe.Pointer(&d.msg[done])), uintptr(len(m)-done), unix.MSG_NOSIGNAL, 0, 0)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return done, errno
		}
		done += int(n)
	}
	return done, nil
}
