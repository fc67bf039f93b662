package daemon

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// CommandPid is the file with the pid of the command: a new one for each run.
type CommandPid struct {
	path  string
	other *PidFile   // never to be this one
	dir   *place.Dir // of the file we wrote last; nil where that is not there
	name  string
	info  place.Info
}

// OpenCommandPid returns the file at path, which is not there until Write: a
// stale one is removed. It fails where Write would, and with the file as it was where
// that is no regular file that is empty or holds a number, or a pid file that some
// dmon holds; other is our own, which may be nil.
func OpenCommandPid(path string, other *PidFile) (*CommandPid, error) {
	c := &CommandPid{path: path, other: other}
	d, name, err := c.find()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	fd, _, temporary, err := d.TemporaryFD(name, 0o644)
	if err == nil {
		unix.Close(fd)
		err = d.Unlink(temporary)
	}
	if err == nil {
		err = d.Unlink(name)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot write pid file: %w", err)
	}
	return c, nil
}

// find walks to the file and judges what is there.
func (c *CommandPid) find() (*place.Dir, string, error) {
	d, name, err := place.Of(c.path)
	if err != nil {
		return nil, "", fmt.Errorf("cannot write pid file: %w", err)
	}
	err = errAgain
	for tries := 0; errors.Is(err, errAgain) && tries < 1000; tries++ {
		err = c.judge(d, name)
	}
	if err != nil {
		d.Close()
		return nil, "", err
	}
	return d, name, nil
}

func (c *CommandPid) judge(d *place.Dir, name string) error {
	// Opening and closing our own pid file would give up its lock.
	if now, err := d.Stat(name); err == nil && c.other != nil && now.Same(c.other.info) {
		return fmt.Errorf("cannot write pid file: %s holds the pid of dmon itself", c.path)
	}
	old, err := openStale(d, name, unix.O_RDONLY)
	if old != nil {
		old.close()
	}
	return err
}

// Write puts a new file with pid and a newline there. Whoever reads finds the
// old one or the new one.
func (c *CommandPid) Write(pid int) error {
	d, name, err := c.find()
	if err != nil {
		return err
	}
	info, err := d.Replace(name, []byte(strconv.Itoa(pid)+"\n"), 0o644)
	if err != nil {
		d.Close()
		return fmt.Errorf("cannot write pid file: %w", err)
	}
	c.dir.Close()
	c.dir, c.name, c.info = d, name, info
	return nil
}

// Remove removes what Write wrote, if it is there still: what another dmon has
// put in its place is not ours. It needs no descriptor. The zero *CommandPid has
// nothing.
func (c *CommandPid) Remove() error {
	if c == nil || c.dir == nil {
		return nil
	}
	d, ours := c.dir, c.info
	c.dir = nil
	defer d.Close()
	now, err := d.Stat(c.name)
	// A file of the same number may be another by now, and not written when ours was.
	if err == nil && now.Same(ours) && now.Written == ours.Written && now.Size == ours.Size {
		err = d.Unlink(c.name)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot remove pid file: %w", err)
	}
	return nil
}
