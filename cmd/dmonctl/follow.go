package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"dmon/internal/place"
	"dmon/internal/record"
	"dmon/internal/varlink"
)

// event is one line of a name's events.
type event struct {
	text string
	varlink.Object
	seq  int64
	kind string // "start", "exit" ...
	task string
}

func parseEvent(line string) (event, bool) {
	o, err := varlink.ParseObject(line)
	if err != nil {
		return event{}, false // cut by a KILL
	}
	e := event{text: line, Object: o}
	e.seq, _ = o.Number("seq")
	e.kind, _ = o.Text("event")
	e.task, _ = o.Text("task")
	return e, e.seq > 0
}

// follower reads the events of a name from a number on. Its dmon knows nothing
// of it, and goes on however slow it is.
type follower struct {
	dir  *place.Dir
	file *os.File // nil where there is none yet
	info place.Info
	part string // of a line
	last int64  // number of the last event read
	watch
}

// follow begins behind number after. The caller closes the follower.
func follow(t *target, after int64) (*follower, []event, error) {
	dir, err := t.home.Dir(t.Name)
	if err != nil {
		return nil, nil, err
	}
	f := &follower{dir: dir, last: after}
	if f.watch, err = watchDir(dir); err != nil {
		dir.Close()
		return nil, nil, err
	}
	// The younger file first: if that becomes the older one meanwhile, it is met twice and read once.
	names := record.EventFiles()
	if err := f.open(names[1]); err != nil {
		f.close()
		return nil, nil, err
	}
	found := f.older(f.info)
	more, err := f.read()
	return f, append(found, more...), err
}

func (f *follower) close() {
	f.watch.close()
	if f.file != nil {
		f.file.Close()
	}
	f.dir.Close()
}

// open goes on with the file of that name; that there is none is no error.
func (f *follower) open(name string) error {
	file, info, err := f.dir.Open(name, os.O_RDONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Regular() {
		file.Close()
		return &os.PathError{Op: "read", Path: f.dir.Path(name), Err: errors.New("it is " + info.Kind())}
	}
	if f.file != nil {
		f.file.Close()
	}
	f.file, f.info, f.part = file, info, ""
	return nil
}

// take adds the event of a line, and says what is missing before it.
func (f *follower) take(list []event, line string) []event {
	e, ok := parseEvent(line)
	if !ok || e.seq <= f.last {
		return list
	}
	if f.last > 0 && e.seq > f.last+1 {
		list = append(list, gap(f.last+1, e.seq-1))
	}
	f.last = e.seq
	return append(list, e)
}

// gap stands for events that nobody can tell any more.
func gap(from, to int64) event {
	var w varlink.Writer
	w.Reset(make([]byte, 0, 100))
	w.Open("", "{")
	w.Text("event", "gap")
	w.Number("from", from)
	w.Number("to", to)
	w.Close("}")
	return event{text: string(w.Bytes()), kind: "gap"}
}

// read returns what has come since the last time.
func (f *follower) read() (list []event, err error) {
	name := record.EventFiles()[1]
	for {
		if f.file != nil {
			text, err := io.ReadAll(f.file)
			if err != nil {
				return list, err
			}
			lines := strings.Split(f.part+string(text), "\n")
			for _, line := range lines[:len(lines)-1] {
				list = f.take(list, line)
			}
			f.part = lines[len(lines)-1]
		}
		now, err := f.dir.Stat(name)
		if err != nil || f.file != nil && now.Same(f.info) {
			return list, nil
		}
		// It has become the older one, or there was another between: what was written
		// before is read to its end, then that one, then the new one.
		if f.file != nil {
			text, _ := io.ReadAll(f.file)
			for line := range strings.SplitSeq(f.part+string(text), "\n") {
				list = f.take(list, line)
			}
		}
		before := f.info
		if err := f.open(name); err != nil || f.file == nil {
			return list, err
		}
		list = append(list, f.older(before)...)
	}
}

// older reads the file that was before the one that is open, unless that is known.
func (f *follower) older(known place.Info) (list []event) {
	old, info, err := f.dir.Open(record.EventFiles()[0], os.O_RDONLY, 0)
	if err != nil {
		return nil
	}
	defer old.Close()
	if !info.Regular() || info.Same(known) || info.Same(f.info) {
		return nil
	}
	text, _ := io.ReadAll(old)
	for line := range strings.SplitSeq(string(text), "\n") {
		list = f.take(list, line)
	}
	return list
}

// moment is when an event was; zero where it does not say.
func (e *event) moment() time.Time {
	s, _ := e.Text("time")
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}
