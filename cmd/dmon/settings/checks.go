package settings

import (
	"fmt"
	"math"
	"time"

	"dmon/internal/cli"
	"dmon/supervise"
)

// checks is how the commands of fails= and works= are asked.
type checks struct {
	interval, timeout time.Duration
	failures          int
}

func (k *checks) define(f *cli.Flags) {
	f.Add(cli.Value(&k.interval, "TIME", someTime), "check-interval", "", "ask a check so often").Default("10s").Needs("a check")
	f.Add(cli.Value(&k.timeout, "TIME", someTime), "check-timeout", "", "a check that takes longer has failed").Default("5s").Needs(anyCheck)
	f.Add(cli.Value(&k.failures, "N", someCount), "check-failures", "", "so many failures in a row make fails=COMMAND true").Default("3").Needs("a check")
}

// someTime reads a TIME that is not 0.
func someTime(s string) (time.Duration, error) {
	d, err := cli.ParseTime(s)
	if err == nil && d == 0 {
		err = cli.Invalidf("%q: there is no check without some time", s)
	}
	return d, err
}

// someCount reads a number from 1 on.
func someCount(s string) (int, error) {
	n, err := cli.ParseCount(s)
	if err == nil && n == 0 {
		err = cli.Invalidf("%q: nothing has failed then; 1 is the least", s)
	}
	return n, err
}

const (
	// early is how long after a try the next one comes until one succeeds: it is
	// soon known that a run is well.
	early = time.Second
	// graceTimes is how many times as long as otherwise a run has to be ill that has
	// never been well: it may take its time to start.
	graceTimes = 3
)

// apply has the check of c asked as the options say.
func (k *checks) apply(c *supervise.Condition) {
	check := *c.Check
	check.Every, check.Limit = k.interval, k.timeout
	if c.Failures > 0 {
		first := min(early, k.interval)
		check.First = supervise.Backoff{Min: first, Max: first}
		c.Failures = k.failures
	}
	if c.Why == supervise.ByCheck {
		c.Grace = multiple(k.interval, graceTimes*int64(k.failures))
	}
	c.Check = &check
}

// multiple is n times d, or as long as there is.
func multiple(d time.Duration, n int64) time.Duration {
	if n > math.MaxInt64/int64(d) {
		return math.MaxInt64
	}
	return time.Duration(n) * d
}

// checked reports whether there is a check.
func (c *Conditions) checked() bool {
	for _, k := range c.all() {
		if k.Check != nil {
			return true
		}
	}
	return false
}

func readFails(k *rule, value string) error {
	k.Failures = 1 // or as many as an option says
	if k.Do != supervise.DoPause {
		k.Why = supervise.ByCheck
	}
	return readWorks(k, value)
}

func readWorks(k *rule, value string) error {
	argv, err := cli.CommandWords(value)
	k.Check = &supervise.Check{Argv: argv}
	return err
}

func failsWords(k *rule) string {
	often := "has failed once"
	if k.Failures > 1 {
		often = fmt.Sprintf("has failed %d times in a row", k.Failures)
	}
	text := fmt.Sprintf("%s %s; %s", cli.Quote(k.Check.Argv...), often, asked(k.Check))
	if k.Grace > 0 {
		text += "; a run that was never well has " + cli.FormatTime(k.Grace)
	}
	return text
}

func worksWords(k *rule) string {
	return fmt.Sprintf("%s exits with 0; %s", cli.Quote(k.Check.Argv...), asked(k.Check))
}

// asked says how k is asked.
func asked(k *supervise.Check) string {
	text := "it is asked every " + cli.FormatTime(k.Every)
	if first := k.First.Min; first > 0 && first < k.Every {
		text += ", until it is well every " + cli.FormatTime(first)
	}
	return text + ", and has " + cli.FormatTime(k.Limit)
}
