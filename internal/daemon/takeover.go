package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// succeed puts a file of ours in place of a stale one, or takes the stale one
// itself where its directory lets us make none.
func (p *PidFile) succeed(d *place.Dir, name string) (*PidFile, error) {
	next, temporary, err := preparePidFile(d, name)
	if keepsName(err) {
		return p, p.keep(d, name)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write pid file: %w", err)
	}
	err = p.replace(d, name, temporary, next.info.Uid)
	if err == nil {
		return next, nil
	}
	_ = d.Unlink(temporary)
	next.close()
	if keepsName(err) {
		return p, p.keep(d, name)
	}
	return nil, err
}

// keepsName reports whether err says that no name in the directory is ours to
// change, or not this one, though the file may be ours to write.
func keepsName(err error) bool {
	for _, e := range []error{unix.EACCES, unix.EPERM, unix.EROFS, unix.EBUSY} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// replace renames temporary, a file of user us, to name while that still is our stale file. One
// does so at a time, under the lock of a file that nobody else may open. Our own
// lock on the stale file is for those that cannot rename; a reader may prevent
// it, they may not be prevented.
func (p *PidFile) replace(d *place.Dir, name, temporary string, us uint32) error {
	turn, err := takeTurn(d, "."+name+".lock", us)
	if err != nil {
		return err
	}
	defer turn.give(d)
	now, err := d.Stat(name)
	if err != nil || !now.Same(p.info) || now.Links > 1 {
		return errAgain
	}
	if locked, err := p.lock(); err != nil {
		return err
	} else if !locked {
		if err := p.holder(); err != nil {
			return err
		}
	}
	if err := d.Rename(temporary, name); err != nil {
		return fmt.Errorf("cannot write pid file: %w", err)
	}
	return nil
}

// keep takes the stale file itself, which is not to be replaced.
func (p *PidFile) keep(d *place.Dir, name string) error {
	if !d.Trusts(p.info.Uid) {
		return fmt.Errorf("cannot use pid file: %s belongs to user %d, and cannot be replaced", p.path, p.info.Uid)
	}
	if pseudo(p.fd) {
		return fmt.Errorf("cannot use pid file: %s is one of the kernel's own files", p.path)
	}
	return p.lockInPlace(d, name)
}

// lockInPlace locks the file itself and writes to it.
func (p *PidFile) lockInPlace(d *place.Dir, name string) error {
	locked, err := p.lock()
	if err != nil {
		return err
	}
	if !locked {
		if err := p.holder(); err != nil {
			return err
		}
		return fmt.Errorf("cannot lock pid file %s: somebody who reads it has a lock on it, and it cannot be replaced", p.path)
	}
	if now, err := d.Stat(name); err != nil || !now.Same(p.info) {
		return errAgain
	}
	if err := p.write(); err != nil {
		return fmt.Errorf("cannot write pid file: %w", err)
	}
	return nil
}

// turn is the right to replace a stale file, which one dmon has at a time.
type turn struct {
	name string
	fd   int
	info place.Info
}

func takeTurn(d *place.Dir, name string, us uint32) (*turn, error) {
	for range 1000 {
		fd, info, err := d.OpenFD(name, unix.O_RDWR|unix.O_CREAT, 0o600)
		if err != nil {
			return nil, fmt.Errorf("cannot take over pid file: %w", err)
		}
		t := &turn{name, fd, info}
		if !info.Regular() || info.Links > 1 || info.Uid != us && !d.Trusts(info.Uid) || info.Mode&0o077 != 0 {
			unix.Close(fd)
			return nil, fmt.Errorf("cannot take over pid file: %s is not ours", d.Path(name))
		}
		l := unix.Flock_t{Type: unix.F_WRLCK}
		// The holder needs it for a few system calls.
		for err = unix.EINTR; errors.Is(err, unix.EINTR); {
			err = unix.FcntlFlock(uintptr(fd), unix.F_SETLKW, &l)
		}
		if err != nil {
			unix.Close(fd)
			return nil, fmt.Errorf("cannot take over pid file: %w", err)
		}
		if now, err := d.Stat(name); err == nil && now.Same(info) {
			return t, nil
		}
		unix.Close(fd) // the one before us has removed it
	}
	return nil, errAgain
}

func (t *turn) give(d *place.Dir) {
	_ = d.Unlink(t.name)
	unix.Close(t.fd)
}

// maxPidText is more than any number and its padding has, in bytes.
const maxPidText = 64

// readPid is the number in the file, 0 for an empty one; false where it holds
// anything else. A file of the kernel's own holds more or less than its size.
func readPid(fd int, info place.Info) (int, bool) {
	var b [maxPidText + 1]byte
	n, err := unix.Pread(fd, b[:], 0)
	var now unix.Stat_t // it may have been written to meanwhile
	if err != nil || unix.Fstat(fd, &now) != nil || n > maxPidText || int64(n) != info.Size && int64(n) != now.Size {
		return 0, false
	}
	text := bytes.TrimSpace(b[:n])
	if len(text) == 0 {
		return 0, true
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	number, err := strconv.Atoi(string(text))
	return number, err == nil
}

// opens reports whether process pid has the file open, and belongs to somebody
// who may be believed about it. Where /proc does not tell, it has not.
func opens(pid int, d *place.Dir, file place.Info) bool {
	dir := "/proc/" + strconv.Itoa(pid)
	uid, ok := realUser(dir)
	if !ok || !d.Trusts(uid) && uid != file.Uid {
		return false
	}
	entries, _ := os.ReadDir(dir + "/fd")
	for _, e := range entries {
		var st unix.Stat_t
		if unix.Stat(dir+"/fd/"+e.Name(), &st) == nil && file.Same(place.InfoOf(&st)) {
			return true
		}
	}
	return false
}

// realUser is who started the process, whatever rights it has taken on and
// whoever owns its files in /proc.
func realUser(dir string) (uint32, bool) {
	text, err := os.ReadFile(dir + "/status")
	if err != nil {
		return 0, false
	}
	_, rest, _ := bytes.Cut(text, []byte("\nUid:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0, false
	}
	uid, err := strconv.ParseUint(string(fields[0]), 10, 32)
	return uint32(uid), err == nil
}

// clearPidFile removes what process pid, which is dead, has left at path.
func clearPidFile(path string, pid int) {
	d, name, err := place.Of(path)
	if err != nil {
		return
	}
	defer d.Close()
	if old, err := openStale(d, name, unix.O_RDONLY); err == nil && old != nil {
		defer old.close()
		if d.Holds(name, strconv.Itoa(pid)+"\n") {
			_ = d.Unlink(name)
		}
	}
}
