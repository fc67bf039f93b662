package speech

import (
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// writeNoWait writes p to fd, which has room for a part of it at least. Others
// have fd, too: O_NONBLOCK on it would be their matter, and between a look at
// the room and a write they can fill it. So each kind is asked in its own way
// not to wait. None of the calls can end us: the runtime takes SIGPIPE.
func writeNoWait(fd int, p []byte) (int, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, err
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFSOCK:
		return unix.SendmsgN(fd, p, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	case unix.S_IFIFO:
		n, err := unix.Pwritev2(fd, [][]byte{p}, -1, unix.RWF_NOWAIT)
		if err == unix.EOPNOTSUPP || err == unix.ENOSYS || err == unix.EINVAL {
			return writeAgain(fd, p) // before Linux 6.4
		}
		return n, err
	case unix.S_IFCHR:
		if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil {
			return writeTerminal(fd, p)
		}
	}
	return unix.Write(fd, p)
}

// writeTerminal writes to a terminal. Where that has little room, only a
// description that does not wait writes less than all. With "stty tostop" a
// program in the background would be stopped for it, unless it holds back the
// signal.
func writeTerminal(fd int, p []byte) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ttou, before unix.Sigset_t
	ttou.Val[0] |= 1 << (unix.SIGTTOU - 1)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &ttou, &before) == nil {
		defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) }()
	}
	return writeAgain(fd, p)
}

// writeAgain writes through a description of its own, which does not wait.
// Where there is none to be had, for want of /proc or of rights, the look at
// the room has to do.
func writeAgain(fd int, p []byte) (int, error) {
	again, err := unix.Open("/proc/self/fd/"+strconv.Itoa(fd), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return unix.Write(fd, p)
	}
	defer unix.Close(again)
	return unix.Write(again, p)
}
