package logpipe_test

import (
	"fmt"
	"os"
	"time"

	"dmon/logpipe"
)

// printer is a Sink that needs nothing of what one may do.
type printer struct{}

func (printer) Write(p []byte) (int, error)  { return os.Stdout.Write(p) }
func (printer) Sync() (again int, err error) { return 0, nil }
func (printer) Due() time.Duration           { return -1 }
func (printer) Attend() error                { return nil }

// Lines go from a pipe to standard output, each with a prefix.
func ExampleCopy() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	defer r.Close()                // without a use behind Open, the collector would close it earlier
	wake, wakeUp, err := os.Pipe() // never written to
	if err != nil {
		panic(err)
	}
	defer wake.Close()
	defer wakeUp.Close()
	fmt.Fprint(w, "one\n\ntwo\nwithout newline")
	w.Close()
	in, err := logpipe.Open(int(r.Fd()), int(wake.Fd()), nil)
	if err != nil {
		panic(err)
	}
	err = logpipe.Copy(in, printer{}, &logpipe.Format{Prefix: "> ", SkipEmpty: true})
	fmt.Println(err)
	// Output:
	// > one
	// > two
	// > without newline
	// <nil>
}
