package supervise

import (
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var signalNames = map[string]syscall.Signal{
	"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL, "HUP": syscall.SIGHUP,
	"QUIT": syscall.SIGQUIT, "USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2,
}

// parsePolicy reads options as CONTRACT.md writes them, with its defaults;
// "--" at the end stands for any log command, --drain for its 10 s.
func parsePolicy(t testing.TB, options string) Policy {
	t.Helper()
	p := Policy{
		MaxRespawns: -1,
		MinUptime:   time.Second,
		Backoff:     Backoff{Min: time.Second, Max: 30 * time.Second},
		Success:     StatusSet{Codes: map[int]bool{0: true}},
		Ladder:      parseLadder(t, "TERM/10s/KILL"),
		Drain:       10 * time.Second,
	}
	words := strings.Fields(options)
	for len(words) > 0 {
		option := words[0]
		words = words[1:]
		switch option {
		case "-1":
			p.Once = true
			continue
		case "--mail":
			p.Mail = []string{"sendmail"}
			continue
		case "--kill-mode=main":
			p.MainOnly = true
			continue
		case "--ready-check":
			p.Ready.Told = true
			p.Ready.Check = &Check{Argv: []string{"ask"}, Every: time.Second, First: Backoff{100 * time.Millisecond, time.Second}, Limit: 5 * time.Second}
			continue
		case "--await":
			p.Ready.Awaited = true
			continue
		case "--ready":
			p.Ready.Told = true
			continue
		case "--tty":
			p.Terminal = true
			continue
		case "--":
			p.Log, words = true, nil
			continue
		}
		if len(words) == 0 {
			t.Fatalf("%s: %s needs a value", options, option)
		}
		p.set(t, option, words[0])
		words = words[1:]
	}
	return p
}

func (p *Policy) set(t testing.TB, option, value string) {
	t.Helper()
	switch option {
	case "-m":
		p.MaxRespawns = mustInt(t, value)
	case "-i":
		p.Interval = mustDuration(t, value)
	case "-t":
		p.Timeout = mustDuration(t, value)
	case "--min-uptime":
		p.MinUptime = mustDuration(t, value)
	case "--backoff":
		from, to, _ := strings.Cut(value, ":")
		p.Backoff = Backoff{mustDuration(t, from), mustDuration(t, to)}
	case "--give-up":
		n, window, _ := strings.Cut(value, "/")
		p.GiveUp = GiveUp{mustInt(t, n), mustDuration(t, window)}
	case "--after-give-up":
		if p.AfterGiveUp.Hold = value == "hold"; !p.AfterGiveUp.Hold {
			p.AfterGiveUp.Again = mustDuration(t, value)
		}
	case "--success":
		p.Success = parseSet(t, value)
	case "--no-respawn-on":
		p.NoRespawnOn = parseSet(t, value)
	case "--stop-sequence":
		p.Ladder = parseLadder(t, value)
	case "-k":
		p.Ladder = parseLadder(t, "TERM/"+value+"/KILL")
	case "--if":
		p.Conditions = append(p.Conditions, parseCondition(t, value))
	case "--hook":
		p.Hooks = append(p.Hooks, parseHook(value))
	case "--stop-command":
		p.StopCommand, p.StopLimit = []string{"stop"}, mustDuration(t, value)
	case "--ready-after":
		p.Ready.After = mustDuration(t, value)
	case "--ready-timeout":
		p.Ready.Limit = mustDuration(t, value)
	case "--watchdog":
		p.Watchdog = mustDuration(t, value)
	case "--beat":
		p.Beat = mustDuration(t, value)
	case "--drain":
		p.Drain = mustDuration(t, value)
	case "--key-wait":
		p.KeyWait = mustDuration(t, value)
	case "-s":
		p.Forward[Cmd] = parseSignals(t, value)
	case "-S":
		p.Forward[Log] = parseSignals(t, value)
	default:
		t.Fatalf("unknown option %s", option)
	}
}

// parseCondition is DOING:WHY, like tell:memory, restart:age=1h~10m, or USR1:changed;
// the chance takes half of the spread.
func parseCondition(t testing.TB, value string) Condition {
	t.Helper()
	do, what, _ := strings.Cut(value, ":")
	k := Condition{Text: what, Do: Doing(slices.Index([]string{"restart", "stop", "pause", "send", "tell"}, do))}
	if k.Do < 0 {
		k.Do, k.Signal = DoSend, parseSignal(t, do)
	}
	word, age, _ := strings.Cut(what, "=")
	switch word {
	case "works":
		k.Check = &Check{Argv: []string{"works"}, Every: 10 * time.Second, Limit: 5 * time.Second}
		return k
	case "check":
		k.Check = &Check{Argv: []string{"fails"}, Every: 10 * time.Second, First: Backoff{time.Second, time.Second}, Limit: 5 * time.Second}
		k.Failures, k.Grace = 3, 90*time.Second
	}
	k.Why = parseWhy(word)
	if k.Why == ByAge {
		age, spread, two := strings.Cut(age, "~")
		if k.Age = mustDuration(t, age); two {
			k.Spread = mustDuration(t, spread)
		}
		k.Chance = func(d time.Duration) time.Duration { return d / 2 }
	}
	return k
}

// parseHook is a hook for some kinds of events, or all.
func parseHook(list string) Hook {
	h := Hook{On: map[string]bool{}, Argv: []string{"hook"}}
	for _, name := range Occasions {
		if list == "all" || slices.Contains(strings.Split(list, ","), name) {
			h.On[name] = true
		}
	}
	return h
}

// parseNotice is what a run says in some words.
func parseNotice(t testing.TB, run int, words []string) Notice {
	t.Helper()
	n := Notice{Run: run}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "ready":
			n.Ready = true
		case "reloading":
			n.Reloading = true
		case "stopping":
			n.Stopping = true
		case "alive":
			n.Alive = true
		case "ill":
			n.Ill = true
		case "earlier":
			n.Run--
		case "text":
			n.Text = &value
		case "extend":
			n.Extend = mustDuration(t, value)
		case "watchdog":
			n.Watchdog = mustDuration(t, value)
		default:
			t.Fatalf("%q is nothing to say", word)
		}
	}
	return n
}

