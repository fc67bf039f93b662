package logfile

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// lockedBy says whether somebody else has the file locked.
func lockedBy(t *testing.T, path string) bool {
	t.Helper()
	fd, err := unix.Open(path, unix.O_RDONLY, 0)
	must(t, err)
	defer unix.Close(fd)
	return errors.Is(unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// From the first byte of a line until it stands whole, or is taken back, nobody
// else of us writes; and nobody is kept from it longer.
func TestF83NobodyWritesMeanwhile(t *testing.T) {
	_, dir := stage(t)
	path := dir + "/log"
	calls, system := System(), System()
	writes, truncations, full := 0, 0, 0
	calls.Write = func(fd int, p []byte) (int, error) {
		if writes++; !lockedBy(t, path) {
			t.Error("another could write while we do")
		}
		switch {
		case full == 2:
			full--
			return system.Write(fd, p[:len(p)-3])
		case full == 1:
			full--
			return 0, unix.ENOSPC
		}
		return system.Write(fd, p)
	}
	calls.Truncate = func(fd int, size int64) error {
		if truncations++; !lockedBy(t, path) {
			t.Error("another could write while we take back")
		}
		return system.Truncate(fd, size)
	}
	calls.Sync = func(int) error { return unix.EIO }
	f := open(t, path, Options{Calls: calls, Durable: true})
	for _, long := range []bool{false, true} {
		line := "a line of text\n"
		if long { // in pieces
			_, err := f.Write([]byte(strings.Repeat("x", 1000)))
			must(t, err)
			if !lockedBy(t, path) {
				t.Error("another could write within our line")
			}
		}
		full = 2
		if n, err := f.Write([]byte(line + line)); n != len(line) || !errors.Is(err, unix.ENOSPC) {
			t.Errorf("%d were written, %v", n, err)
		}
		if lockedBy(t, path) {
			t.Error("nobody can write while we wait for room")
		}
		if _, err := f.Sync(); err == nil {
			t.Error("the disk was to fail")
		}
		f.Undo()
		if lockedBy(t, path) || read(path) != "" {
			t.Errorf("after the failed sync the file is %q", read(path))
		}
	}
	if writes < 5 || truncations < 4 {
		t.Errorf("%d writes, %d truncations", writes, truncations)
	}
}

// What others wrote is never taken back, and a line that they left unfinished
// never continued.
func TestF83WhatOthersWroteStays(t *testing.T) {
	_, dir := stage(t)
	path := dir + "/log"
	calls := System()
	calls.Sync = func(int) error { return unix.EIO }
	f := open(t, path, Options{Calls: calls, Durable: true})
	other := func(text string) {
		w, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		defer w.Close()
		_, err = w.WriteString(text)
		must(t, err)
	}
	_, err := f.Write([]byte("one\n"))
	must(t, err)
	other("another's\nhalf")
	if _, err := f.Sync(); err == nil {
		t.Error("the disk was to fail")
	}
	if again := f.Undo(); again != 4 {
		t.Errorf("%d bytes are to be written again", again)
	}
	_, err = f.Write([]byte("one\n"))
	must(t, err)
	if got := read(path); got != "one\nanother's\nhalf\none\n" {
		t.Errorf("the file is %q", got)
	}
}
