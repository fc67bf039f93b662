package place

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"golang.org/x/sys/unix"
)

// Close gives up the descriptor. A nil *Dir has none.
func (d *Dir) Close() {
	if d != nil && d.fd >= 0 {
		unix.Close(d.fd)
		d.fd = -1
	}
}

// FD is the descriptor of the directory, which stays the Dir's own. It may be
// good for nothing but to begin a name at.
func (d *Dir) FD() int { return d.fd }

// Kernel reports whether name is where the way ended at a link that only the
// kernel can follow, such as /dev/stdout: what it stands for has no name.
func (d *Dir) Kernel(name string) bool { return d.magic != "" && d.magic == name }

// Info says what the directory is.
func (d *Dir) Info() Info { return d.info }

// Ours reports whether nobody but root and this process's user can put
// something at a name in it.
func (d *Dir) Ours() bool { return d.own.trust(d.info.Uid) && d.info.Mode&0o022 == 0 }

// Trusts reports whether a file of user uid may be relied on: root, this
// process's user, and who owns the root directory.
func (d *Dir) Trusts(uid uint32) bool { return d.own.trust(uid) }

// Path names a file of the directory as the user would.
func (d *Dir) Path(name string) string { return d.text + name }

func (d *Dir) failed(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &os.PathError{Op: op, Path: d.Path(name), Err: err}
}

// Stat says what is at name, which may be a link.
func (d *Dir) Stat(name string) (Info, error) {
	info, err := infoAt(d.fd, name, unix.AT_SYMLINK_NOFOLLOW)
	return info, d.failed("stat", name, err)
}

// Look is Stat, but says of a link that only the kernel can follow, at the end of
// a way that was gone with Follow, what it stands for.
func (d *Dir) Look(name string) (Info, error) {
	if name != d.magic {
		return d.Stat(name)
	}
	info, err := infoAt(d.fd, name, 0)
	return info, d.failed("stat", name, err)
}

// Open opens name, which must be no symbolic link, with flags of open(2): never
// as our terminal, never waiting for the other end of a FIFO, never for children. With
// unix.O_CREAT, mode is that of a new file before the umask; add unix.O_EXCL
// where a file of somebody else's would not do. Look with Stat first where even
// opening a device would be wrong, and judge the Info of what was opened. A
// file that is no regular one stays without blocking.
func (d *Dir) Open(name string, flags int, mode uint32) (*os.File, Info, error) {
	fd, info, err := d.OpenFD(name, flags, mode)
	if err != nil {
		return nil, info, err
	}
	return os.NewFile(uintptr(fd), d.Path(name)), info, nil
}

// OpenFD is Open for who wants the bare descriptor, and has to close it.
func (d *Dir) OpenFD(name string, flags int, mode uint32) (int, Info, error) {
	flags |= unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	if name == d.magic && d.magic != "" {
		flags &^= unix.O_NOFOLLOW
	}
	fd, err := again(func() (int, error) { return unix.Openat(d.fd, name, flags, mode) })
	if err != nil {
		return -1, Info{}, d.failed("open", name, err)
	}
	info, err := infoOf(fd)
	if err == nil && info.Regular() {
		err = unix.SetNonblock(fd, false) // it means nothing there, but the runtime would poll
	}
	if err != nil {
		unix.Close(fd)
		return -1, info, d.failed("open", name, err)
	}
	return fd, info, nil
}

// Create makes the file name, which must not be there.
func (d *Dir) Create(name string, mode uint32) (*os.File, Info, error) {
	return d.Open(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, mode)
}

// Temporary makes a new file under a name that nobody can guess, beginning with
// a dot and prefix, and returns that name. Whoever made it has to rename or
// unlink it.
func (d *Dir) Temporary(prefix string, mode uint32) (*os.File, string, error) {
	fd, _, name, err := d.TemporaryFD(prefix, mode)
	if err != nil {
		return nil, "", err
	}
	return os.NewFile(uintptr(fd), d.Path(name)), name, nil
}

