//go:build linux && amd64

package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// patience bounds every wait for something that takes milliseconds when all
// is well; only failures use it up.
const patience = 8 * time.Second

// door is held while a process is started, and for good once we leave: after
// that nothing can be started that sweep would not see.
var door sync.Mutex

// spawn executes argv, whose first word is a path, in directory dir, in a
// session of its own, its standard error going to stderr. All tools get the
// same small environment.
func spawn(argv []string, dir string, stderr int) (int, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	attr := &syscall.ProcAttr{
		Dir:   dir,
		Env:   environment(),
		Files: []uintptr{null.Fd(), null.Fd(), uintptr(stderr)},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	}
	door.Lock()
	defer door.Unlock()
	pid, err := syscall.ForkExec(argv[0], argv, attr)
	if err != nil {
		return 0, fmt.Errorf("cannot start %s: %w", argv[0], err)
	}
	return pid, nil
}

// environment keeps GOMAXPROCS, GOGC, DMON_OPTIONS and the like away from
// everything measured.
func environment() []string {
	list := []string{"PATH=" + os.Getenv("PATH"), "HOME=/", "LANG=C"}
	if home := os.Getenv(homeVariable); home != "" {
		list = append(list, homeVariable+"="+home)
	}
	return list
}

// sweep kills every process below this one and waits until none is left, not
// longer than limit. It relies on becomeSubreaper: whatever loses its parent
// becomes our child before that parent can be waited for.
func sweep(limit time.Duration) error {
	end := stage.Now() + int64(limit)
	for {
		pids := stage.Children(os.Getpid())
		if len(pids) == 0 {
			return nil
		}
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		for _, pid := range pids {
			if !reap(pid, time.Duration(end-stage.Now())) {
				return fmt.Errorf("%d processes are left, %d among them", len(pids), pid)
			}
		}
	}
}

// reap waits for child pid, not longer than limit, and says whether it is gone.
func reap(pid int, limit time.Duration) bool {
	_, err := exitOf(pid, limit)
	return err == nil || errors.Is(err, syscall.ECHILD) || errors.Is(err, syscall.ESRCH)
}

// exitOf waits for child pid, not longer than limit, and returns its status.
func exitOf(pid int, limit time.Duration) (syscall.WaitStatus, error) {
	fd, err := pidfd(pid)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	if _, err := await(limit, fd); err != nil {
		return 0, fmt.Errorf("process %d goes on: %w", pid, err)
	}
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
		if err != syscall.EINTR {
			return status, err
		}
	}
}

// leave ends the bench: nothing it started survives, dirs are removed. It is the
// only way out, from main and from the signal handler alike; who comes second
// waits for the first to be done.
func leave(status int, dirs ...string) {
	door.Lock() // and never again unlocked
	if err := sweep(5 * time.Second); err != nil {
		stage.Tell("%v", err)
		status = 1
	}
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			stage.Tell("%v", err)
			status = 1
		}
	}
	os.Exit(status)
}

// leaveOnSignal makes ^C, TERM and HUP end the bench, whatever it is doing.
func leaveOnSignal(dirs ...string) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		s := (<-c).(syscall.Signal)
		stage.Tell("%v: ending everything", s)
		leave(128+int(s), dirs...)
	}()
}
