package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// renameNew renames a file and never replaces one.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		return renameByLink(from, to)
	}
	return err
}

// age is how long ago the file was made, 0 where the file system does not say.
func age(fd int, now time.Time) time.Duration {
	var st unix.Statx_t
	err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_BTIME, &st)
	if err != nil || st.Mask&unix.STATX_BTIME == 0 {
		return 0
	}
	return max(0, now.Sub(time.Unix(st.Btime.Sec, int64(st.Btime.Nsec))))
}
