package place

import "golang.org/x/sys/unix"

// dirFlags: a directory that we may pass through but not read will do.
const dirFlags = unix.O_PATH

// readLink is what the link at name says, and whose it is; magic is true for
// those of /proc, which the kernel follows by other means than their text. The
// text is "" for what is no link.
func readLink(at int, name string) (text string, info Info, magic bool, err error) {
	// The descriptor is on the link itself, whose text cannot change.
	fd, err := again(func() (int, error) {
		return unix.Openat(at, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return "", Info{}, false, err
	}
	defer unix.Close(fd)
	if info, err = infoOf(fd); err != nil || !info.Is(unix.S_IFLNK) {
		return "", info, false, err
	}
	var b [unix.PathMax]byte
	n, err := unix.Readlinkat(fd, "", b[:])
	if err != nil {
		return "", info, false, err
	}
	var fs unix.Statfs_t
	magic = unix.Fstatfs(fd, &fs) == nil && fs.Type == unix.PROC_SUPER_MAGIC
	return string(b[:n]), info, magic, nil
}

func renameNew(at int, old, new string) error {
	return unix.Renameat2(at, old, at, new, unix.RENAME_NOREPLACE)
}
