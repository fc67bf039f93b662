package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// renameByLink is for file systems that cannot refuse to replace a file: link
// always does. Where there are no links either, looking first must do.
func renameByLink(from, to string) error {
	err := unix.Link(from, to)
	if err == nil {
		return unix.Unlink(from)
	}
	if err == unix.EEXIST {
		return err
	}
	var st unix.Stat_t
	if unix.Lstat(to, &st) == nil {
		return unix.EEXIST
	}
	return unix.Rename(from, to)
}

// modified is the time of the last write.
func modified(st *unix.Stat_t) time.Time { return time.Unix(st.Mtim.Unix()) }
