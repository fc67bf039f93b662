//go:build unix && !linux

package logfile

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/place"
)

// renameNew renames a file and never replaces one.
func renameNew(d *place.Dir, from, to string) error { return renameByLink(d, from, to) }

// nameless is 0: every file has a name here.
const nameless = 0

func linkNameless(int, *place.Dir, string) error { return errors.ErrUnsupported }

// made is not asked for here.
func made(fd int) (at time.Time, ok bool) { return at, false }

// Access lists are not looked at here: where one stands, the rights of a new
// file are those of the mode of the old one.
func readACL(fd int) []byte { return nil }

func writeACL(fd int, acl []byte) error { return nil }

// written cannot be told here.
func written(fd int) (busy, sure bool) { return false, false }

func setTimes(fd int, read, written time.Time) error {
	return unix.Futimes(fd, []unix.Timeval{unix.NsecToTimeval(read.UnixNano()), unix.NsecToTimeval(written.UnixNano())})
}

func isClosedStdout(fd int) bool { return false }
