package notify

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// monotonic is now in microseconds of the clock that managers go by.
func monotonic() string {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // there is such a clock
	return strconv.FormatInt(t.Nano()/1000, 10)
}
