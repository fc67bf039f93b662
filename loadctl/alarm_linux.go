package loadctl

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// fdAlarm is an alarm of the kernel's. As long as a timer of the Go runtime is
// pending, the runtime's monitor thread wakes with it and stays up for a few
// rounds: five context switches to ten for each ring. The runtime waits for a
// descriptor in the one epoll it has anyway, and the monitor sleeps on.
type fdAlarm struct {
	file *os.File
	conn syscall.RawConn
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
	return &fdAlarm{file, conn}
}

func (a *fdAlarm) run(first time.Duration, ring func() time.Duration) {
	wait := func() time.Duration { return first }
	// Read calls back at once, and then whenever the descriptor has become
	// readable, until it is closed. Nothing needs to be read: to set the timer
	// takes back that it expired.
	_ = a.conn.Read(func(fd uintptr) (done bool) {
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(wait(), 1)))} // 0 would be never
		wait = ring
		// This fails for a wrong descriptor or a wrong time, and both are ours.
		return unix.TimerfdSettime(int(fd), 0, &spec, nil) != nil
	})
}

// close waits until run is out of ring, since run holds the descriptor.
func (a *fdAlarm) close() { a.file.Close() }
