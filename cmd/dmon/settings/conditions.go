package settings

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/supervise"
)

// Conditions are what ends, restarts or signals COMMAND, or is told, when something
// comes true. They end up in the Policy.
type Conditions struct {
	restarts, stops, pauses, sends, tells []rule
	checks
}

// rule is one of them. What is measured has a Rule, whose limit may be a part of
// the memory that there is, in percent.
type rule struct {
	supervise.Condition
	kind     int // of kindsOfCondition
	measured *condition.Rule
	percent  float64
	path     string // whose contents it is about
	hours    *condition.Schedule
	battery  bool
}

// doings are the options, in the order of --help and of the Policy.
var doings = [...]struct{ option, does string }{
	supervise.DoRestart: {"restart-if", "restarted when "},
	supervise.DoStop:    {"stop-if", "dmon stops it and ends when "},
	supervise.DoPause:   {"pause-if", "paused while "},
	supervise.DoSend:    {"send-if", "sent %s when "},
	supervise.DoTell:    {"tell-if", "told when "},
}

func (c *Conditions) define(f *cli.Flags) {
	f.Know(cli.Fact{Name: "a check", Holds: c.checked, Hint: func() string { return "a condition fails=COMMAND or works=COMMAND is one" }})
	add := func(do supervise.Doing, list *[]rule, kind, help string) {
		f.Add(cli.Each(list, kind, func(list *[]rule, s string) error { return addCondition(list, do, s) }), doings[do].option, "", help)
	}
	f.Group("Conditions", func() {
		add(supervise.DoRestart, &c.restarts, "COND", "stop COMMAND and start it anew when COND comes true;\nlike the next ones it may repeat, and help lists COND")
		add(supervise.DoStop, &c.stops, "COND", "stop COMMAND and end when COND comes true")
		add(supervise.DoPause, &c.pauses, "COND", "pause COMMAND as long as COND is true, and hold its start")
		add(supervise.DoSend, &c.sends, "SIGNAL:COND", "send its main process SIGNAL when COND comes true")
		add(supervise.DoTell, &c.tells, "COND", "tell when COND comes true, and when it is no longer")
		c.checks.define(f)
	})
	f.Row("condition", c.words)
}

// lists are those of each option.
func (c *Conditions) lists() [][]rule {
	return [][]rule{c.restarts, c.stops, c.pauses, c.sends, c.tells}
}

// all are the conditions of all options.
func (c *Conditions) all() (list []rule) {
	for _, some := range c.lists() {
		list = append(list, some...)
	}
	return list
}

// kindOfCondition is one row of what help lists.
type kindOfCondition struct {
	word, value, help string
	does              []supervise.Doing // what it is good for
	read              func(*rule, string) error
	words             func(*rule) string
}

// What most conditions are good for, and those that are about the world around, no
// reason to end, or both.
var (
	onRun    = []supervise.Doing{supervise.DoRestart, supervise.DoStop, supervise.DoSend, supervise.DoTell}
	onCheck  = append([]supervise.Doing{supervise.DoPause}, onRun...)
	onWorld  = []supervise.Doing{supervise.DoStop, supervise.DoPause, supervise.DoTell}
	onChange = []supervise.Doing{supervise.DoRestart, supervise.DoSend, supervise.DoTell}
)

var kindsOfCondition = []kindOfCondition{
	{"memory", "SIZE|N%[/TIME]", "its processes have held more for TIME (10s); N% is\nof the smallest limit above dmon, else of the machine", onRun, readMemory, memoryWords},
	{"cpu", "N%[/TIME]", "they have used more than N% of one processor,\naveraged over TIME (1m); 400% is four", onRun, readCPU, cpuWords},
	{"procs", "N[/TIME]", "there have been more than N of them for TIME (10s)", onRun, readProcs, procsWords},
	{"idle", "TIME[:N%]", "none of them has used more than N% (0.5%) of one\nprocessor for TIME", onRun, readIdle, idleWords},
	{"age", "TIME[~TIME]", "the run has lasted TIME, and a part of the second\nTIME more, by chance for each run (1h~10m)", onRun, readAge, ageWords},
	{"changed", "PATH", "the contents of a file, or of a directory's entries,\nare other than they were", onChange, readChanged, changedWords},
	{"fails", "COMMAND", "COMMAND has failed so often in a row as\n--check-failures says", onCheck, readFails, failsWords},
	{"works", "COMMAND", "COMMAND exits with 0", onWorld, readWorks, worksWords},
	{"hours", "LIST", "the local time is in LIST, like 22:00-06:00, or like\nmon-fri 08:00-18:00,sat", onWorld, readHours, hoursWords},
	{"battery", "", "the machine runs on a battery of its own", onWorld, readBattery, batteryWords},
}

