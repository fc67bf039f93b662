//go:build linux && amd64

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// box is the directory that one instance of a tool runs in, which is also its
// service directory where the tool wants one. The probe writes its stamps to
// the FIFO "stamp" there; the launcher, which is the probe too, writes to
// "origin" right before it executes the tool.
type box struct {
	dir    string
	probe  string // path of the probe
	mode   string // what the probe does after its stamp: "s" or "x"
	stamp  int    // both ends of the FIFO "stamp", so that no side ever waits
	origin int
	stderr *os.File // what the tool says, read back when it fails
}

// stamp is one line of the probe's.
type stamp struct {
	at  int64 // CLOCK_MONOTONIC, nanoseconds
	pid int
}

const stampSize = 24

// newBox makes the directory dir. The caller closes the box.
func newBox(dir, probe string) (*box, error) {
	x := &box{dir: dir, probe: probe, stamp: -1, origin: -1}
	err := os.Mkdir(dir, 0o755)
	if err == nil {
		x.stderr, err = os.OpenFile(x.path("stderr"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	}
	if err == nil {
		x.stamp, err = openFifo(x.path("stamp"))
	}
	if err == nil {
		x.origin, err = openFifo(x.path("origin"))
	}
	if err != nil {
		x.close()
		return nil, fmt.Errorf("cannot make a place to run in: %w", err)
	}
	return x, nil
}

func openFifo(path string) (int, error) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return -1, fmt.Errorf("cannot make %s: %w", path, err)
	}
	return syscall.Open(path, syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
}

// close gives descriptors and directory back. Nothing may run in it any more.
func (x *box) close() {
	for _, fd := range []int{x.stamp, x.origin} {
		if fd >= 0 {
			syscall.Close(fd)
		}
	}
	if x.stderr != nil {
		x.stderr.Close()
	}
	os.RemoveAll(x.dir)
}

func (x *box) path(name string) string { return filepath.Join(x.dir, name) }

// command is the command line of a probe in mode: "s" sleeps, "x" exits.
func (x *box) command(mode string) []string {
	return []string{x.probe, x.path("stamp"), mode}
}

// launch starts argv, whose first word must be a path, by way of the probe,
// so that begun tells the moment of the exec. Stamps of earlier lives are
// thrown away.
func (x *box) launch(argv []string) (int, error) {
	x.drain()
	if err := x.stderr.Truncate(0); err != nil {
		return 0, err
	}
	line := append([]string{x.probe, x.path("origin"), "e"}, argv...)
	return spawn(line, x.dir, int(x.stderr.Fd()))
}

// drain empties both FIFOs and returns the stamps of the command.
func (x *box) drain() []stamp {
	readStamps(x.origin)
	return readStamps(x.stamp)
}

// begun returns when the tool was executed. It is there as soon as the
// command's first stamp is.
func (x *box) begun() (int64, error) {
	found := readStamps(x.origin)
	if len(found) != 1 {
		return 0, fmt.Errorf("the launcher left %d stamps, not 1", len(found))
	}
	return found[0].at, nil
}

// next waits for a stamp of the command. supervisor is the process that must
// not end meanwhile, or 0 where there is none to watch.
func (x *box) next(supervisor int) (stamp, error) {
	watch := -1
	if supervisor > 0 {
		fd, err := pidfd(supervisor)
		if err != nil {
			return stamp{}, err
		}
		defer syscall.Close(fd)
		watch = fd
	}
	i, err := await(patience, x.stamp, watch)
	switch {
	case err != nil:
		return stamp{}, x.complaint("no command began: " + err.Error())
	case i == 1:
		return stamp{}, x.complaint("the supervisor ended before a command began")
	}
	found := readStamps(x.stamp)
	if len(found) == 0 {
		return stamp{}, x.complaint("a stamp came in pieces")
	}
	return found[0], nil
}

// first waits for the first stamp after launch and returns it with the time
// from the exec to it.
func (x *box) first(supervisor int) (stamp, time.Duration, error) {
	s, err := x.next(supervisor)
	if err != nil {
		return s, 0, err
	}
	t0, err := x.begun()
	return s, time.Duration(s.at - t0), err
}

// complaint is an error that carries the last thing the tool said.
func (x *box) complaint(what string) error {
	text, _ := os.ReadFile(x.path("stderr"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return fmt.Errorf("%s; it said: %s", what, last)
	}
	return fmt.Errorf("%s", what)
}

// readStamps takes everything out of the FIFO fd, which must not block.
func readStamps(fd int) []stamp {
	var found []stamp
	buf := make([]byte, 1024*stampSize)
	for {
		n, err := syscall.Read(fd, buf)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n < stampSize {
			return found
		}
		for b := buf[:n]; len(b) >= stampSize; b = b[stampSize:] {
			found = append(found, stamp{
				at:  int64(word(b))*int64(time.Second) + int64(word(b[8:])),
				pid: int(word(b[16:])),
			})
		}
	}
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
