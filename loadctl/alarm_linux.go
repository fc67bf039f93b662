package loadctl

import (
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// fdAlarm is an alarm of the kernel's. As long as a timer of the Go runtime is
// pending, the runtime's monitor thread wakes with it and stays up for a few
// rounds: five context switches to ten for each ring. The runtime waits for a
// descriptor in the one epoll it has anyway, and the monitor sleeps on.
type fdAlarm struct {
	file  *os.File
	conn  syscall.RawConn
	early atomic.Bool // now was called since the last ring began
}

// newAlarm returns the cheapest alarm there is.
func newAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimerAlarm() // it costs more and does the same
	}
	file := os.NewFile(uintptr(fd), "timerfd")
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return newTimerAlarm()
	}
	return &fdAlarm{file: file, conn: conn}
}

func (a *fdAlarm) run(first time.Duration, ring func() time.Duration) {
	wait := func() time.Duration { return first }
	next := func() time.Duration {
		a.early.Store(false)
		return ring()
	}
	// Read calls back at once, and then whenever the descriptor has become
	// readable, until it is closed. Nothing needs to be read: to set the timer
	// takes back that it expired.
	_ = a.conn.Read(func(fd uintptr) (done bool) {
		err := set(fd, wait())
		wait = next
		// This one may just have undone what now did.
		if a.early.Load() {
			err = set(fd, 0)
		}
		// It fails for a wrong descriptor or a wrong time, and both are ours.
		return err != nil
	})
}

func set(fd uintptr, wait time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(wait, 1)))} // 0 would be never
	return unix.TimerfdSettime(int(fd), 0, &spec, nil)
}

func (a *fdAlarm) now() {
	a.early.Store(true)
	_ = a.conn.Control(func(fd uintptr) { _ = set(fd, 0) })
}

// close waits until run is out of ring, since run holds the descriptor.
func (a *fdAlarm) close() { a.file.Close() }
