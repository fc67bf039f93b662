package daemon

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// executable is this program even if its file was replaced or removed. Without
// /proc it is what its name leads to, as for the shell that started it.
func executable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Readlink(self); err == nil {
		return self, nil
	}
	name := os.Args[0]
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, dir := range strings.Split(os.Getenv("PATH"), ":") {
		if path := dir + "/" + name; dir != "" && unix.Access(path, unix.X_OK) == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("/proc is not mounted, and %q is not in PATH", name)
}

// name undoes what executing that path did to the name that ps(1) shows.
func name() {
	// Nothing depends on it, so a failure is not worth a word.
	_ = os.WriteFile("/proc/self/comm", []byte("dmon"), 0)
}

// closeOnExec has every descriptor above standard error closed in what we
// execute.
func closeOnExec() {
	if err := unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil && !errors.Is(err, unix.EBADF) {
		closeOnExecEach("/proc/self/fd")
	}
}

func redirect(from, to int) error { return unix.Dup3(from, to, 0) }
