package proc

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Ignored returns the signals that this program was started with as ignored,
// bit n-1 for signal n, as far as Go's runtime has left that to be seen: HUP,
// INT, and those of job control. Call it before any of them is subscribed to.
func Ignored() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if mask, ok := strings.CutPrefix(line, "SigIgn:"); ok {
			n, _ := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
			return n
		}
	}
	return 0
}

// RestoreLimits gives this program, and with it every child, the limit of open
// files it was started with. Go raises the soft limit when a program begins,
// and undoes that only on its own ways to execute another; executing nothing
// is the one that comes back.
func RestoreLimits() { _ = syscall.Exec("", nil, nil) }
