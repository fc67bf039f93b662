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
	info  place.Info // of the file we wrote last
	line  string     // what we wrote
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
	defer d.Close()
	line := strconv.Itoa(pid) + "\n"
	info, err := d.Replace(name, []byte(line), 0o644)
	if err != nil {
		return fmt.Errorf("cannot write pid file: %w", err)
	}
	c.info, c.line = info, line
	return nil
}

// Remove removes what Write wrote, if it is there still: what another dmon has
// put in its place is not ours. The zero *CommandPid has nothing.
func (c *CommandPid) Remove() error {
	if c == nil || c.line == "" {
		return nil
	}
	ours, line := c.info, c.line
	c.info, c.line = place.Info{}, ""
	d, name, err := place.Of(c.path)
	if err == nil {
		defer d.Close()
		var now place.Info
		if now, err = d.Stat(name); err == nil && now.Same(ours) && d.Holds(name, line) {
			err = d.Unlink(name)
		}
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, unix.ENOTDIR) {
		return fmt.Errorf("cannot remove pid file: %w", err)
	}
	return nil
}
