package record

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// The files of a name.
const (
	lockFile   = "lock"
	socketFile = "control"
	recordFile = "record.json"
	newFile    = "record.json.new"
	eventsFile = "events"
	olderFile  = "events.1"
)

var files = []string{lockFile, socketFile, recordFile, newFile, eventsFile, olderFile}

// Taken says that a name is another dmon's.
type Taken struct {
	Name string
	Pid  int // 0 where it has not said yet
}

func (e *Taken) Error() string {
	if e.Pid == 0 {
		return fmt.Sprintf("%s is being started already", e.Name)
	}
	return fmt.Sprintf("%s is already running as process %d", e.Name, e.Pid)
}

// Entry is a name that this process holds until Release. It belongs to one
// goroutine.
type Entry struct {
	Name string
	Seq  int64 // of the last event that anybody wrote here, 0 for none
	// Former is the number of the last holder where that was killed, in this boot, and
	// has a name given by hand; 0 where he gave it back, or nobody knows.
	Former int

	home  *Home
	dir   *place.Dir
	lock  *os.File
	young *os.File // keeps the home from those who clear out /tmp
	kept  bool     // a name given by hand, whose record outlives us

	events *os.File
	size   int64 // of events, in bytes
}

// Claim takes a name that was given by hand. It fails with a *Taken where a dmon
// that lives has it; what one that has ended left at the name is no obstacle.
func (h *Home) Claim(name string) (*Entry, error) { return h.claim(name, true) }

// ClaimFree takes base, or base.PID of this process where that is taken or holds
// a record that is kept.
func (h *Home) ClaimFree(base string) (*Entry, error) {
	e, err := h.claim(base, false)
	var taken *Taken
	if errors.As(err, &taken) {
		e, err = h.claim(automatic(base, os.Getpid()), false)
	}
	return e, err
}

func (h *Home) claim(name string, given bool) (*Entry, error) {
	for {
		e, err := h.try(name, given)
		if e != nil || err != nil {
			return e, err
		}
	}
}

// try is claim once; nil where the name was removed by its last holder while we
// were at it.
func (h *Home) try(name string, given bool) (*Entry, error) {
	above, last, err := h.above(name, true)
	if err != nil {
		return nil, err
	}
	if above != h.dir {
		defer above.Close()
	}
	if err = above.Mkdir(last, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, gone(err)
	}
	e := &Entry{Name: name, home: h, kept: given}
	if e.dir, err = h.own(above, last); err != nil {
		return nil, gone(err)
	}
	ok, err := e.take(given)
	if err == nil && ok {
		// The last holder of an automatic name removes it while he holds the lock.
		file, ferr := e.dir.Stat(lockFile)
		dir, derr := above.Stat(last)
		held, herr := statOf(e.lock)
		if ferr == nil && derr == nil && herr == nil && held.Same(file) && dir.Same(e.dir.Info()) {
			return e, e.begin()
		}
	}
	e.close()
	return nil, err
}

// gone takes a missing directory for one that was removed just now.
func gone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// take opens the lock file and locks it; false where the name has just been
// removed.
func (e *Entry) take(given bool) (bool, error) {
	var info place.Info
	var err error
	if e.lock, info, err = e.dir.Open(lockFile, unix.O_RDWR|unix.O_CREAT, 0o600); err != nil {
		return false, gone(err)
	}
	if !info.Regular() || info.Uid != e.home.uid {
		return false, fmt.Errorf("%s is %s of user %d", e.dir.Path(lockFile), info.Kind(), info.Uid)
	}
	ok, err := lock(int(e.lock.Fd()))
	if err == nil && !ok && place.Outlive(holder(e.lock)) {
		ok, err = lock(int(e.lock.Fd()))
	}
	if err != nil {
		return false, fmt.Errorf("cannot lock %s: %w", e.dir.Path(lockFile), err)
	}
	if !ok {
		return false, &Taken{Name: e.Name, Pid: holder(e.lock)}
	}
	if !given {
		if _, err := e.dir.Stat(recordFile); err == nil && Kept(e.dir) {
			return false, &Taken{Name: e.Name}
		}
	}
	return true, nil
}