// addCondition reads [SIGNAL:]KIND=VALUE.
func addCondition(list *[]rule, do supervise.Doing, s string) error {
	if s == "help" {
		return &cli.Answer{Text: conditionHelp(do)}
	}
	k := rule{Condition: supervise.Condition{Do: do, Text: s}}
	if do == supervise.DoSend {
		name, rest, ok := strings.Cut(s, ":")
		if !ok {
			return cli.Invalidf("%q is not SIGNAL:COND, like HUP:age=1h", s)
		}
		var err error
		if k.Signal, err = sentSignal(name); err != nil {
			return err
		}
		k.Text = rest
	}
	word, value, _ := strings.Cut(k.Text, "=")
	k.kind = slices.IndexFunc(kindsOfCondition, func(kind kindOfCondition) bool { return strings.EqualFold(kind.word, word) })
	if k.kind < 0 {
		return noCondition(&k)
	}
	kind := &kindsOfCondition[k.kind]
	switch {
	case !slices.Contains(kind.does, do):
		return cli.Invalidf("%q: %s is for %s", k.Text, kind.word, optionsOf(kind.does))
	case kind.value != "" && strings.TrimSpace(value) == "":
		return cli.Invalidf("%q lacks its value: it is %s=%s", k.Text, kind.word, kind.value)
	}
	if err := kind.read(&k, value); err != nil {
		return cli.Invalidf("%q: %v", k.Text, err)
	}
	*list = append(*list, k)
	return nil
}

// noCondition says what could be written in place of k.
func noCondition(k *rule) error {
	if _, rest, ok := strings.Cut(k.Text, ":"); ok && k.Do != supervise.DoSend && !strings.Contains(rest, ":") && strings.Contains(rest, "=") {
		return cli.Invalidf("%q is no condition: a signal before it is for --send-if", k.Text)
	}
	var words []string
	for _, kind := range kindsOfCondition {
		if slices.Contains(kind.does, k.Do) {
			words = append(words, kind.word)
		}
	}
	return cli.Invalidf("%q is no condition, which begins with %s: help lists them", k.Text, strings.Join(words, ", "))
}

// sentSignal reads a signal that does not stop what would then be taken for running.
func sentSignal(name string) (syscall.Signal, error) {
	sig, err := cli.ParseSignal(name)
	if err == nil && sig == syscall.SIGSTOP {
		err = cli.Invalidf("STOP would not be followed by a CONT")
	}
	return sig, err
}

func conditionHelp(do supervise.Doing) string {
	var b strings.Builder
	signal := ""
	if do == supervise.DoSend {
		signal = "SIGNAL:"
	}
	fmt.Fprintf(&b, "--%s %sCOND with one of these for COND:\n", doings[do].option, signal)
	for _, kind := range kindsOfCondition {
		if !slices.Contains(kind.does, do) {
			continue
		}
		for i, line := range strings.Split(kind.help, "\n") {
			head := ""
			if i == 0 {
				head = strings.TrimSuffix(kind.word+"="+kind.value, "=")
			}
			fmt.Fprintf(&b, "  %-24s %s\n", head, line)
		}
	}
	b.WriteString("TIME is seconds, or numbers with ms, s, m, h, d or w; SIZE is bytes, or a\nnumber with k, m, g or t\n")
	return b.String()
}

// optionsOf names the options that bring about one of list.
func optionsOf(list []supervise.Doing) string {
	var options []string
	for _, do := range list {
		options = append(options, "--"+doings[do].option)
	}
	return strings.Join(options, ", ")
}

func readAge(k *rule, value string) error {
	first, second, two := strings.Cut(value, "~")
	var err error
	if k.Age, err = cli.ParseTime(first); err == nil && two {
		k.Spread, err = cli.ParseTime(second)
	}
	if err == nil && k.Age == 0 {
		err = cli.Invalidf("an age of 0 is reached before anything is done")
	}
	k.Why, k.Chance = supervise.ByAge, byChance
	return err
}

// byChance is some part of d.
func byChance(d time.Duration) time.Duration { return rand.N(d + 1) }

func ageWords(k *rule) string {
	text := "a run has lasted " + cli.FormatTime(k.Age)
	if k.Spread > 0 {
		text += " and up to " + cli.FormatTime(k.Spread) + " more"
	}
	return text
}

// words says each condition in words.
func (c *Conditions) words() (list []string) {
	for _, k := range c.all() {
		does := doings[k.Do].does
		if k.Do == supervise.DoSend {
			does = fmt.Sprintf(does, cli.SignalName(k.Signal))
		}
		list = append(list, does+kindsOfCondition[k.kind].words(&k))
	}
	return list
}
