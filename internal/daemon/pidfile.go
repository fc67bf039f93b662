package daemon

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// PidFile is a pid file that we hold. The lock goes with its descriptor, and
// the descriptor with this value: dropped, the garbage collector would close
// it, so keep it for as long as the program lives.
type PidFile struct {
	path string
	file *os.File
}

// RunningError says that somebody else holds the pid file.
type RunningError struct {
	Path string
	Pid  int // 0 where the holder has not written it yet
}

func (e *RunningError) Error() string {
	if e.Pid == 0 {
		return fmt.Sprintf("already running (%s is locked)", e.Path)
	}
	return fmt.Sprintf("already running as process %d (%s is locked)", e.Pid, e.Path)
}

// LockPidFile makes path ours and writes our pid and a newline to it. A file
// that nobody holds is stale whatever it says, and is taken over. It fails
// with a *RunningError where somebody holds it.
func LockPidFile(path string) (*PidFile, error) {
	for {
		p, err := openPidFile(path)
		if err != nil {
			return nil, err
		}
		held, err := p.lock()
		if err != nil {
			p.file.Close()
			return nil, err
		}
		if !held {
			p.file.Close() // it was removed under our hands; the next one is another file
			continue
		}
		if err := p.write(); err != nil {
			p.Remove()
			return nil, fmt.Errorf("cannot write pid file: %w", err)
		}
		return p, nil
	}
}

func openPidFile(path string) (*PidFile, error) {
	// Without O_TRUNC: until it is locked it belongs to somebody else.
	// O_NONBLOCK is for a FIFO, which would hold us up.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOCTTY|unix.O_NONBLOCK, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot open pid file: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot use pid file: %w", err)
	}
	return &PidFile{path: path, file: f}, nil
}

// lock takes the lock; held is false where the path names another file by now.
func (p *PidFile) lock() (held bool, err error) {
	fd := int(p.file.Fd())
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			return false, &RunningError{Path: p.path, Pid: p.read()}
		}
		return false, fmt.Errorf("cannot lock pid file %s: %w", p.path, err)
	}
	held, err = p.there()
	if err != nil {
		return false, fmt.Errorf("cannot use pid file: %w", err)
	}
	return held, nil
}

// there reports whether the path names our file still.
func (p *PidFile) there() (bool, error) {
	ours, err := p.file.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Stat(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(ours, named), err
}

// read is the pid in the file, 0 where there is none.
func (p *PidFile) read() int {
	var b [32]byte
	n, _ := p.file.ReadAt(b[:], 0)
	pid, err := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	if err != nil {
		return 0
	}
	return pid
}

// write overwrites what a stale file held and only then cuts off the rest, so
// that whoever reads never finds it empty.
func (p *PidFile) write() error {
	line := strconv.Itoa(os.Getpid()) + "\n"
	if _, err := p.file.WriteAt([]byte(line), 0); err != nil {
		return err
	}
	return p.file.Truncate(int64(len(line)))
}

// Remove removes the file, while it is still locked so that nobody takes it
// over meanwhile, and gives up the lock. One that somebody else removed may
// have a successor by now, which is another dmon's. The zero *PidFile is none.
func (p *PidFile) Remove() error {
	if p == nil {
		return nil
	}
	there, err := p.there()
	if there {
		err = os.Remove(p.path)
	}
	p.file.Close()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot remove pid file: %w", err)
	}
	return nil
}

// WritePid replaces the file at path by one with pid and a newline. Whoever
// reads finds the old content or the new.
func WritePid(path string, pid int) error {
	// The name is ours alone: it holds the pid of a process that lives.
	next := path + "." + strconv.Itoa(os.Getpid())
	err := os.WriteFile(next, []byte(strconv.Itoa(pid)+"\n"), 0o644)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		os.Remove(next)
		return fmt.Errorf("cannot write pid file: %w", err)
	}
	return nil
}

// CheckPid reports why WritePid would fail on path, if it would.
func CheckPid(path string) error {
	next := path + "." + strconv.Itoa(os.Getpid())
	err := os.WriteFile(next, nil, 0o644)
	if err == nil {
		err = os.Remove(next)
	}
	if info, serr := os.Stat(path); err == nil && serr == nil && info.IsDir() {
		err = &os.PathError{Op: "write", Path: path, Err: unix.EISDIR}
	}
	if err != nil {
		return fmt.Errorf("cannot write pid file: %w", err)
	}
	return nil
}
