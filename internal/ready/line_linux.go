package ready

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// line is the pipe of one run, into which it writes a newline when it is ready. Each
// run has its own: what an earlier one left behind may still hold the end of its.
type line struct {
	run  int
	at   int // the number that it has in the run
	file *os.File
	fd   int
}

// newLine makes one; end is for the run.
func newLine(run, at int, called chan<- struct{}) (l *line, end int, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, -1, fmt.Errorf("cannot make a pipe: %w", err)
	}
	if err := unix.SetNonblock(ends[0], true); err != nil {
		unix.Close(ends[0])
		unix.Close(ends[1])
		return nil, -1, fmt.Errorf("cannot make a pipe: %w", err)
	}
	l = &line{run: run, at: at, file: os.NewFile(uintptr(ends[0]), "ready"), fd: ends[0]}
	go ring(l.file, called)
	return l, ends[1], nil
}

func closeFD(fd int) {
	if fd >= 0 {
		unix.Close(fd)
	}
}

// close ends it. A nil *line has no end.
func (l *line) close() {
	if l != nil {
		l.file.Close()
	}
}

// hear reads what there is. Only a newline counts; what has said all it will is over.
func (l *line) hear() (in supervise.Input, over bool) {
	var b [512]byte
	for {
		n, err := unix.Read(l.fd, b[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return nil, false
		case n == 0:
			return supervise.Unready{Run: l.run, Never: true, Lacks: fmt.Sprintf("it has closed descriptor %d without writing a line", l.at)}, true
		case bytes.IndexByte(b[:n], '\n') >= 0:
			return supervise.Readied{Run: l.run}, true
		}
	}
}
