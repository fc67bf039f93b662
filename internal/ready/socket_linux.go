package ready

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// socket is where runs of the command say how they are, in datagrams. It is one for all
// of them; what was said by one that is over is thrown away.
type socket struct {
	fd      int
	path    string // of its file; "" for an abstract one
	address string // as a run is told it
	barrier []int  // descriptors that say by their end that all before them was heard
	text    [4096]byte
	control [controlRoom]byte
}

const (
	controlRoom = 2048 // for credentials, the process that they are of, and the 253 descriptors that a message can hold
	soPassPidfd = 76
	scmPidfd    = 4
)

// prefix of the sockets in a directory.
const prefix = ".notify."

// listen makes the socket in dir, in which none but its owner may remove it; open means
// that every user may write to it. Where there can be none it is an abstract one, which
// needs no directory and is not to be had from another network.
func listen(dir string, open bool) (*socket, *os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a socket for the command: %w", err)
	}
	s := &socket{fd: fd}
	// Whose a message is can be told from these alone. Older kernels lack the second.
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, soPassPidfd, 1)
	if err == nil {
		err = s.bind(dir, open)
	}
	if err != nil {
		unix.Close(fd)
		return nil, nil, fmt.Errorf("cannot make a socket for the command: %w", err)
	}
	return s, os.NewFile(uintptr(fd), "notify"), nil
}

func (s *socket) bind(dir string, open bool) error {
	name := prefix + fmt.Sprintf("%016x", rand.Uint64())
	if dir != "" {
		sweep(dir)
		path := filepath.Join(dir, name)
		if unix.Bind(s.fd, &unix.SockaddrUnix{Name: path}) == nil {
			s.path, s.address = path, path
			mode := os.FileMode(0o600)
			if open {
				mode = 0o666
			}
			return os.Chmod(path, mode)
		}
	}
	s.address = "@dmon" + name
	return unix.Bind(s.fd, &unix.SockaddrUnix{Name: s.address})
}

// sweep removes what a dmon that was killed has left in dir: what nobody listens at.
func sweep(dir string) {
	left, _ := filepath.Glob(dir + "/" + prefix + "*")
	for _, path := range left {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return
		}
		if errors.Is(unix.Connect(fd, &unix.SockaddrUnix{Name: path}), unix.ECONNREFUSED) {
			_ = os.Remove(path)
		}
		unix.Close(fd)
	}
}

// letter is a message and who has sent it.
type letter struct {
	text  string
	pid   int
	uid   uint32
	pidfd int // of the process, also when it is gone; -1 where the kernel does not tell
}

// next takes a message; false where none is left. What else came with it is closed when
// all that was said until then was heard: for a BARRIER that is the whole message, and a
// store of descriptors was not offered.
func (s *socket) next() (l letter, ok bool) {
	for {
		n, control, _, _, err := unix.Recvmsg(s.fd, s.text[:], s.control[:], unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return l, false
		}
		l = letter{text: string(s.text[:n]), pidfd: -1}
		messages, _ := unix.ParseSocketControlMessage(s.control[:control])
		for i := range messages {
			s.unpack(&l, &messages[i])
		}
		return l, true
	}
}

func (s *socket) unpack(l *letter, m *unix.SocketControlMessage) {
	if m.Header.Level != unix.SOL_SOCKET {
		return
	}
	switch m.Header.Type {
	case unix.SCM_CREDENTIALS:
		if c, err := unix.ParseUnixCredentials(m); err == nil {
			l.pid, l.uid = int(c.Pid), c.Uid
		}
	case scmPidfd:
		if len(m.Data) >= 4 {
			l.pidfd = int(int32(order.Uint32(m.Data)))
		}
	case unix.SCM_RIGHTS:
		for data := m.Data; len(data) >= 4; data = data[4:] {
			s.barrier = append(s.barrier, int(int32(order.Uint32(data))))
		}
	}
}

// heard lets those go who wait for what they have said to be heard.
func (s *socket) heard() {
	for _, fd := range s.barrier {
		unix.Close(fd)
	}
	s.barrier = s.barrier[:0]
}

// mostForgotten is far more than a socket holds.
const mostForgotten = 10_000

// forget throws away what was said by a run that is over.
func (s *socket) forget() {
	for range mostForgotten {
		l, ok := s.next()
		if !ok {
			break
		}
		closeFD(l.pidfd)
	}
	s.heard()
}

// close removes it. A nil *socket is none.
func (s *socket) close() {
	if s != nil && s.path != "" {
		_ = os.Remove(s.path)
	}
}