// TemporaryFD is Temporary for who wants the bare descriptor, and has to close it.
func (d *Dir) TemporaryFD(prefix string, mode uint32) (int, Info, string, error) {
	for range 100 {
		// A name has at most 255 bytes.
		name := fmt.Sprintf(".%.200s.%016x", prefix, rand.Uint64())
		fd, info, err := d.OpenFD(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, mode)
		switch {
		case err == nil:
			return fd, info, name, nil
		case !errors.Is(err, os.ErrExist):
			var path *os.PathError
			if errors.As(err, &path) {
				path.Path = d.Path(prefix) // what the user knows
			}
			return -1, info, "", err
		}
	}
	return -1, Info{}, "", d.failed("open", prefix, unix.EEXIST)
}

// RenameNew is Rename that fails with os.ErrExist where new is taken, and with
// unix.EINVAL or unix.ENOSYS where the system cannot do that.
func (d *Dir) RenameNew(old, new string) error {
	_, err := again(func() (int, error) { return 0, renameNew(d.fd, old, new) })
	return d.failed("rename", new, err)
}

// Holds reports whether name is a regular file with text and nothing else.
func (d *Dir) Holds(name, text string) bool {
	fd, info, err := d.OpenFD(name, unix.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	b := make([]byte, len(text)+1)
	n, err := again(func() (int, error) { return unix.Pread(fd, b, 0) })
	return err == nil && info.Regular() && string(b[:n]) == text
}

// Rename gives old the name new, of which nothing is left.
func (d *Dir) Rename(old, new string) error {
	_, err := again(func() (int, error) { return 0, unix.Renameat(d.fd, old, d.fd, new) })
	return d.failed("rename", new, err)
}

// Link gives old the name new too; it fails with os.ErrExist where that is
// taken. Of a symbolic link it is the link that gets the name.
func (d *Dir) Link(old, new string) error {
	_, err := again(func() (int, error) { return 0, unix.Linkat(d.fd, old, d.fd, new, 0) })
	return d.failed("link", new, err)
}

// Unlink removes name, a link and not what it names.
func (d *Dir) Unlink(name string) error {
	_, err := again(func() (int, error) { return 0, unix.Unlinkat(d.fd, name, 0) })
	return d.failed("remove", name, err)
}

// Replace puts a new file with data at name: whoever opens it finds the old file
// or the new one, whole. It fails with the old one untouched. What is replaced
// is not looked at; a link, FIFO or device loses its name to the file.
func (d *Dir) Replace(name string, data []byte, mode uint32) (Info, error) {
	f, next, err := d.Temporary(name, mode)
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	var info Info
	if err = write(f, d.Path(name), data); err == nil {
		if info, err = infoOf(int(f.Fd())); err == nil {
			err = d.Rename(next, name)
		}
	}
	if err != nil {
		_ = d.Unlink(next)
	}
	return info, err
}

func write(f *os.File, path string, data []byte) error {
	_, err := f.Write(data)
	var failed *os.PathError
	if errors.As(err, &failed) {
		failed.Path = path // what the user knows
	}
	return err
}

// Sync has the names of the directory survive a failure of power.
func (d *Dir) Sync() error {
	fd, _, err := d.OpenFD(".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = again(func() (int, error) { return 0, unix.Fsync(fd) })
	return d.failed("sync", ".", err)
}

// Names are the names in the directory, in no order.
func (d *Dir) Names() ([]string, error) {
	f, _, err := d.Open(".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// Again returns a Dir of its own for the same directory. Close it, too.
func (d *Dir) Again() (*Dir, error) {
	fd, err := again(func() (int, error) { return unix.FcntlInt(uintptr(d.fd), unix.F_DUPFD_CLOEXEC, 0) })
	if err != nil {
		return nil, d.failed("open", ".", err)
	}
	twin := *d
	twin.fd = fd
	return &twin, nil
}
