package speech

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// Answers is standard output for what the user asked for, such as --help: a
// program whose answer finds no reader dies of SIGPIPE, as any tool does, also
// where it disregards that signal otherwise.
type Answers struct{ File *os.File }

// Write writes p and waits for it, unlike a Stream.
func (a Answers) Write(p []byte) (int, error) {
	n, err := a.File.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		// The runtime raises the signal by itself where nobody has asked for it;
		// that it is disregarded is forgotten only when somebody asks.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
		signal.Reset(syscall.SIGPIPE)
		return a.File.Write(p[n:])
	}
	return n, err
}