func parseLadder(t testing.TB, s string) Ladder {
	t.Helper()
	var l Ladder
	for i, word := range strings.Split(s, "/") {
		if i%2 == 1 {
			l[len(l)-1].Wait = mustDuration(t, word)
			continue
		}
		name, target, _ := strings.Cut(word, ":")
		r := Rung{Signal: parseSignal(t, name)}
		for id, name := range targetNames {
			if target == name {
				r.Target = Target(id)
			}
		}
		l = append(l, r)
	}
	return l
}

func parseSet(t testing.TB, s string) StatusSet {
	t.Helper()
	set := StatusSet{Codes: map[int]bool{}, Signals: map[syscall.Signal]bool{}}
	for _, word := range strings.Split(s, ",") {
		if sig, ok := signalNames[word]; ok {
			set.Signals[sig] = true
		} else {
			set.Codes[mustInt(t, word)] = true
		}
	}
	return set
}

func parseSignals(t testing.TB, s string) []syscall.Signal {
	t.Helper()
	var sigs []syscall.Signal
	for _, word := range strings.Split(s, ",") {
		sigs = append(sigs, parseSignal(t, word))
	}
	return sigs
}

func parseSignal(t testing.TB, s string) syscall.Signal {
	t.Helper()
	if sig, ok := signalNames[s]; ok {
		return sig
	}
	return syscall.Signal(mustInt(t, s))
}

func parseStatus(t testing.TB, s string) syscall.WaitStatus {
	t.Helper()
	if n, ok := strings.CutPrefix(s, "sig"); ok {
		return syscall.WaitStatus(mustInt(t, n))
	}
	return syscall.WaitStatus(mustInt(t, s) << 8)
}

func mustInt(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func mustDuration(t testing.TB, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
