package condition

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dmon/supervise"
)

// handAlarm is an alarm that keeps what it was set to.
type handAlarm struct{ when time.Time }

func (h *handAlarm) set(when time.Time) { h.when = when }
func (*handAlarm) listen(func())        {}

// The clock goes on to where the alarm was set, and is set by others meanwhile.
func TestHours(t *testing.T) {
	now := at(t, "Europe/Berlin", "2026-03-27 21:00:00") // a Friday
	alarm := &handAlarm{}
	h := &hours{zone: now.Location(), wall: func() time.Time { return now.UTC() }, alarm: alarm}
	for i, list := range []string{"22:00-06:00", "sun 02:30-03:30,sat", "20:00-21:30", "mon-sun"} {
		h.list = append(h.list, timed{Timed: Timed{Condition: i, Schedule: parse(t, list), Early: i == 2}})
	}
	var told []string
	tell := func(met supervise.Met) { told = append(told, fmt.Sprint(met.Condition, met.Now, " ", met.Text)) }
	for _, in := range h.early() {
		tell(in.(supervise.Met))
	}
	expect := func(what, want string) {
		t.Helper()
		h.look(tell)
		if got := strings.Join(told, "; "); got != want {
			t.Errorf("%s: %s, not %s", what, got, want)
		}
		told = nil
	}
	next := func(want string) {
		t.Helper()
		now = alarm.when
		expect(now.Format("2006-01-02 15:04 MST"), want)
	}
	expect("at first", "2 true it is Fri 21:00; 3 true it is Fri 21:00")
	next("2 false it is Fri 21:30")
	next("0 true it is Fri 22:00")
	next("1 true it is Sat 00:00")
	next("0 false it is Sat 06:00")
	next("2 true it is Sat 20:00")
	next("2 false it is Sat 21:30")
	next("0 true it is Sat 22:00")
	next("1 false it is Sun 00:00")
	next("1 true it is Sun 03:00") // there is no half past two
	next("1 false it is Sun 03:30")
	next("0 false it is Sun 06:00")
	now = now.Add(-7 * time.Hour)
	expect("set back", "0 true it is Sat 22:00; 1 true it is Sat 22:00")
	now = now.Add(12 * time.Hour)
	expect("set forth", "0 false it is Sun 11:00; 1 false it is Sun 11:00")
	now = now.Add(-time.Minute)
	expect("set a little", "")
	h.list = h.list[3:]
	expect("always", "")
	if !alarm.when.IsZero() {
		t.Errorf("an alarm at %v for what never changes", alarm.when)
	}
}

// The alarm of the kernel rings.
func TestWallAlarm(t *testing.T) {
	alarm, err := newWallAlarm()
	do(t, err)
	rung := make(chan bool)
	go alarm.listen(func() { rung <- true })
	<-rung // at the beginning
	for _, when := range []time.Time{time.Now().Add(10 * time.Millisecond), time.Now().Add(-time.Hour), time.Now().Add(30 * time.Millisecond)} {
		alarm.set(time.Time{})
		alarm.set(when)
		<-rung
		if time.Now().Before(when) {
			t.Errorf("it rang before %v", when)
		}
	}
}
