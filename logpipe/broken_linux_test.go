package logpipe

import (
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// inputs are things to read that end in their own ways, each with some bytes
// in it already.
var inputs = map[string]struct {
	open func(t *testing.T, text string) (fd int, end func())
	err  error
}{
	"pseudo-terminal": {openTerminal, nil},
	"unix socket":     {openUnix, nil},
	"unix socket, what was sent to us unread": {func(t *testing.T, text string) (int, func()) {
		fd, end := openUnix(t, text)
		if _, err := unix.Write(fd, []byte("never read")); err != nil {
			t.Fatal(err)
		}
		return fd, end
	}, unix.ECONNRESET},
	"tcp socket, reset": {openTCP, unix.ECONNRESET},
}

func openTerminal(t *testing.T, text string) (int, func()) {
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(master) })
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := unix.Open(fmt.Sprintf("/dev/pts/%d", n), unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	mode, err := unix.IoctlGetTermios(slave, unix.TCGETS)
	if err == nil {
		mode.Oflag &^= unix.OPOST
		err = unix.IoctlSetTermios(slave, unix.TCSETS, mode)
	}
	if err == nil {
		_, err = unix.Write(slave, []byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
	return master, func() { unix.Close(slave) }
}

func openUnix(t *testing.T, text string) (int, func()) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]) })
	if _, err := unix.Write(fds[1], []byte(text)); err != nil {
		t.Fatal(err)
	}
	return fds[0], func() { unix.Close(fds[1]) }
}

func openTCP(t *testing.T, text string) (int, func()) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	peer, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ours, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	f, err := ours.(*net.TCPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := io.WriteString(peer, text); err != nil {
		t.Fatal(err)
	}
	return int(f.Fd()), func() {
		_ = peer.(*net.TCPConn).SetLinger(0)
		_ = peer.Close()
	}
}

// ending is a sink that ends its input when it is told of the first lines.
type ending struct {
	stopping
	end func()
}

func (s *ending) Write(p []byte) (int, error) {
	n, err := s.stopping.Write(p)
	if s.end != nil {
		s.end()
		s.end = nil
	}
	return n, err
}

// However an input ends, all that was read of it is stored.
func TestF85WhatWasReadIsStored(t *testing.T) {
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			fd, end := input.open(t, "one\nthe last")
			in, err := Open(fd, newPipe(t).r, func(err error) { t.Error(err) })
			if err != nil {
				t.Fatal(err)
			}
			out := &ending{end: end}
			out.stop = func() {}
			if err := Copy(in, out, &Format{}); !errors.Is(err, input.err) {
				t.Errorf("%v, not %v", err, input.err)
			}
			if got := out.got.String(); got != "one\nthe last\n" {
				t.Errorf("stored %q", got)
			}
		})
	}
}
