package proc

import "syscall"

// wait reaps one child without blocking, or, where that is asked for, takes the
// news that one was stopped. Nobody else in this program waits,
// so no status can be taken away from anybody.
func wait(ws *syscall.WaitStatus, stopped bool) (int, error) {
	options := syscall.WNOHANG
	if stopped {
		options |= syscall.WUNTRACED
	}
	return syscall.Wait4(-1, ws, options, nil)
}
