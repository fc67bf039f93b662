package logpipe

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// keenTime is how long a wait stays on the processor's doorstep while lines
// keep coming. It is shorter than the time after which the Go scheduler would
// try to take the processor away.
const keenTime = 5 * time.Millisecond

// interruptions bounds how often a signal may begin such a wait anew.
const interruptions = 3

// napFrom is the length of an unfinished line from which on looking at it
// again for every byte that is added would cost too much.
const napFrom = 32 << 10

// waiter waits for something new in a pipe, or for a wake-up.
type waiter struct {
	epoll int
	wake  int
	keen  bool // the last wait was a short one
}

func (w *waiter) open(fd, wake int) (err error) {
	w.wake = wake
	if w.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(fd)}
	if err = unix.EpollCtl(w.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return err
	}
	event = unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(wake)}
	return unix.EpollCtl(w.epoll, unix.EPOLL_CTL_ADD, wake, &event)
}

// woken says whether the wake descriptor is readable.
func (w *waiter) woken() bool { return w.pollWake(0) }

func (w *waiter) pollWake(wait time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(w.wake), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, milliseconds(wait))
	return err == nil && n > 0
}

// wait returns when something was added to the pipe, when its other end was
// closed, which is ended, or with ErrWoken or ErrTimeout. left is the length
// of the unfinished line in the pipe.
func (w *waiter) wait(wait time.Duration, left int) (ended bool, err error) {
	if left > napFrom {
		// About a tenth of the time goes into looking, then.
		if w.pollWake(time.Duration(left>>17) * time.Millisecond) {
			return false, ErrWoken
		}
	}
	start := time.Now()
	var events [2]unix.EpollEvent
	n := 0
	if w.keen && (wait < 0 || wait > keenTime) {
		n = keenWait(w.epoll, events[:])
	}
	if n == 0 {
		n, err = unix.EpollWait(w.epoll, events[:], milliseconds(wait))
	}
	w.keen = time.Since(start) < keenTime
	switch {
	case err == unix.EINTR:
		// The caller looks at its clock again and comes back.
		return false, ErrTimeout
	case err != nil:
		return false, fmt.Errorf("cannot wait for input: %w", err)
	case n <= 0:
		return false, ErrTimeout
	}
	return w.heard(events[:n])
}

// trickle waits as wait does, but only where lines have come one by one, and
// only for as long as another may be expected. ErrTimeout says nothing about
// the pipe.
func (w *waiter) trickle(wait time.Duration) (ended bool, err error) {
	if !w.keen || wait >= 0 && wait <= keenTime {
		return false, ErrTimeout
	}
	var events [2]unix.EpollEvent
	n := keenWait(w.epoll, events[:])
	if n == 0 {
		w.keen = false
		return false, ErrTimeout
	}
	return w.heard(events[:n])
}

// heard says what events mean.
func (w *waiter) heard(events []unix.EpollEvent) (ended bool, err error) {
	woken := false
	for _, e := range events {
		if e.Fd == int32(w.wake) {
			woken = true
		} else if e.Events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			ended = true
		}
	}
	if woken && !ended {
		// If the pipe had news as well, the next look finds it.
		err = ErrWoken
	}
	return ended, err
}

// keenWait waits for keenTime at most, without telling the Go scheduler. A
// thread that does tell it loses its processor and has to get it back: for a
// trickle of lines that costs more than all the work. Neither may the signal
// count by which the scheduler asks for the processor every ten milliseconds:
// nobody else wants it. It returns 0 when there is nothing yet.
func keenWait(epoll int, events []unix.EpollEvent) int {
	for range interruptions {
		n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll),
			uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)),
			uintptr(keenTime/time.Millisecond), 0, 0)
		if errno == 0 {
			return int(n)
		}
		if errno != unix.EINTR {
			break
		}
	}
	return 0
}
