package record

import (
	"bytes"
	"errors"
	"os"

	"dmon/internal/place"
	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

// maxEvents is how large a generation of the events may grow, in bytes: two of
// them are kept.
const maxEvents = 64 << 10 // readAll takes one whole

func (e *Entry) openEvents() error {
	f, info, err := e.dir.Open(eventsFile, unix.O_WRONLY|unix.O_CREAT|unix.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	e.events, e.size = f, info.Size
	return nil
}

// endLine has the first event of ours begin a line of its own: the last holder may
// have been killed in the middle of one.
func (e *Entry) endLine() error {
	f, _, err := e.dir.Open(eventsFile, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var last [1]byte
	if n, _ := f.ReadAt(last[:], e.size-1); n == 0 || last[0] == '\n' {
		return nil
	}
	return e.Append([]byte{'\n'})
}

// Append adds a line, its newline included, to the events. A line is there whole
// or not at all; what fails is an event less, which who follows the numbers sees.
func (e *Entry) Append(line []byte) error {
	if e.size > 0 && e.size+int64(len(line)) > maxEvents {
		if err := e.turnOver(); err != nil {
			return err
		}
	}
	n, err := e.events.Write(line)
	if n < len(line) && n > 0 {
		_ = e.events.Truncate(e.size) // disk full in the middle
		n = 0
	}
	e.size += int64(n)
	return err
}

// turnOver begins a new generation. The old one gets its name first, so that who
// reads at any moment misses nothing.
func (e *Entry) turnOver() error {
	if err := e.dir.Rename(eventsFile, olderFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	old := e.events
	if err := e.openEvents(); err != nil {
		return err
	}
	return old.Close()
}

// lastSeq is the number of the last event in a file of them: numbers go on from
// one dmon of a name to the next, so that none of them means two events.
func lastSeq(dir *place.Dir, name string) int64 {
	text, err := readFile(dir, name)
	if err != nil {
		return 0
	}
	lines := bytes.Split(text, []byte("\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		if o, err := varlink.ParseObject(string(lines[i])); err == nil {
			if n, ok := o.Number("seq"); ok {
				return n
			}
		}
	}
	return 0
}

// EventFiles are the names of the files with the events, the older ones first.
func EventFiles() []string { return []string{olderFile, eventsFile} }
