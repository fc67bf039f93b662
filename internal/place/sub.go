package place

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Sub opens the directory name in d, which must be one and no link to one, and
// is the caller's to judge and to close. What the user called d goes on in its
// Path.
func (d *Dir) Sub(name string) (*Dir, error) {
	fd, info, err := openDir(d.fd, name, unix.O_NOFOLLOW)
	if err != nil {
		return nil, d.failed("open", name, err)
	}
	return &Dir{fd: fd, text: d.Path(name) + "/", info: info, own: d.own}, nil
}

// Mkdir makes the directory name with that mode, before the umask. One that is
// there is an error with os.ErrExist.
func (d *Dir) Mkdir(name string, mode uint32) error {
	_, err := again(func() (int, error) { return 0, unix.Mkdirat(d.fd, name, mode) })
	return d.failed("mkdir", name, err)
}

// makeDir makes the directory that s names, where nobody else chose the name or
// the directory it is to be in. Its name survives a failure of power, where the
// file system can do that.
func (w *walk) makeDir(s step) error {
	for _, uid := range []uint32{s.by, w.info.Uid} {
		if !w.own.trust(uid) {
			return &Led{w.shown(s), uid}
		}
	}
	above := &Dir{fd: w.at, info: w.info, own: w.own}
	if err := above.Mkdir(s.name, w.dirMode); err != nil && !errors.Is(err, os.ErrExist) {
		return w.failed(s, errors.Unwrap(err))
	}
	_ = above.Sync()
	return nil
}

// Rmdir removes the directory name if nothing is in it; one that something is
// in, or that is gone, is no error.
func (d *Dir) Rmdir(name string) error {
	_, err := again(func() (int, error) { return 0, unix.Unlinkat(d.fd, name, unix.AT_REMOVEDIR) })
	if errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EEXIST) || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return d.failed("remove", name, err)
}
