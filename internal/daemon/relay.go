package daemon

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// statusTerminated is the exit status for a second life that TERM has ended.
const statusTerminated = 128 + int(unix.SIGTERM)

// relay passes the signals that are to end us on to the second life, which is
// our child and not reaped before the relay has ended.
type relay struct {
	mu    sync.Mutex
	pid   int
	told  bool // a signal was passed on
	ended bool
}

func (r *relay) run(signals <-chan os.Signal) {
	for s := range signals {
		switch s {
		case unix.SIGTERM, unix.SIGINT, unix.SIGHUP:
			r.mu.Lock()
			if !r.ended {
				r.told = true
				_ = unix.Kill(r.pid, unix.SIGTERM)
			}
			r.mu.Unlock()
		}
	}
}

// end reports whether the second life was told to end, and sees to it that it
// no longer can be.
func (r *relay) end() (told bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	return r.told
}

// reap waits until the second life is really gone, so that nothing of it is
// there any more when the user reads that it failed.
func reap(pid int) (end syscall.WaitStatus) {
	for {
		if _, err := syscall.Wait4(pid, &end, 0, nil); !errors.Is(err, syscall.EINTR) {
			return end
		}
	}
}
