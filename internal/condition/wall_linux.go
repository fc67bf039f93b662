package condition

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// wallTimer is a timer of the kernel's for the time of the day: it counts while the
// machine sleeps, and rings when somebody sets the clock.
type wallTimer struct{ *bell }

func newWallAlarm() (wallAlarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	b, err := newBell(fd, "wall clock")
	return wallTimer{b}, err
}

// farOff is later than anybody waits; there has to be some time, or else the kernel
// would not tell that the clock was set.
var farOff = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

func (w wallTimer) set(when time.Time) {
	if when.IsZero() {
		when = farOff
	}
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(when.UnixNano())}
	// It sets the timer also when it says that the clock was set since.
	for range 2 {
		err := unix.TimerfdSettime(w.fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &spec, nil)
		if !errors.Is(err, unix.ECANCELED) {
			break
		}
	}
	w.ready()
}
