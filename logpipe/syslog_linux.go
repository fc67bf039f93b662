package logpipe

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func datagramSocket() (int, error) {
	return unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
}

// unread is what the other side of a datagram socket has not read yet: until
// then it counts against our sending buffer.
func unread(fd int) (int, error) { return unix.IoctlGetInt(fd, unix.TIOCOUTQ) }

// vectors is a burst of messages for one sendmmsg(2).
type vectors struct {
	head  []byte
	count int
	iov   [burst][2]unix.Iovec
	msg   [burst]mmsghdr
	size  [burst]int // how much of the input each message uses
}

// mmsghdr is the structure of that name, with the padding of every platform.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

func (v *vectors) reset(head []byte) { v.head, v.count = head, 0 }
func (v *vectors) len() int          { return v.count }

// add adds a message. text must stay as it is until it is sent.
func (v *vectors) add(text []byte, size int) {
	iov, msg := &v.iov[v.count], &v.msg[v.count]
	iov[0].Base = &v.head[0]
	iov[0].SetLen(len(v.head))
	n := 1
	if len(text) > 0 {
		iov[1].Base = &text[0]
		iov[1].SetLen(len(text))
		n = 2
	}
	msg.hdr.Iov = &iov[0]
	msg.hdr.SetIovlen(n)
	v.size[v.count] = size
	v.count++
}

// send sends the messages in order and returns how much of the input those
// were that went out.
func (v *vectors) send(fd int) (used int, err error) {
	for at := 0; at < v.count; {
		// The socket does not wait, so the scheduler need not know of this call:
		// it would hand our processor to an idle thread each time.
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd),
			uintptr(unsafe.Pointer(&v.msg[at])), uintptr(v.count-at), unix.MSG_NOSIGNAL, 0, 0)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return used, errno
		}
		for range n {
			used += v.size[at]
			at++
		}
	}
	return used, nil
}
