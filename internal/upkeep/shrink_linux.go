package upkeep

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// giveBackCode takes this program's code out of its memory: most of it was for
// the start and is never needed again, and what is needed comes back from the
// page cache by itself. It is half of what an idle dmon would otherwise have
// mapped. Failures are not worth a word.
func giveBackCode() {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return
	}
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(maps)) {
		from, to, ok := codeRange(line, exe)
		if !ok {
			continue
		}
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED)
	}
}

// lowCode is above every address that a program linked for a fixed place has,
// and below those of one that can be moved. Moved ones have read-only data that
// was changed at the start and would be lost.
const lowCode = 1 << 28

// codeRange reads a line of /proc/self/maps; ok is true for pages of exe that
// cannot have been written to.
func codeRange(line, exe string) (from, to uintptr, ok bool) {
	f := strings.Fields(line)
	if len(f) < 6 || f[1] != "r-xp" && f[1] != "r--p" || !strings.HasSuffix(strings.TrimSuffix(line, "\n"), " "+exe) {
		return 0, 0, false
	}
	low, high, _ := strings.Cut(f[0], "-")
	a, err := strconv.ParseUint(low, 16, 64)
	b, berr := strconv.ParseUint(high, 16, 64)
	if err != nil || berr != nil || b > lowCode {
		return 0, 0, false
	}
	return uintptr(a), uintptr(b), true
}
