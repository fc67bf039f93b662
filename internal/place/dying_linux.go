package place

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// dyingTime bounds how long a process that was killed is waited for, in
// milliseconds: one that hangs in a system call may not end at all.
const dyingTime = 10_000

// Outlive waits for the end of process pid, where that has been killed and is on its way out, and
// reports whether there was anything to wait for. A process lets go of its locks
// after it has become what looks like a zombie, when the last of its threads has
// ended, which takes its time on a busy machine.
func Outlive(pid int) bool {
	if pid <= 0 || pid == os.Getpid() || !dying(pid) {
		return false
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		// It is gone by now, or this kernel cannot say when.
		return errors.Is(err, unix.ESRCH)
	}
	defer unix.Close(fd)
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, dyingTime)
		if !errors.Is(err, unix.EINTR) {
			return err == nil && n > 0
		}
	}
}

// dying reports whether the process was sent KILL or has begun to end. One whose
// first thread alone has ended looks the same, and nobody knows for how long.
func dying(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH)
	}
	for line := range bytes.Lines(text) {
		name, value, _ := strings.Cut(string(line), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "State":
			if value[:min(1, len(value))] == "Z" || value[:min(1, len(value))] == "X" {
				return true
			}
		case "SigPnd", "ShdPnd":
			set, err := strconv.ParseUint(value, 16, 64)
			if err == nil && set&(1<<(unix.SIGKILL-1)) != 0 {
				return true
			}
		}
	}
	return false
}
