package condition

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dmon/supervise"
)

// supply makes what the kernel would tell of a power supply: "type=Battery
// status=Full".
func supply(t *testing.T, root, name, words string) {
	t.Helper()
	do(t, os.MkdirAll(filepath.Join(root, name), 0o755))
	for word := range strings.FieldsSeq(words) {
		key, value, _ := strings.Cut(word, "=")
		write(t, filepath.Join(root, name, key), value+"\n")
	}
}

func TestOnBattery(t *testing.T) {
	const mouse, out, in = "hid=type=Battery scope=Device status=Discharging", "AC=type=Mains online=0", "AC=type=Mains online=1"
	for _, c := range []struct {
		what    string
		tree    []string
		on, has bool
	}{
		{"nothing", nil, false, false},
		{"a desktop with a mouse", []string{mouse}, false, false},
		{"and mains", []string{in, mouse}, false, false},
		{"a notebook in its dock", []string{in, "BAT0=type=Battery status=Charging", mouse}, false, true},
		{"taken out", []string{out, "BAT0=type=Battery status=Discharging", mouse}, true, true},
		{"two batteries, one rests", []string{out, "BAT0=type=Battery status=Unknown", "BAT1=type=Battery status=Discharging scope=System"}, true, true},
		{"by USB-C", []string{out, "BAT0=type=Battery status=Discharging", "ucsi=type=USB online=2"}, false, true},
		{"full, and the plug is out", []string{out, "BAT0=type=Battery status=Full"}, false, true},
		{"no mains known", []string{"BAT0=type=Battery status=Discharging"}, true, true},
		{"a UPS", []string{"ups=type=UPS status=Discharging"}, true, true},
		{"a battery that tells nothing", []string{"BAT0=type=Battery"}, false, true},
	} {
		root := t.TempDir()
		for _, one := range c.tree {
			name, words, _ := strings.Cut(one, "=")
			supply(t, root, name, words)
		}
		if on, has, err := onBattery(root); on != c.on || has != c.has || err != nil {
			t.Errorf("%s: %v, %v, %v", c.what, on, has, err)
		}
	}
	if _, _, err := onBattery("/nowhere"); err == nil {
		t.Error("no error where nothing is told")
	}
}

// What is told, and when it is looked at.
func TestBatteryIsTold(t *testing.T) {
	root := t.TempDir()
	supply(t, root, "BAT0", "type=Battery status=Discharging")
	supply(t, root, "AC", "type=Mains online=0")
	b := &battery{root: root, deaf: true, list: []powered{{Powered: Powered{Condition: 3, Early: true}}, {Powered: Powered{Condition: 5}}}}
	var told []string
	tell := func(met supervise.Met) { told = append(told, fmt.Sprint(met.Condition, met.Now)) }
	first, err := b.early()
	do(t, err)
	for _, in := range first {
		tell(in.(supervise.Met))
	}
	now := time.Unix(1_000_000_000, 0)
	expect := func(after time.Duration, want string) {
		t.Helper()
		now = now.Add(after)
		b.look(now, tell)
		if got := strings.Join(told, ", "); got != want {
			t.Errorf("told %s, not %s", got, want)
		}
		told = nil
	}
	expect(0, "3 true, 5 true")
	supply(t, root, "AC", "online=1")
	expect(BatteryEach-1, "")
	expect(1, "3 false, 5 false")
	do(t, os.RemoveAll(root))
	expect(BatteryEach, "")
	supply(t, root, "BAT0", "type=Battery status=Discharging")
	expect(BatteryEach, "3 true, 5 true")
	b.deaf = false
	do(t, os.RemoveAll(filepath.Join(root, "BAT0")))
	expect(time.Hour, "")
}

// The kernel tells of its devices, and of no others.
func TestUevents(t *testing.T) {
	if _, err := hearUevents(t.TempDir()); err == nil {
		t.Error("what is not the kernel's is believed to tell")
	}
	u, err := hearUevents("/sys/class")
	do(t, err)
	rung := make(chan bool)
	go u.listen(func() { rung <- true })
	<-rung // at the beginning
	for _, subsystem := range []string{"mem", "power_supply", "mem"} {
		u.told("")
		do(t, os.WriteFile("/sys/class/mem/null/uevent", []byte("change"), 0))
		<-rung
		if u.told(subsystem) != (subsystem == "mem") {
			t.Errorf("%s: it is the other way round", subsystem)
		}
	}
}
