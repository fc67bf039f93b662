package main

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// newNameless makes a file without a name next to temporary, which becomes its
// name where the file system insists on one.
func newNameless(temporary string) (*nameless, error) {
	f, err := os.OpenFile(filepath.Dir(temporary), os.O_WRONLY|unix.O_TMPFILE, 0o600)
	if err != nil {
		return newNamed(temporary)
	}
	return &nameless{f, ""}, nil
}

func (n *nameless) link(name string) error {
	self := "/proc/self/fd/" + strconv.Itoa(int(n.Fd()))
	return unix.Linkat(unix.AT_FDCWD, self, unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
}