// begin clears away what the last holder left, but his events.
func (e *Entry) begin() error {
	if e.kept {
		e.Former = e.killed()
	}
	text := strconv.Itoa(os.Getpid()) + "\n"
	_, err := e.lock.WriteAt([]byte(text), 0)
	if err == nil {
		err = e.lock.Truncate(int64(len(text)))
	}
	_ = e.dir.Unlink(socketFile)
	_ = e.dir.Unlink(newFile)
	// Who was killed may have left a new file with nothing in it, or less than a line.
	if e.Seq = lastSeq(e.dir, eventsFile); e.Seq == 0 {
		_ = e.dir.Unlink(eventsFile)
		e.Seq = lastSeq(e.dir, olderFile)
	}
	if err == nil {
		err = e.openEvents()
	}
	if err == nil {
		err = e.endLine()
	}
	if strings.HasPrefix(e.home.Path(), fallback+"/") {
		e.young, _ = e.home.keepFromAging()
	}
	if err != nil {
		e.Release(false)
		return fmt.Errorf("cannot keep a record of %s: %w", e.Name, err)
	}
	return nil
}

// LockPath is where the lock is.
func (e *Entry) LockPath() string { return e.dir.Path(lockFile) }

// holder reads the pid of who holds the lock.
func holder(f *os.File) int {
	var b [24]byte
	n, _ := f.ReadAt(b[:], 0)
	line, _, whole := strings.Cut(string(b[:n]), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil || !whole {
		return 0
	}
	return pid
}

func statOf(f *os.File) (place.Info, error) { return place.InfoFD(int(f.Fd())) }

// above is the directory that a name lies in: the home, or its category's, which
// the caller closes.
func (h *Home) above(name string, create bool) (*place.Dir, string, error) {
	category, last, ok := strings.Cut(name, "/")
	if !ok {
		return h.dir, name, nil
	}
	if create {
		if err := h.dir.Mkdir(category, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, "", err
		}
	}
	d, err := h.own(h.dir, category)
	return d, last, err
}

// own opens a directory of the home's user that nobody else may write to: root
// looks into those of others, and believes nothing else.
func (h *Home) own(in *place.Dir, name string) (*place.Dir, error) {
	d, err := in.Sub(name)
	if err != nil {
		return nil, err
	}
	if info := d.Info(); info.Uid != h.uid || info.Mode&0o022 != 0 {
		d.Close()
		return nil, fmt.Errorf("%s belongs to user %d, or others may write to it", in.Path(name), info.Uid)
	}
	return d, nil
}

// SocketDir is the directory of the name, for the socket in it; it stays e's.
func (e *Entry) SocketDir() (dir *place.Dir, name string) { return e.dir, socketFile }

// Save replaces the record, which readers see whole, old or new. The two are
// exchanged and the old one removed: at a rename that replaces a file, some file
// systems begin to bring the new one to the disk, which takes ten times as long.
func (e *Entry) Save(text []byte) error {
	fd, _, err := e.dir.OpenFD(newFile, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = writeAll(fd, text)
	if cerr := unix.Close(fd); err == nil {
		err = cerr
	}
	if err == nil && e.dir.Exchange(newFile, recordFile) != nil {
		// There is none to exchange it for, or the file system cannot.
		if err = e.dir.Rename(newFile, recordFile); err == nil {
			return nil
		}
	}
	_ = e.dir.Unlink(newFile) // what it was, or what it could not be
	return err
}

// writeAll writes all of text. It makes no garbage, as an os.File would: this is done
// for each event.
func writeAll(fd int, text []byte) error {
	for len(text) > 0 {
		n, err := unix.Write(fd, text)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case n <= 0:
			return unix.ENOSPC
		}
		text = text[n:]
	}
	return nil
}

// Release gives the name back. With keep, and for a name that was given by hand,
// the record stays; else nothing does. A nil *Entry holds no name.
func (e *Entry) Release(keep bool) {
	if e == nil {
		return
	}
	_ = e.dir.Unlink(socketFile)
	_ = e.lock.Truncate(0) // whose number stays was killed
	if !keep || !e.kept {
		for _, name := range files {
			if name != lockFile {
				_ = e.dir.Unlink(name)
			}
		}
		_ = e.dir.Unlink(lockFile) // the last, so that nobody meets a name without one
		e.removeDirs()
	}
	e.close()
}

func (e *Entry) removeDirs() {
	above, last, err := e.home.above(e.Name, false)
	if err != nil {
		return
	}
	_ = above.Rmdir(last)
	if above != e.home.dir {
		above.Close()
		category, _, _ := strings.Cut(e.Name, "/")
		_ = e.home.dir.Rmdir(category)
	}
}

func (e *Entry) close() {
	if e.lock != nil {
		unlock(int(e.lock.Fd())) // also for a child that has the open file still
		e.lock.Close()
	}
	if e.events != nil {
		e.events.Close()
	}
	if e.young != nil {
		e.young.Close()
	}
	e.dir.Close()
}
