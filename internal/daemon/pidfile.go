package daemon

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// A pid file is ours by a write lock of fcntl(2) on it. Such a lock is not our
// children's, also not of one that has not executed its program yet; nobody
// gets one who may only read the file, and the kernel says whose it is. A reader
// can still get in the way, with a read lock. So a file is not taken over by
// locking it: a new one, locked and written, takes its name. An exclusive
// lock of flock(2) is taken besides, where it is to be had, for scripts that look
// with flock(1).

// PidFile is a pid file that we hold. The lock goes with its descriptor, and
// with any other that this process closes on the file: nobody else may open it.
type PidFile struct {
	path   string
	dir    *place.Dir // kept, so that nothing is needed to remove the file
	name   string
	fd     int
	info   place.Info
	former int // the number in the file that was stale
}

// RunningError says that somebody else holds the pid file.
type RunningError struct {
	Path string
	Pid  int // 0 where the holder is in a pid namespace that we do not see
}

func (e *RunningError) Error() string {
	if e.Pid == 0 {
		return fmt.Sprintf("already running (%s is locked)", e.Path)
	}
	return fmt.Sprintf("already running as process %d (%s is locked)", e.Pid, e.Path)
}

// errAgain says that the file changed under our hands.
var errAgain = errors.New("the pid file is being replaced all the time")

// LockPidFile makes path ours and writes our pid and a newline to it. A file
// that nobody holds is stale, and is taken over where it is empty or holds a
// number. It fails with a *RunningError where somebody holds it, and with the
// file as it was where it is anything else.
func LockPidFile(path string) (*PidFile, error) {
	d, name, err := place.Of(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open pid file: %w", err)
	}
	err = errAgain
	for tries := 0; errors.Is(err, errAgain) && tries < 1000; tries++ {
		var p *PidFile
		if p, err = lockPidFile(d, name); err == nil {
			p.dir, p.name = d, name
			return p, nil
		}
	}
	d.Close()
	return nil, err
}

func lockPidFile(d *place.Dir, name string) (*PidFile, error) {
	old, err := openStale(d, name, unix.O_RDWR)
	if err != nil {
		return nil, err
	}
	if old == nil {
		return newPidFile(d, name)
	}
	p, err := old.succeed(d, name)
	if p != nil {
		p.former = old.former
	}
	if err != nil || p != old {
		unix.Close(old.fd)
	}
	return p, err
}

// openStale opens the file at name, where it is one that may be taken over;
// nil where there is none. It is not changed yet.
func openStale(d *place.Dir, name string, how int) (*PidFile, error) {
	info, err := d.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot open pid file: %w", err)
	}
	// What is no file, or somebody's file by another name, is not even opened.
	if err := judgeKind(d.Path(name), info); err != nil {
		return nil, err
	}
	fd, opened, err := d.OpenFD(name, how, 0)
	if err != nil || !opened.Same(info) {
		if err == nil {
			unix.Close(fd)
		}
		if err == nil || errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ELOOP) {
			return nil, errAgain
		}
		return nil, fmt.Errorf("cannot open pid file: %w", err)
	}
	p := &PidFile{path: d.Path(name), fd: fd, info: opened}
	if err := p.stale(d); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return p, nil
}

// judgeKind refuses what is no file of one name, which a pid file is.
func judgeKind(path string, info place.Info) error {
	switch {
	case !info.Regular():
		return fmt.Errorf("cannot use pid file: %s is %s, not a regular file", path, info.Kind())
	case info.Links > 1:
		return fmt.Errorf("cannot use pid file: %s is a file that has other names too (hard links)", path)
	}
	return nil
}

// stale refuses a file that somebody holds, and one that is no pid file.
func (p *PidFile) stale(d *place.Dir) error {
	if err := p.holder(); err != nil {
		return err
	}
	number, ok := readPid(p.fd, p.info)
	p.former = number
	if !ok {
		return fmt.Errorf("cannot use pid file: %s holds something else than a process number", p.path)
	}
	// A dmon from before these locks, or another program, has that of flock(2)
	// alone, which any reader may have: only whom the file names is believed.
	if err := unix.Flock(p.fd, unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) && opens(number, d, p.info) {
		return &RunningError{Path: p.path, Pid: number}
	}
	return nil
}

