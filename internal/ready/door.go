package ready

import (
	"os"
	"strconv"
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

	socket    *socket // nil: nothing is heard from the command
	kin       Kin
	users     [2]uint32
	trouble   func(string)
	complaint string   // as was told last
	env       []string // that tells a run of it
	run       int      // the latest
	reloading bool     // that it does was said in the latest run
}

// Means are what a Door needs of others.
type Means struct {
	Path func() string         // where File or Unix is
	Tree func() ([]int, error) // the processes of COMMAND; called in one goroutine, not the loop's
	Tell chan<- supervise.Input

	Hears    bool          // the command is to be heard, as sd_notify(3) has it
	Watchdog time.Duration // how often it is to say that it is well; zero: it need not
	Dir      string        // for the socket; "": an abstract one
	Everyone bool          // may write to it; whom he speaks for is checked
	Users    [2]uint32     // whose processes the command's may be
	Kin      Kin
	Trouble  func(text string) // what is said and not heeded
}

// Open returns the door for a wish, which costs nothing until the first run.
func Open(w Wish, m Means) (*Door, error) {
	d := &Door{wish: w, called: make(chan struct{}), path: m.Path, end: -1}
	if m.Hears {
		if err := d.hear(&m); err != nil {
			return nil, err
		}
	}
	if !w.Looks() {
		return d, nil
	}
	probe, err := probeOf(&d.wish, m)
	if err == nil {
		d.looker = newLooker(probe, m.Tell)
	}
	return d, err
}

// hear opens the socket.
func (d *Door) hear(m *Means) error {
	var file *os.File
	var err error
	if d.socket, file, err = listen(m.Dir, m.Everyone); err != nil {
		return err
	}
	d.kin, d.users, d.trouble = m.Kin, m.Users, m.Trouble
	d.env = []string{"NOTIFY_SOCKET=" + d.socket.address}
	if m.Watchdog > 0 {
		d.env = append(d.env, "WATCHDOG_USEC="+strconv.FormatInt(m.Watchdog.Microseconds(), 10), "WATCHDOG_PID="+itoa(os.Getpid()))
	}
	go ring(file, d.called)
	return nil
}

// Close gives back what there is in the file system. A nil *Door has nothing.
func (d *Door) Close() {
	if d != nil {
		d.socket.close()
	}
}

// Prepare is called before a run is made. It returns variables for it, and a
// descriptor of ours that it gets as at; -1 is none.
func (d *Door) Prepare(run int) (env []string, from, at int, err error) {
	d.line.close()
	d.line, d.begun, d.run, d.reloading, d.complaint = nil, time.Now(), run, false, ""
	if d.socket != nil {
		d.socket.forget()
	}
	switch d.wish.Kind {
	case FD:
		if d.line, d.end, err = newLine(run, d.wish.FD, d.called); err != nil {
			return nil, -1, -1, err
		}
		return d.env, d.end, d.wish.FD, nil
	case File:
		d.before = markOf(d.path())
	}
	return d.env, -1, -1, nil
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
	if d.socket != nil {
		heard = d.notices()
	}
	if d.line == nil {
		return heard
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

// Heard implements supervise.Herald.
func (d *Door) Heard() {
	if d.socket != nil {
		d.socket.heard()
	}
}

// Event implements the listener.
func (d *Door) Event(e supervise.Event) {
	if d.looker != nil {
		d.looker.Event(e)
	}
}
