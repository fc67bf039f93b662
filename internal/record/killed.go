package record

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

// killed is the number of a last holder who did not give the name back.
func (e *Entry) killed() int {
	pid := holder(e.lock)
	if pid == 0 {
		return 0
	}
	text, err := readFile(e.dir, recordFile)
	if err != nil {
		return pid // it was killed before it said anything
	}
	if o, err := varlink.ParseObject(strings.TrimSpace(string(text))); err == nil && !ofThisBoot(o) {
		return 0
	}
	return pid
}

// Tidy removes what dmons that were killed have left at automatic names made of base
// and their number, in the home of this process's user. Such a record stays for as long
// as nobody starts the same command anew, so that one can see what has happened.
func (h *Home) Tidy(base string) {
	names, err := h.dir.Names()
	if err != nil {
		return
	}
	looks := mostLooks
	for _, name := range names {
		i := strings.LastIndexByte(name, '.')
		if i < 0 || !strings.HasPrefix(base, name[:i]) {
			continue
		}
		pid, err := strconv.Atoi(name[i+1:])
		if err != nil || pid <= 0 || pid == os.Getpid() || automatic(base, pid) != name {
			continue
		}
		// There may be a thousand that live, which this passes over. The lock has the last
		// word: in a container nobody may ask how those ended that are gone.
		if !errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			if looks--; looks < 0 {
				continue
			}
		}
		if d, err := h.Dir(name); err == nil {
			_, err = d.Stat(lockFile)
			held := lives(d)
			d.Close()
			if held || errors.Is(err, os.ErrNotExist) {
				continue
			}
		}
		if e, err := h.claim(name, false); err == nil {
			e.Release(false)
		}
	}
}

// mostLooks is at how many processes Tidy looks that seem to live.
const mostLooks = 32

// automatic is the name of process pid where base is taken.
func automatic(base string, pid int) string {
	end := "." + strconv.Itoa(pid)
	return base[:min(len(base), MaxName-len(end))] + end
}
