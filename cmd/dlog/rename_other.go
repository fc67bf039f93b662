//go:build unix && !linux

package main

import "time"

// renameNew renames a file and never replaces one.
func renameNew(from, to string) error { return renameByLink(from, to) }

// age is 0: the time a file was made at is not asked for here, so that its
// time limit begins anew with each start.
func age(fd int, now time.Time) time.Duration { return 0 }
