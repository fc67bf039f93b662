// Package beacon tells a receiver on the network, each few seconds, that a dmon is
// there and how its command does: a datagram in the format of pmtr's reports,
//
//	report HOST
//	NAME e|d SECONDS PID COMMAND
//
// where d stands for a command that is kept down, SECONDS is how long ago its last
// run began and PID is 0 where none is up. Nobody waits for it: what a network
// does not take is lost.
package beacon

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"dmon/loadctl"
	"dmon/supervise"
)

// Beacon sends the reports. It is a listener of events; it sends in a goroutine of
// its own from Start on.
type Beacon struct {
	To      Address
	Every   time.Duration
	Command string // what is said to run: one word
	// Trouble hears, in the sender's goroutine and once for as long as it lasts, why
	// nothing can be sent; nil: nobody does.
	Trouble func(error)

	name  atomic.Pointer[string]
	now   atomic.Pointer[state]
	clock *loadctl.Clock

	// The sender's alone.
	path path
	host string
	ill  bool
	text [maxReport]byte
}

// maxReport is how long a report may be, in bytes: such that it is taken by every
// network in one piece.
const maxReport = 1200

// state is what a report tells of.
type state struct {
	down  bool
	pid   int
	began time.Time // of the last run, zero before any
}

// Call has reports say from now on what dmon is called. Any goroutine may call it.
func (b *Beacon) Call(name string) { b.name.Store(&name) }

// Event hears what becomes of the command.
func (b *Beacon) Event(e supervise.Event) {
	if e.Task != supervise.Cmd {
		return
	}
	var s state
	if was := b.now.Load(); was != nil {
		s = *was
	}
	switch e.Kind {
	case supervise.Started:
		s = state{pid: e.Pid, began: e.Time}
	case supervise.Exited:
		s.pid = 0
	case supervise.Downed:
		s.down = true
	case supervise.Held, supervise.Delayed:
		s.down = false
	default:
		return
	}
	b.now.Store(&s)
}

// Start sends the first report and then one after each interval, until the process
// ends.
func (b *Beacon) Start() {
	b.host, _ = os.Hostname()
	if b.host == "" {
		b.host = "localhost"
	}
	b.clock = loadctl.NewClock(0, func() time.Duration {
		b.send(time.Now())
		return b.Every
	})
}

// send sends a report.
func (b *Beacon) send(now time.Time) {
	err := b.path.open(b.To, now)
	if err == nil {
		err = b.path.send(b.report(now))
	}
	if err != nil && !b.ill && b.Trouble != nil {
		b.Trouble(err)
	}
	b.ill = err != nil
}

// report is the text of one.
func (b *Beacon) report(now time.Time) []byte {
	var s state
	if is := b.now.Load(); is != nil {
		s = *is
	}
	mode, ran := " e ", int64(0)
	if s.down {
		mode = " d "
	}
	if !s.began.IsZero() {
		ran = max(0, int64(now.Sub(s.began)/time.Second))
	}
	t := append(b.text[:0], "report "...)
	t = append(t, b.host...)
	t = append(t, '\n')
	if name := b.name.Load(); name != nil {
		t = append(t, *name...)
	}
	t = append(t, mode...)
	t = strconv.AppendInt(t, ran, 10)
	t = append(t, ' ')
	t = strconv.AppendInt(t, int64(s.pid), 10)
	t = append(t, ' ')
	t = append(t, b.Command[:min(len(b.Command), maxReport-len(t)-1)]...)
	return append(t, '\n')
}

// Word makes one word of a command's name, for a format in which a space and a
// newline end something.
func Word(text string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c == 0x7f {
			return '_'
		}
		return c
	}, text)
}
