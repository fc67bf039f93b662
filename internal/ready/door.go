package ready

import (
	"time"

	"dmon/supervise"
)

// Door is what each run of COMMAND is given to show how it is, and where dmon hears of
// it: a Herald for the loop, and a listener of events. But for its goroutines it is the
// loop's. Make one with Open.
type Door struct {
	wish   Wish
	called chan struct{}
	path   func() string
	begun  time.Time // the latest run, as it will be made
	before mark

	line   *line // of the latest run; nil: there is none, or it has served
	end    int   // of it, until the run is made; -1: none
	looker *Looker
}

// Means are what a Door needs of others.
type Means struct {
	Path func() string         // where File or Unix is
	Tree func() ([]int, error) // the processes of COMMAND; called in one goroutine, not the loop's
	Tell chan<- supervise.Input
}

// Open returns the door for a wish, which costs nothing until the first run.
func Open(w Wish, m Means) (*Door, error) {
	d := &Door{wish: w, called: make(chan struct{}), path: m.Path, end: -1}
	if !w.Looks() {
		return d, nil
	}
	probe, err := probeOf(&d.wish, m)
	if err == nil {
		d.looker = newLooker(probe, m.Tell)
	}
	return d, err
}

// Prepare is called before a run is made. It returns variables for it, and a
// descriptor of ours that it gets as at; -1 is none.
func (d *Door) Prepare(run int) (env []string, from, at int, err error) {
	d.line.close()
	d.line, d.begun = nil, time.Now()
	switch d.wish.Kind {
	case FD:
		if d.line, d.end, err = newLine(run, d.wish.FD, d.called); err != nil {
			return nil, -1, -1, err
		}
		return nil, d.end, d.wish.FD, nil
	case File:
		d.before = markOf(d.path())
	}
	return nil, -1, -1, nil
}

// Made is called when the run was made as process pid; 0 where it could not be.
func (d *Door) Made(run, pid int) {
	closeFD(d.end)
	d.end = -1
	if d.looker != nil && pid != 0 {
		d.looker.begin(&stretch{run: run, pid: pid, began: d.begun, before: d.before})
	}
}

// Called implements supervise.Herald.
func (d *Door) Called() <-chan struct{} { return d.called }

// Hear implements supervise.Herald.
func (d *Door) Hear() (heard []supervise.Input) {
	if d.line == nil {
		return nil
	}
	in, over := d.line.hear()
	if in != nil {
		heard = append(heard, in)
	}
	if over {
		d.line.close()
		d.line = nil
	}
	return heard
}

// Event implements the listener.
func (d *Door) Event(e supervise.Event) {
	if d.looker != nil {
		d.looker.Event(e)
	}
}