// holder fails with a *RunningError where somebody has a lock that takes the
// right to write. One who was killed is waited for.
func (p *PidFile) holder() error {
	pid, err := p.locker()
	if pid > 0 && place.Outlive(pid) {
		pid, err = p.locker()
	}
	switch {
	case err != nil:
		return fmt.Errorf("cannot lock pid file %s: %w", p.path, err)
	case pid >= 0:
		return &RunningError{Path: p.path, Pid: pid}
	}
	return nil
}

// locker is who has such a lock: 0 where that is in a pid namespace that we do
// not see, -1 where nobody has.
func (p *PidFile) locker() (int, error) {
	l := unix.Flock_t{Type: unix.F_RDLCK} // which only a writer's is in the way of
	err := unix.FcntlFlock(uintptr(p.fd), unix.F_GETLK, &l)
	if err != nil || l.Type == unix.F_UNLCK {
		return -1, err
	}
	return max(0, int(l.Pid)), nil
}

// lock takes both locks; false where somebody's lock is in the way.
func (p *PidFile) lock() (bool, error) {
	l := unix.Flock_t{Type: unix.F_WRLCK}
	err := unix.FcntlFlock(uintptr(p.fd), unix.F_SETLK, &l)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("cannot lock pid file %s: %w", p.path, err)
	}
	_ = unix.Flock(p.fd, unix.LOCK_EX|unix.LOCK_NB)
	return true, nil
}

// newPidFile puts a locked file with our number where none is.
func newPidFile(d *place.Dir, name string) (*PidFile, error) {
	p, temporary, err := preparePidFile(d, name)
	if err != nil {
		return nil, fmt.Errorf("cannot open pid file: %w", err)
	}
	if err = d.RenameNew(temporary, name); err == nil {
		return p, nil
	}
	_ = d.Unlink(temporary)
	p.close()
	switch {
	case errors.Is(err, os.ErrExist):
		return nil, errAgain
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL):
		return beginPidFile(d, name)
	}
	return nil, fmt.Errorf("cannot write pid file: %w", err)
}

// beginPidFile is newPidFile for a file system that cannot refuse to replace:
// the file is there before it is locked.
func beginPidFile(d *place.Dir, name string) (*PidFile, error) {
	fd, info, err := d.OpenFD(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return nil, errAgain
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open pid file: %w", err)
	}
	p := &PidFile{path: d.Path(name), fd: fd, info: info}
	if err := p.lockInPlace(d, name); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// preparePidFile makes a locked file with our number under another name.
func preparePidFile(d *place.Dir, name string) (*PidFile, string, error) {
	fd, info, temporary, err := d.TemporaryFD(name, 0o644)
	if err != nil {
		return nil, "", err
	}
	p := &PidFile{path: d.Path(name), fd: fd, info: info}
	locked, err := p.lock()
	if err == nil && !locked {
		err = errAgain // who was quick enough to open it?
	}
	if err == nil {
		err = p.write()
	}
	if err != nil {
		_ = d.Unlink(temporary)
		p.close()
		return nil, "", err
	}
	return p, temporary, nil
}

// Former is the number of the process that left the file behind when it was killed,
// 0 where there was none.
func (p *PidFile) Former() int { return p.former }

func (p *PidFile) close() {
	unix.Close(p.fd)
	p.dir.Close()
}

// write overwrites what a stale file held in one go, with newlines where that was
// longer, so that whoever reads finds the old number or ours and never a mixture:
// while a file is made shorter, readers find NULs.
func (p *PidFile) write() error {
	line := strconv.Itoa(os.Getpid()) + "\n"
	padded := []byte(line)
	for int64(len(padded)) < p.info.Size {
		padded = append(padded, '\n')
	}
	n, err := unix.Pwrite(p.fd, padded, 0)
	if err == nil && n < len(padded) {
		err = unix.ENOSPC
	}
	if err != nil {
		return &os.PathError{Op: "write", Path: p.path, Err: err}
	}
	return nil
}

// Remove removes the file, while it is still locked so that nobody takes it
// over meanwhile, and gives up the lock; where the directory does not let us, it
// is emptied. One that somebody else removed may have a successor by now, which
// is another dmon's. The zero *PidFile is none.
func (p *PidFile) Remove() error {
	if p == nil {
		return nil
	}
	defer p.close()
	now, err := p.dir.Stat(p.name)
	if err == nil && now.Same(p.info) {
		err = p.dir.Unlink(p.name)
	}
	if err == nil || errors.Is(err, os.ErrNotExist) || keepsName(err) && unix.Ftruncate(p.fd, 0) == nil {
		return nil
	}
	return fmt.Errorf("cannot remove pid file: %w", err)
}
