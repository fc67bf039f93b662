package main

import (
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// optional makes a parser for an option that is nil until it is given.
func optional[T any](parse func(string) (T, error)) func(string) (*T, error) {
	return func(s string) (*T, error) {
		x, err := parse(s)
		return &x, err
	}
}

// anyText is for words that check judges.
func anyText(s string) (string, error) { return s, nil }

func parsePath(s string) (string, error) {
	if s == "" {
		return "", cli.Invalidf("an empty path names no file")
	}
	return s, nil
}

func parseBackoff(s string) (supervise.Backoff, error) {
	low, high, two := strings.Cut(s, ":")
	b := supervise.Backoff{}
	var err error
	if b.Min, err = cli.ParseTime(low); err != nil {
		return b, err
	}
	if !two {
		// One value is the delay to begin with; the bound stays, unless it is less.
		b.Max = max(b.Min, newOptions().backoff.Max)
		return b, nil
	}
	if b.Max, err = cli.ParseTime(high); err != nil {
		return b, err
	}
	if b.Max < b.Min {
		return b, cli.Invalidf("%q: MAX is less than MIN", s)
	}
	return b, nil
}

func parseGiveUp(s string) (supervise.GiveUp, error) {
	count, window, ok := strings.Cut(s, "/")
	if !ok {
		return supervise.GiveUp{}, cli.Invalidf("%q is not N/TIME, like 5/1m", s)
	}
	n, err := cli.ParseCount(count)
	if err != nil {
		return supervise.GiveUp{}, err
	}
	d, err := cli.ParseTime(window)
	if err != nil {
		return supervise.GiveUp{}, err
	}
	if n == 0 || d == 0 {
		return supervise.GiveUp{}, cli.Invalidf("%q: neither N nor TIME may be 0", s)
	}
	return supervise.GiveUp{Failures: n, Window: d}, nil
}

// parseStatuses reads exit statuses and names of signals: 0,3,TERM. The empty
// list is allowed.
func parseStatuses(s string) (supervise.StatusSet, error) {
	set := supervise.StatusSet{Codes: map[int]bool{}, Signals: map[syscall.Signal]bool{}}
	if s == "" {
		return set, nil
	}
	for _, word := range strings.Split(s, ",") {
		// A number is an exit status, never a signal.
		if code, err := strconv.ParseUint(word, 10, 8); err == nil {
			set.Codes[int(code)] = true
			continue
		}
		sig, err := cli.ParseSignal(word)
		if err != nil || word[0] >= '0' && word[0] <= '9' {
			return set, cli.Invalidf("%q is neither an exit status (0 to 255) nor the name of a signal", word)
		}
		set.Signals[sig] = true
	}
	return set, nil
}

var targets = []supervise.Target{supervise.Tree, supervise.Main, supervise.Children}

// parseLadder reads SIG[:TARGET][/TIME/SIG[:TARGET]]...
func parseLadder(s string) (supervise.Ladder, error) {
	var ladder supervise.Ladder
	words := strings.Split(s, "/")
	for i, word := range words {
		if i%2 == 1 {
			d, err := cli.ParseTime(word)
			if err != nil {
				return nil, err
			}
			ladder[len(ladder)-1].Wait = d
			continue
		}
		rung, err := parseRung(word)
		if err != nil {
			return nil, err
		}
		ladder = append(ladder, rung)
	}
	if len(words)%2 == 0 {
		return nil, cli.Invalidf("%q ends with a TIME, and no signal after it", s)
	}
	return ladder, nil
}

func parseRung(word string) (supervise.Rung, error) {
	name, target, given := strings.Cut(word, ":")
	sig, err := cli.ParseSignal(name)
	if err != nil {
		return supervise.Rung{}, err
	}
	if sig == syscall.SIGSTOP {
		return supervise.Rung{}, cli.Invalidf("STOP would be undone by the CONT that follows each step")
	}
	if !given {
		return supervise.Rung{Signal: sig}, nil
	}
	for _, t := range targets {
		if strings.EqualFold(t.String(), target) {
			return supervise.Rung{Signal: sig, Target: t}, nil
		}
	}
	return supervise.Rung{}, cli.Invalidf("%q is none of tree, main, children", target)
}

func addEnviron(list *[]string, s string) error {
	if s == "" || s[0] == '=' {
		return cli.Invalidf("%q names no variable", s)
	}
	*list = append(*list, s)
	return nil
}

// ioClasses are the classes of ioprio_set(2), by their numbers there.
var ioClasses = []struct {
	name   string
	class  int
	levels bool
}{{"realtime", 1, true}, {"best-effort", 2, true}, {"idle", 3, false}}

const ioClassShift = 13

func parseIOPriority(s string) (*int, error) {
	if s == "help" {
		return nil, &cli.Answer{Text: "realtime[:LEVEL]\nbest-effort[:LEVEL]\nidle\nLEVEL is 0 (first) to 7 (last), 4 unless given\n"}
	}
	name, level, given := strings.Cut(s, ":")
	for _, c := range ioClasses {
		if !strings.EqualFold(c.name, name) && name != strconv.Itoa(c.class) {
			continue
		}
		n := 4
		if !c.levels {
			n = 0
		}
		if given {
			var err error
			if n, err = cli.ParseRange(0, 7)(level); err != nil {
				return nil, err
			}
			if !c.levels {
				return nil, cli.Invalidf("class idle has no levels")
			}
		}
		value := c.class<<ioClassShift | n
		return &value, nil
	}
	return nil, cli.Invalidf("%q is none of realtime, best-effort, idle", name)
}

func addLimit(list *[]proc.Limit, s string) error {
	if s == "help" {
		return &cli.Answer{Text: limitHelp()}
	}
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return cli.Invalidf("%q is not NAME=VALUE (-r help lists the names)", s)
	}
	for _, l := range proc.LimitNames {
		if strings.EqualFold(l.Name, name) {
			v, err := parseLimitValue(l, value)
			if err != nil {
				return err
			}
			// The last word counts. To set both in turn would take a right that
			// is not needed: to raise what was lowered.
			*list = slices.DeleteFunc(*list, func(old proc.Limit) bool { return old.Resource == l.Resource })
			*list = append(*list, proc.Limit{Resource: l.Resource, Name: l.Name, Value: v})
			return nil
		}
	}
	return cli.Invalidf("%q is no limit (-r help lists the names)", name)
}

func parseLimitValue(l proc.LimitName, s string) (uint64, error) {
	if strings.EqualFold(s, "unlimited") {
		return proc.Unlimited, nil
	}
	switch l.Unit {
	case proc.Bytes:
		n, err := cli.ParseSize(s)
		return uint64(n), err
	case proc.Seconds, proc.Microseconds:
		d, err := cli.ParseTime(s)
		if l.Unit == proc.Microseconds {
			return uint64(d / time.Microsecond), err
		}
		// The kernel counts whole seconds; less than one is not none.
		return uint64((d + time.Second - 1) / time.Second), err
	default:
		n, err := cli.ParseCount(s)
		return uint64(n), err
	}
}

func limitHelp() string {
	units := map[proc.Unit]string{proc.Count: "a number", proc.Bytes: "a SIZE", proc.Seconds: "a TIME", proc.Microseconds: "a TIME"}
	var b strings.Builder
	for _, l := range proc.LimitNames {
		b.WriteString(l.Name + strings.Repeat(" ", max(1, 12-len(l.Name))) + l.Help + ", " + units[l.Unit] + " or unlimited\n")
	}
	return b.String()
}
