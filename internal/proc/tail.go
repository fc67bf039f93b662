package proc

import (
	"bytes"
	"fmt"
	"os"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// tail is the end of what a job writes, as long as it writes and as much as it
// likes: nobody else reads it, and a full pipe would hold it up.
type tail struct {
	file *os.File
	line chan string // the last one, when nobody can write any more
}

const (
	tailSize = 512
	// tailPatience is for who inherited the pipe and was not ended with the job, which
	// is a fault; its output is not waited for.
	tailPatience = 20 * time.Millisecond
)

// newTail returns it and the descriptor that the job is to write to, which is the
// caller's.
func newTail() (t *tail, out int, err error) {
	var ends [2]int
	if err := unix.Pipe(ends[:]); err != nil {
		return nil, 0, fmt.Errorf("cannot make a pipe: %w", err)
	}
	unix.CloseOnExec(ends[0])
	unix.CloseOnExec(ends[1])
	if err := unix.SetNonblock(ends[0], true); err != nil {
		unix.Close(ends[0])
		unix.Close(ends[1])
		return nil, 0, fmt.Errorf("cannot use a pipe: %w", err)
	}
	t = &tail{file: os.NewFile(uintptr(ends[0]), "output"), line: make(chan string, 1)}
	go t.read()
	return t, ends[1], nil
}

func (t *tail) read() {
	defer t.file.Close()
	var end []byte
	buf := make([]byte, 4096)
	for {
		n, err := t.file.Read(buf)
		end = append(end, buf[:n]...)
		end = end[max(0, len(end)-tailSize):]
		if err != nil {
			t.line <- lastLine(end)
			return
		}
	}
}

// lastLine is the last line of text that is not blank.
func lastLine(text []byte) string {
	text = bytes.TrimSpace(text)
	text = bytes.TrimSpace(text[bytes.LastIndexByte(text, '\n')+1:])
	for len(text) > 0 && !utf8.RuneStart(text[0]) { // it was cut
		text = text[1:]
	}
	return string(bytes.ToValidUTF8(text, []byte("?")))
}

// lastLine is called once, when the job is over.
func (t *tail) lastLine() string {
	if t == nil {
		return ""
	}
	_ = t.file.SetReadDeadline(time.Now().Add(tailPatience)) // it may be closed by now
	return <-t.line
}
