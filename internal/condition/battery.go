package condition

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"dmon/supervise"
)

// Powered is a condition that is true while the machine runs on a battery of its own,
// by its index in the policy.
type Powered struct {
	Condition int
	Early     bool // whether it is true has to be known before anything is started
}

// supplies is where the kernel tells of batteries, and of what else gives power.
const supplies = "/sys/class/power_supply"

// OnBattery reports whether the machine runs on a battery of its own: one of its
// batteries is being emptied, and nothing else gives power. Batteries of devices, such
// as a mouse, do not count. Has is whether it has one at all. It is an error where the
// kernel tells nothing of such things.
func OnBattery() (on, has bool, err error) { return onBattery(supplies) }

func onBattery(root string) (on, has bool, err error) {
	list, err := os.ReadDir(root)
	if err != nil {
		return false, false, err
	}
	given := false
	for _, one := range list {
		word := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(root, one.Name(), name)) // not all have all
			return strings.ToLower(strings.TrimSpace(string(text)))
		}
		switch kind := word("type"); {
		case word("scope") == "device":
		case kind == "battery", kind == "ups":
			has = true
			on = on || word("status") == "discharging"
		case word("online") == "1", word("online") == "2": // mains, usb, wireless; 2 adapts its voltage
			given = true
		}
	}
	return on && !given, has, nil
}

// battery are the conditions about it.
type battery struct {
	list []powered
	root string
	bell uevents
	deaf bool      // nothing tells of changes: it is looked at now and then,
	next time.Time // at this time
}

type powered struct {
	Powered
	met bool // as it was told
}

// BatteryEach is how often it is looked at where the kernel does not tell: a tree that
// is not its own, or a user namespace.
const BatteryEach = 5 * time.Second

// look reports what is another now.
func (b *battery) look(now time.Time, tell func(supervise.Met)) {
	if told := b.bell.told("power_supply"); !told && !b.next.IsZero() && !(b.deaf && reached(b.next, now)) {
		return
	}
	b.next = now.Add(BatteryEach)
	on, _, err := onBattery(b.root)
	if err != nil {
		return // it is as it was
	}
	for i := range b.list {
		if one := &b.list[i]; one.met != on {
			one.met = on
			tell(one.says())
		}
	}
}

// early are those that have to be known before the beginning. It is an error where
// nobody can know.
func (b *battery) early() (list []supervise.Input, err error) {
	on, _, err := onBattery(b.root)
	for i := range b.list {
		if one := &b.list[i]; one.Early && on {
			one.met = true
			list = append(list, one.says())
		}
	}
	return list, err
}

func (p *powered) says() supervise.Met {
	return supervise.Met{Condition: p.Condition, Now: p.met, Text: "the machine runs on a battery"}
}

// due is when it is looked at without being told.
func (b *battery) due() time.Time {
	if b.deaf {
		return b.next
	}
	return time.Time{}
}
