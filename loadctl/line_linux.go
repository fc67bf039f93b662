package loadctl

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockLine is a line made of locks on a file that all can read: a sign is a read
// lock on one byte, whose offset is the number. Such a lock needs no right to
// write, is in nobody's way, can be seen by everybody who asks whether he might
// write there, and goes with the process that holds it. So the file stays
// empty, and its directory is trusted with nothing.
type lockLine struct {
	dirs  []string
	file  *os.File // open as long as we show a sign
	shown [lanes][signs]int64
}

func newLine(dirs []string) line { return &lockLine{dirs: dirs} }

// byteOf is where a sign with number 0 would be.
func byteOf(lane Lane, what sign) int64 { return (int64(lane)*int64(signs) + int64(what) + 1) << 53 }

func (l *lockLine) show(lane Lane, what sign, number int64) {
	now := &l.shown[lane][what]
	if *now == number {
		return
	}
	if l.file == nil {
		file, err := openTurn(l.dirs)
		if err != nil {
			return // there is no place to meet
		}
		l.file = file
	}
	if *now != 0 {
		_ = lock(l.file, unix.F_UNLCK, byteOf(lane, what)+*now)
	}
	*now = number
	if number != 0 {
		_ = lock(l.file, unix.F_RDLCK, byteOf(lane, what)+number)
	} else if l.shown == ([lanes][signs]int64{}) {
		l.leave()
	}
}

func lock(file *os.File, kind int16, offset int64) error {
	l := unix.Flock_t{Type: kind, Whence: unix.SEEK_SET, Start: offset, Len: 1}
	return unix.FcntlFlock(file.Fd(), unix.F_OFD_SETLK, &l)
}

func (l *lockLine) see(lane Lane, what sign, first, last int64) (number int64, found bool) {
	if first >= last {
		return 0, false
	}
	file := l.file
	if file == nil {
		var err error
		if file, err = openTurn(l.dirs); err != nil {
			return 0, false
		}
		defer file.Close()
	}
	zero := byteOf(lane, what)
	ask := unix.Flock_t{Type: unix.F_WRLCK, Whence: unix.SEEK_SET, Start: zero + first, Len: last - first}
	if err := unix.FcntlFlock(file.Fd(), unix.F_OFD_GETLK, &ask); err != nil || ask.Type == unix.F_UNLCK {
		return 0, false
	}
	return max(first, ask.Start-zero), true
}

// leave unlocks before it closes: a child between fork and exec has the
// descriptor too.
func (l *lockLine) leave() {
	if l.file == nil {
		return
	}
	all := unix.Flock_t{Type: unix.F_UNLCK, Whence: unix.SEEK_SET}
	_ = unix.FcntlFlock(l.file.Fd(), unix.F_OFD_SETLK, &all)
	l.file.Close()
	*l = lockLine{dirs: l.dirs}
}

// sharedClock is in milliseconds of the clock that all processes share.
func sharedClock(time.Time) int64 {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return ts.Nano()/1e6 + 1
}
