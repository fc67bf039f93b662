package journal

import (
	"os/signal"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Of a line for a part of which there is room nothing is left.
func TestNoRoomForAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "messages")
	f := open(t, path)
	say(t, f, "whole")
	signal.Ignore(unix.SIGXFSZ)
	defer signal.Reset(unix.SIGXFSZ)
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	little := old
	little.Cur = uint64(len(stamp)) + 20
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &little); err != nil {
		t.Fatal(err)
	}
	err := f.Say("what is longer than the room")
	if back := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); back != nil {
		t.Fatal(back)
	}
	if err == nil {
		t.Error("a part of a line is no error")
	}
	say(t, f, "again")
	if got := read(t, path); got != stamp+"whole\n"+stamp+"again\n" {
		t.Errorf("%q", got)
	}
}
