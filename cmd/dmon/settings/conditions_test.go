package settings

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/supervise"
)

// What is wrong is said with the condition that it is about, and what is right instead.
func TestWrongConditions(t *testing.T) {
	for _, row := range []struct {
		do         supervise.Doing
		text, want string
	}{
		{supervise.DoStop, "", `"" is no condition, which begins with memory, cpu, procs, idle, age, `},
		{supervise.DoStop, "weather=bad", `"weather=bad" is no condition, which begins with memory, `},
		{supervise.DoStop, "memory", `"memory" lacks its value: it is memory=SIZE|N%[/TIME]`},
		{supervise.DoStop, "works= ", `"works= " lacks its value: it is works=COMMAND`},
		{supervise.DoStop, "memory=5m,cpu=5%", `"memory=5m,cpu=5%": "5m,cpu=5%" is not a percentage`},
		{supervise.DoStop, "memory=5x/1", `"memory=5x/1": "5x" is not a SIZE`},
		{supervise.DoStop, "memory=0", `"memory=0": whatever runs holds more`},
		{supervise.DoStop, "CPU=50%/0", `"CPU=50%/0": there is no average`},
		{supervise.DoStop, "cpu=50", `"cpu=50": "50" is not a percentage of a processor above 0, like 50%`},
		{supervise.DoStop, "idle=5ms", `"idle=5ms": it is looked at once a second`},
		{supervise.DoStop, "age=1h~", `"age=1h~": "" is not a TIME`},
		{supervise.DoStop, "age=0", `"age=0": an age of 0`},
		{supervise.DoStop, "HUP:age=1h", `"HUP:age=1h" is no condition: a signal before it is for --send-if`},
		{supervise.DoSend, "age=1h", `"age=1h" is not SIGNAL:COND, like HUP:age=1h`},
		{supervise.DoSend, "HUP:TERM:age=1h", `"TERM:age=1h" is no condition, which begins`},
		{supervise.DoPause, "battery=", `"battery=": battery has no value`},
		{supervise.DoPause, "hours=8-18", `"hours=8-18": "8-18" names no days`},
		{supervise.DoPause, "hours=mon 08:00-08:00", `"hours=mon 08:00-08:00": "08:00-08:00" begins when it ends`},
		{supervise.DoPause, "memory=1m", `"memory=1m": memory is for --restart-if, `},
		{supervise.DoStop, "changed=x", `"changed=x": changed is for --restart-if, --send-if, --tell-if`},
		{supervise.DoRestart, "works=true", `"works=true": works is for --stop-if, `},
	} {
		var list []rule
		err := addCondition(&list, row.do, row.text)
		if err == nil || !strings.HasPrefix(err.Error(), row.want) || list != nil {
			t.Errorf("%q: %v %v, not %q", row.text, err, list, row.want)
		}
	}
}

// FuzzCondition: what is accepted means something, and can be said.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{
		"memory=300m/1m", "memory=50%", "cpu=150%/5", "procs=3/0", "idle=25m:1%", "age=1h~10m", "fails=a b", "works=test -e x",
		"changed=/etc/x", "HUP:age=5", "help", "Memory=1", "age=~", "cpu=%", "hours=22:00-06:00", "battery",
	} {
		f.Add(s, 0)
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		c := Conditions{checks: checks{interval: time.Second, timeout: time.Second, failures: 3}}
		do := supervise.Doing(uint(n) % uint(len(doings)))
		err := addCondition(&c.restarts, do, s)
		var answer *cli.Answer
		if errors.As(err, &answer) {
			if strings.TrimSpace(s) != "help" || !strings.Contains(answer.Text, "fails=COMMAND") {
				t.Errorf("%q is answered: %s", s, answer.Text)
			}
			return
		}
		if err != nil {
			if len(c.restarts) > 0 || strings.TrimSpace(err.Error()) == "" {
				t.Errorf("%q: an error, %v, and %v", s, err, c.restarts)
			}
			return
		}
		c.resolve()
		k := c.restarts[0]
		kind := kindsOfCondition[k.kind]
		if k.Do != do || !slices.Contains(kind.does, do) || len(k.Text) < len(kind.word) || !strings.EqualFold(k.Text[:len(kind.word)], kind.word) {
			t.Errorf("%q: %+v", s, k)
		}
		if m := k.measured; m != nil && (m.Window < 0 || m.Limit < 0 || m.Limit == 0 && k.percent == 0 && m.Kind != condition.Procs) {
			t.Errorf("%q: %+v", s, m)
		}
		if k.Check != nil && (len(k.Check.Argv) == 0 || k.Check.Every <= 0 || k.Check.Limit <= 0 || k.Grace < 0) {
			t.Errorf("%q: %+v", s, k.Check)
		}
		if words := c.words(); len(words) != 1 || words[0] == "" {
			t.Errorf("%q: said as %q", s, words)
		}
	})
}
