package logpipe

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// briefTime is how long a wait may last of which the Go runtime is not told. It
// is shorter than the time after which its scheduler would try to take the
// processor away.
const briefTime = 5 * time.Millisecond

// interruptions bounds how often a signal may begin such a wait anew.
const interruptions = 3

// napFrom is the length of an unfinished line from which on looking at it
// again for every byte that is added would cost too much.
const napFrom = 32 << 10

// waiter waits for something new in a pipe, or for a wake-up.
type waiter struct {
	epoll  int
	wake   int
	steady bool // lines keep coming: the last wait was a brief one
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
	if w.steady && (wait < 0 || wait > briefTime) {
		n = briefWait(w.epoll, events[:])
	}
	if n == 0 {
		n, err = unix.EpollWait(w.epoll, events[:], milliseconds(wait))
		for err == unix.EINTR {
			rest := wait
			if wait >= 0 {
				rest = max(0, wait-time.Since(start))
			}
			n, err = unix.EpollWait(w.epoll, events[:], milliseconds(rest))
		}
	}
	w.steady = time.Since(start) < briefTime
	switch {
	case err != nil:
		return false, fmt.Errorf("cannot wait for input: %w", err)
	case n <= 0:
		return false, ErrTimeout
	}
	return w.heard(events[:n])
}

// brief waits as wait does, but only where lines have come one by one, and
// only for as long as another may be expected. ErrTimeout says nothing about
// the pipe.
func (w *waiter) brief(limit limit) (ended bool, err error) {
	if left := limit.left(); !w.steady || left >= 0 && left <= briefTime {
		return false, ErrTimeout
	}
	var events [2]unix.EpollEvent
	n := briefWait(w.epoll, events[:])
	if n == 0 {
		w.steady = false
		return false, ErrTimeout
	}
	return w.heard(events[:n])
}

// nap lets lines gather in the pipe fd, for a time of which the Go runtime is not
// told, as in briefWait. It ends early when the pipe's other end is closed.
func (w *waiter) nap(fd int, time time.Duration) error {
	fds := [2]unix.PollFd{{Fd: int32(w.wake), Events: unix.POLLIN}, {Fd: int32(fd)}}
	ts := unix.NsecToTimespec(int64(time))
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), uintptr(len(fds)), uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
	if errno == 0 && n > 0 && fds[0].Revents != 0 {
		return ErrWoken
	}
	return nil
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

// briefWait waits for briefTime at most, without telling the Go runtime. A
// thread that does tell it loses its processor and has to get it back: for a
// trickle of lines that costs more than all the work. Neither may the signal
// count by which the runtime asks for the processor every ten milliseconds:
// nobody else wants it. It returns 0 when there is nothing yet.
func briefWait(epoll int, events []unix.EpollEvent) int {
	for range interruptions {
		n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll),
			uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)),
			uintptr(briefTime/time.Millisecond), 0, 0)
		if errno == 0 {
			return int(n)
		}
		if errno != unix.EINTR {
			break
		}
	}
	return 0
}
