//go:build !linux

package place

import "golang.org/x/sys/unix"

const dirFlags = unix.O_RDONLY | unix.O_NONBLOCK

// readLink is what the link at name says, and whose it is; "" for what is none.
// It is asked whose before and after, so that both are about the same one.
func readLink(at int, name string) (text string, info Info, magic bool, err error) {
	info, err = infoAt(at, name, unix.AT_SYMLINK_NOFOLLOW)
	if err != nil || !info.Is(unix.S_IFLNK) {
		return "", info, false, err
	}
	var b [4096]byte
	n, err := unix.Readlinkat(at, name, b[:])
	if err != nil {
		return "", info, false, err
	}
	now, err := infoAt(at, name, unix.AT_SYMLINK_NOFOLLOW)
	if err == nil && !now.Same(info) {
		err = unix.ELOOP
	}
	return string(b[:n]), info, false, err
}

func renameNew(int, string, string) error { return unix.ENOSYS }
