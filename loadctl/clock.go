package loadctl

import "time"

// Clock calls a function again and again in a goroutine of its own, as cheaply as
// the system lets it: see fdAlarm.
type Clock struct{ alarm alarm }

// NewClock calls ring after first, and from then on after what ring returned, until
// the process ends.
func NewClock(first time.Duration, ring func() time.Duration) *Clock {
	c := &Clock{alarm: newAlarm()}
	go c.alarm.run(first, ring)
	return c
}

// Now has it ring at once. Any goroutine may call it.
func (c *Clock) Now() { c.alarm.now() }
