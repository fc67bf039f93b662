package main

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// tmp is the ending of a result under way, where it needs a name at all.
const tmp = gz + ".tmp"

var errHurried = errors.New("told to stop")

// squeeze replaces a rotated file by a compressed one of the same time, mode
// and owner. Until that is complete and, unless -b was given, on the disk, it
// has no name, or one that the next start removes; the source goes last.
func (k *keeper) squeeze(name string) error {
	from, err := os.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	open := newNameless
	if k.named {
		open = newNamed
	}
	to, err := open(name + tmp)
	if err != nil {
		return err
	}
	defer to.Close()
	if err = k.fill(to.File, from); err == nil {
		err = to.publish(name + gz)
	}
	if err != nil {
		to.discard()
		if errors.Is(err, errHurried) {
			return nil
		}
		return err
	}
	if k.sync {
		syncDir(filepath.Dir(name))
	}
	return os.Remove(name)
}

func (k *keeper) fill(to, from *os.File) error {
	var st unix.Stat_t
	if err := unix.Fstat(int(from.Fd()), &st); err != nil {
		return err
	}
	z := gzip.NewWriter(to)
	z.ModTime = modified(&st)
	if err := k.copy(z, from); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	copyMode(int(to.Fd()), int(from.Fd()))
	times := []unix.Timeval{unix.NsecToTimeval(time.Now().UnixNano()), unix.NsecToTimeval(z.ModTime.UnixNano())}
	if err := unix.Futimes(int(to.Fd()), times); err != nil {
		return err
	}
	if k.sync {
		return to.Sync()
	}
	return nil
}

// copy is io.Copy that can be hurried.
func (k *keeper) copy(to io.Writer, from io.Reader) error {
	buf := make([]byte, 64<<10)
	for {
		if k.hurried() {
			return errHurried
		}
		n, err := from.Read(buf)
		if _, werr := to.Write(buf[:n]); werr != nil {
			return werr
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// nameless is a file that gets its name when it is complete.
type nameless struct {
	*os.File
	temporary string // its name until then, empty if it has none
}

func newNamed(temporary string) (*nameless, error) {
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	return &nameless{f, temporary}, err
}

// publish gives the file its name; a file of that name is replaced or refused.
func (n *nameless) publish(name string) error {
	if n.temporary != "" {
		return os.Rename(n.temporary, name)
	}
	return n.link(name)
}

func (n *nameless) discard() {
	if n.temporary != "" {
		_ = os.Remove(n.temporary)
	}
}
