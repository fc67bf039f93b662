package loadctl

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// turnFile is the file that is locked while what one resume does to the
// machine cannot be seen yet. It is empty and stays so; only the lock counts,
// which the kernel takes back from a process that dies.
const turnFile = "dmon-resume.lock"

// turns lets the watches of a machine resume one after the other. Each takes
// the lock for as long as its resume needs to show, and who finds it taken
// asks again at its next look.
//
// The directory is open to all, or else the watches of different users could
// not meet. So nothing there is believed: the file is opened for reading only,
// never created over something, never followed as a link, never waited for.
// The worst that somebody can do is to hold the lock, and that is bounded.
type turns struct {
	dirs []string
	file *os.File // open as long as it is our turn
}

// RunDirs are where watches meet, in the order in which they are tried: one
// that takes files of everybody, and in which nobody can remove another's.
func RunDirs() []string { return []string{"/run/lock", "/tmp"} }

var errTaken = errors.New("another has its turn")

// take makes it our turn, or says why it is not: errTaken, or that there is no
// place to take turns at.
func (t *turns) take() error {
	file, err := openTurn(t.dirs)
	if err != nil {
		return err
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return errTaken
		}
		return fmt.Errorf("cannot lock %s: %w", file.Name(), err)
	}
	t.file = file
	return nil
}

// drop ends our turn. A child that has not executed its program yet has a copy of
// the descriptor, so that closing it alone would leave the lock there.
func (t *turns) drop() {
	if t.file != nil {
		_ = unix.Flock(int(t.file.Fd()), unix.LOCK_UN) // it is ours
		t.file.Close()
		t.file = nil
	}
}

func openTurn(dirs []string) (*os.File, error) {
	err := error(&os.PathError{Op: "open", Path: turnFile, Err: os.ErrNotExist})
	for _, dir := range dirs {
		info, statErr := os.Stat(dir)
		if statErr != nil || !info.IsDir() || info.Mode()&os.ModeSticky == 0 || info.Mode().Perm()&0o002 == 0 {
			continue
		}
		var file *os.File
		if file, err = openSafely(dir + "/" + turnFile); err == nil {
			return file, nil
		}
	}
	return nil, fmt.Errorf("cannot take turns: %w", err)
}

// openSafely opens or makes the file. Who owns it may have put anything there:
// a link (O_NOFOLLOW), a FIFO or a file under a lease (O_NONBLOCK), a second
// name of a file that is none of ours (the count of links).
func openSafely(path string) (*os.File, error) {
	const flags = os.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC | unix.O_NOCTTY
	// In two steps, since some kernels refuse O_CREAT on a file of another
	// user's in such a directory.
	file, err := os.OpenFile(path, flags, 0)
	if errors.Is(err, os.ErrNotExist) {
		file, err = os.OpenFile(path, flags|os.O_CREATE|os.O_EXCL, 0o444)
		if errors.Is(err, os.ErrExist) { // somebody was faster
			file, err = os.OpenFile(path, flags, 0)
		} else if err == nil {
			err = file.Chmod(0o444) // whatever the umask is: everybody has to read it
		}
	}
	if err != nil {
		if file != nil {
			file.Close()
		}
		return nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink > 1 {
		file.Close()
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("not a file of its own")}
	}
	return file, nil
}

// Bounds of the wait for a turn, as multiples of the time that a turn lasts or,
// where that is long, of longTurn: nobody may hold up all others for ever. The
// bound grows with the number of the process, a little, so that those who give
// up do not do so together.
const (
	turnsToWait = 30
	turnSpread  = 16
	longTurn    = 10 * time.Second
)

func turnPatience(settle time.Duration, pid int) time.Duration {
	return min(settle, longTurn) * time.Duration(turnsToWait+pid%turnSpread)
}
