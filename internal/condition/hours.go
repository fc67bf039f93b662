package condition

import (
	"time"

	"dmon/supervise"
)

// Timed is a condition about the time of the day, by its index in the policy.
type Timed struct {
	Condition int
	Schedule
	Early bool // whether it is true has to be known before anything is started
}

// hours are the conditions about the time of the day.
type hours struct {
	list  []timed
	zone  *time.Location
	wall  func() time.Time // the time of the day; it may jump
	alarm wallAlarm
}

type timed struct {
	Timed
	met bool // as it was told
}

// look reports what has become true or no longer is since it did last, and sets the
// alarm for the next time that something does.
func (h *hours) look(tell func(supervise.Met)) {
	now := h.wall().In(h.zone)
	next := time.Time{}
	for i := range h.list {
		one := &h.list[i]
		if met := one.Holds(now); met != one.met {
			one.met = met
			tell(one.says(now))
		}
		if when, ok := one.Next(now); ok {
			next = earliest(next, when)
		}
	}
	h.alarm.set(next)
}

// early are those that have to be known before the beginning.
func (h *hours) early() (list []supervise.Input) {
	now := h.wall().In(h.zone)
	for i := range h.list {
		if one := &h.list[i]; one.Early && one.Holds(now) {
			one.met = true
			list = append(list, one.says(now))
		}
	}
	return list
}

func (t *timed) says(now time.Time) supervise.Met {
	return supervise.Met{Condition: t.Condition, Now: t.met, Text: "it is " + now.Format("Mon 15:04")}
}

// wallAlarm rings at a time of the day, and when the clock is set.
type wallAlarm interface {
	// set has it ring at when; the zero time is never, but for a clock that is set.
	set(when time.Time)
	// listen calls ring each time; it never returns.
	listen(ring func())
}
