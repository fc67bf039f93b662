package proc

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// unheard reports whether a process that has ended with ws ended because nobody
// reads our standard output, which was its own: each run would end so.
func (s *Spec) unheard(ws syscall.WaitStatus) bool {
	const status = 128 + int(unix.SIGPIPE) // of a shell whose last command died of PIPE
	died := ws.Signaled() && ws.Signal() == unix.SIGPIPE || ws.Exited() && ws.ExitStatus() == status
	return died && s.Stdio[1] == unix.Stdout && s.Open[1] == "" && readerless(unix.Stdout)
}

// readerless reports whether fd is a pipe or a socket that nobody reads any more.
func readerless(fd int) bool {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return false
	}
	if kind := st.Mode & unix.S_IFMT; kind != unix.S_IFIFO && kind != unix.S_IFSOCK {
		return false
	}
	fds := []unix.PollFd{{Fd: int32(fd)}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0
}
