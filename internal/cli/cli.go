// Package cli speaks to the user: it turns words into values, says what is
// wrong with them, and prints help, for all three programs alike.
//
// Rules of speech, kept by everything that prints:
//
//   - A message is one line, "program: text", lower case, without full stop.
//   - An error is "cannot VERB OBJECT: REASON" or says what is wrong with
//     which option; a hint, where one helps, is a second line of its own.
//   - Words of the user are quoted with %q where they may hold anything, and
//     stand bare where they were checked.
//   - Nothing here ends the process: functions return errors and statuses.
package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Exit statuses that dmon shares with timeout(1) and env(1).
const (
	ExitTimeout   = 124 // the last run was ended by --timeout
	ExitFailure   = 125 // we failed, or were misused
	ExitNotExec   = 126 // the command was found but cannot be executed
	ExitNotFound  = 127 // the command was not found
	ExitSignalled = 128 // plus the number of the signal that ended the command
)

// Misuse is an error of the person at the keyboard. Hint, where it is not
// empty, says what to do instead and is printed as a line of its own.
type Misuse struct {
	Text string
	Hint string
}

func (m *Misuse) Error() string { return m.Text }

// Misusef returns a *Misuse without a hint.
func Misusef(format string, a ...any) error {
	return &Misuse{Text: fmt.Sprintf(format, a...)}
}

// Answer is not a failure: the user asked something ("--limit help"), and
// Text, which ends with a newline, is what they get on standard output.
type Answer struct{ Text string }

func (a *Answer) Error() string { return strings.TrimSuffix(a.Text, "\n") }

// Tell prints err by the rules above and returns the status to exit with:
// an *Answer goes to out and is a success, everything else goes to errw in
// the name of program and is ExitFailure.
func Tell(program string, out, errw io.Writer, err error) int {
	var answer *Answer
	if errors.As(err, &answer) {
		if _, werr := io.WriteString(out, answer.Text); werr != nil {
			fmt.Fprintf(errw, "%s: cannot write to standard output: %v\n", program, werr)
			return ExitFailure
		}
		return 0
	}
	fmt.Fprintf(errw, "%s: %s\n", program, OneLine(err.Error()))
	var misuse *Misuse
	if errors.As(err, &misuse) && misuse.Hint != "" {
		fmt.Fprintf(errw, "%s: %s\n", program, OneLine(misuse.Hint))
	}
	return ExitFailure
}
