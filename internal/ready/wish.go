// Package ready finds out when a run of COMMAND is ready, in each of the ways in
// which a program can show that: what it says, what it makes, where it listens. It
// watches only as long as that is awaited.
package ready

import (
	"net/netip"
	"strconv"
	"time"
)

// Kind is a way to be ready.
type Kind int

// Kinds of it.
const (
	Exec    Kind = iota // its program was executed
	After               // it has lived for so long
	Notify              // it has said so, as sd_notify(3) does
	FD                  // it has written a line to a descriptor, as s6 has it
	File                // a file is there that was not, or is another now
	Port                // a process of its tree listens on a TCP port
	Unix                // a process of its tree listens on a Unix socket
	Command             // a check of the user's succeeds
)

// Wish is when a run is ready, as the user said it.
type Wish struct {
	Kind  Kind
	Text  string        // as it was written
	After time.Duration // of After
	FD    int           // of FD
	Path  string        // of File and Unix; "@" begins an abstract name
	Port  uint16        // of Port
	Host  netip.Addr    // of Port; the zero Addr is any address
	Argv  []string      // of Command
	Local bool          // of Port: localhost, in whichever family
}

// Looks reports whether w is found out by looking again and again.
func (w *Wish) Looks() bool { return w.Kind == File || w.Kind == Port || w.Kind == Unix }

// Words say what w waits for, as what there is when it is met.
func (w *Wish) Words() string {
	switch w.Kind {
	case Notify:
		return "it has said READY=1 (sd_notify)"
	case FD:
		return "it has written a line to descriptor " + itoa(w.FD)
	case File:
		return w.Path + " is there"
	case Port:
		return "it listens on port " + w.Text[len("port:"):]
	case Unix:
		return "it listens on " + w.Path
	case Command:
		return w.Text[len("command:"):] + " has succeeded"
	default:
		return "it runs"
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
