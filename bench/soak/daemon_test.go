//go:build linux && soak

package soak

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"dmon/bench/stage"
)

// daemon is a syslog daemon that checks what it reads. It goes away when it is
// told to, with all that waits in its queue.
type daemon struct {
	path string
	// restart closes the socket, and opens a new one after that time; where that
	// is negative, it stops reading for as long instead.
	restart chan time.Duration
	quit    chan bool
	over    chan error
	checker *checker
	ended   bool
}

func listen(path string, limit int) *daemon {
	d := &daemon{path: path, restart: make(chan time.Duration, 100), quit: make(chan bool), over: make(chan error, 1), checker: &checker{limit: limit}}
	go func() { d.over <- d.serve() }()
	return d
}

func (d *daemon) serve() error {
	for {
		_ = os.Remove(d.path)
		c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: d.path, Net: "unixgram"})
		if err != nil {
			return err
		}
		again, err := d.read(c)
		c.Close()
		if err != nil || !again {
			return err
		}
	}
}

// read reads until it is told to restart or to quit.
func (d *daemon) read(c *net.UnixConn) (again bool, err error) {
	buf := make([]byte, 64<<10)
	for {
		select {
		case wait := <-d.restart:
			if wait < 0 {
				stage.Pause(-wait)
				continue
			}
			c.Close()
			stage.Pause(wait)
			return true, nil
		default:
		}
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
			return false, err
		}
		n, err := c.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			select {
			case <-d.quit:
				return false, nil
			default:
				continue
			}
		}
		if err != nil {
			return false, err
		}
		_, text, ok := bytes.Cut(buf[:n], []byte("soak: "))
		if !ok {
			return false, fmt.Errorf("a message is %.80q", buf[:n])
		}
		if err := d.checker.add(text); err != nil {
			return false, err
		}
	}
}

func (d *daemon) close() error {
	if !d.ended {
		d.ended = true
		close(d.quit)
		return <-d.over
	}
	return nil
}

// received waits until everything is read, and returns what it was.
func (d *daemon) received() (*checker, error) {
	err := d.close()
	return d.checker, err
}
