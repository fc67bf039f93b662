package events

import (
	"strconv"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// pipeWhole is how much a pipe takes whole or not at all, in bytes: PIPE_BUF.
const pipeWhole = 4096

// socketAt is a name for the socket itself, which nobody can put a link in place of;
// done gives it back.
func socketAt(d *place.Dir, name string) (to string, done func(), err error) {
	fd, info, err := d.OpenFD(name, unix.O_PATH, 0)
	if err != nil {
		return "", nil, err
	}
	if !info.Is(unix.S_IFSOCK) {
		unix.Close(fd)
		return "", nil, unix.ECONNREFUSED
	}
	return "/proc/self/fd/" + strconv.Itoa(fd), func() { unix.Close(fd) }, nil
}
