//go:build !linux

package loadctl

// newAlarm returns the cheapest alarm there is.
func newAlarm() alarm { return newTimerAlarm() }
