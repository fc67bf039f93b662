package logfile

import (
	"os"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"dmon/internal/place"
)

// renameNew renames a file and never replaces one.
func renameNew(d *place.Dir, from, to string) error {
	err := unix.Renameat2(d.FD(), from, d.FD(), to, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		return renameByLink(d, from, to)
	}
	return err
}

// nameless is what makes open(2) give a file that has no name yet.
const nameless = unix.O_TMPFILE

// linkNameless gives a file without a name one, and never replaces a file.
func linkNameless(fd int, d *place.Dir, name string) error {
	err := unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), d.FD(), name, unix.AT_SYMLINK_FOLLOW)
	if err == unix.ENOENT {
		// There is no /proc. Where we may, this does without.
		err = unix.Linkat(fd, "", d.FD(), name, unix.AT_EMPTY_PATH)
	}
	return err
}

// made is when the file was made, where the file system says so.
func made(fd int) (at time.Time, ok bool) {
	var st unix.Statx_t
	err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_BTIME, &st)
	if err != nil || st.Mask&unix.STATX_BTIME == 0 {
		return at, false
	}
	return time.Unix(st.Btime.Sec, int64(st.Btime.Nsec)), true
}

// aclName is the attribute that holds an access list.
const aclName = "system.posix_acl_access"

// readACL returns the access list of a file, nil if it has none.
func readACL(fd int) []byte {
	var b [1024]byte
	n, err := unix.Fgetxattr(fd, aclName, b[:])
	switch {
	case err == unix.ERANGE:
		long := make([]byte, 64<<10)
		if n, err = unix.Fgetxattr(fd, aclName, long); err == nil {
			return long[:n]
		}
		return nil
	case err != nil || n <= 0:
		return nil
	}
	return append([]byte(nil), b[:n]...)
}

// writeACL gives a file an access list, or takes its own away if acl is nil.
func writeACL(fd int, acl []byte) error {
	if acl != nil {
		return unix.Fsetxattr(fd, aclName, acl, 0)
	}
	err := unix.Fremovexattr(fd, aclName)
	if err == unix.ENODATA || err == unix.ENOTSUP {
		return nil
	}
	return err
}

// written says whether some process has the file of fd, which is open for
// reading only, open for writing. sure is false where the system does not tell.
func written(fd int) (busy, sure bool) {
	// The kernel grants this lease only while nobody can write.
	_, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_RDLCK)
	switch err {
	case nil:
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_UNLCK)
		return false, true
	case unix.EAGAIN:
		return true, true
	}
	return false, false
}

// setTimes sets when a file was last read and written. It does without /proc.
func setTimes(fd int, read, written time.Time) error {
	times := [2]unix.Timespec{unix.NsecToTimespec(read.UnixNano()), unix.NsecToTimespec(written.UnixNano())}
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// isClosedStdout says whether fd was closed when the process began. The
// language's runtime opens the null device in such a place, for both ways and
// for that descriptor alone; who is given it by others is given it otherwise.
func isClosedStdout(fd int) bool {
	var out, null unix.Stat_t
	if unix.Fstat(fd, &out) != nil || unix.Stat(os.DevNull, &null) != nil || out.Rdev != null.Rdev || out.Ino != null.Ino {
		return false
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE != unix.O_RDWR {
		return false
	}
	pid := uintptr(os.Getpid())
	for _, other := range []int{0, 2} {
		const kcmpFile = 0
		r, _, errno := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, uintptr(fd), uintptr(other), 0)
		if errno != 0 || r == 0 {
			return false
		}
	}
	return true
}
