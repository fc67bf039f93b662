package settings

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/loadctl"
	"dmon/supervise"
)

// How long something is so before it counts, and how little is idle, unless the
// user says something else.
const (
	heldTime    = 10 * time.Second
	averageTime = time.Minute
	idlePart    = 0.5 // percent of a processor
)

// policy are the conditions for the machine.
func (c *Conditions) policy() (list []supervise.Condition) {
	for _, k := range c.all() {
		list = append(list, k.Condition)
	}
	return list
}

// resolve has all checks asked as the options say, whichever came first.
func (c *Conditions) resolve() {
	for _, some := range c.lists() {
		for i := range some {
			if k := &some[i].Condition; k.Check != nil {
				c.checks.apply(k)
			}
		}
	}
}

// Measured are those that the command's tree has to be looked at for. It is an
// error where a part of the memory is meant and nobody knows how much there is.
func (c *Conditions) Measured() (list []condition.Watched, err error) {
	for i, k := range c.all() {
		if k.measured == nil {
			continue
		}
		one := condition.Watched{Condition: i, Rule: *k.measured}
		if k.percent > 0 {
			bound, err := loadctl.MemoryBound(procRoot)
			if err != nil {
				return nil, err
			}
			one.Limit = k.percent / 100 * float64(bound)
		}
		list = append(list, one)
	}
	return list, nil
}

func readMemory(k *rule, value string) error {
	value, window, err := cutWindow(value, heldTime)
	if err != nil {
		return err
	}
	k.Why, k.measured = supervise.ByMemory, &condition.Rule{Kind: condition.Memory, Window: window}
	if strings.HasSuffix(value, "%") {
		k.percent, err = parsePercent(value)
		return err
	}
	size, err := cli.ParseSize(value)
	if err == nil && size == 0 {
		err = cli.Invalidf("whatever runs holds more than nothing")
	}
	k.measured.Limit = float64(size)
	return err
}

func readCPU(k *rule, value string) error {
	value, window, err := cutWindow(value, averageTime)
	switch {
	case err != nil:
		return err
	case window == 0:
		return cli.Invalidf("there is no average over no time")
	}
	percent, err := parsePart(value)
	k.Why, k.measured = supervise.ByCPU, &condition.Rule{Kind: condition.CPU, Limit: percent / 100, Window: window}
	return err
}

func readProcs(k *rule, value string) error {
	value, window, err := cutWindow(value, heldTime)
	if err != nil {
		return err
	}
	n, err := cli.ParseCount(value)
	k.Why, k.measured = supervise.ByProcs, &condition.Rule{Kind: condition.Procs, Limit: float64(n), Window: window}
	return err
}

func readIdle(k *rule, value string) error {
	value, part, given := strings.Cut(value, ":")
	window, err := cli.ParseTime(value)
	if err != nil {
		return err
	}
	if window < time.Second {
		return cli.Invalidf("it is looked at once a second, idle is nothing shorter")
	}
	percent := idlePart
	if given {
		percent, err = parsePart(part)
	}
	k.Why, k.measured = supervise.ByIdle, &condition.Rule{Kind: condition.Idle, Limit: percent / 100, Window: window}
	return err
}

// cutWindow reads the TIME of VALUE/TIME.
func cutWindow(value string, usual time.Duration) (string, time.Duration, error) {
	value, text, given := strings.Cut(value, "/")
	if !given {
		return value, usual, nil
	}
	window, err := cli.ParseTime(text)
	return value, window, err
}

// parsePart reads N%, of one processor: there may be more than one.
func parsePart(s string) (float64, error) {
	number, ok := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || strings.Trim(number, "0123456789.") != "" || n <= 0 || n > 1e6 {
		return 0, cli.Invalidf("%q is not a percentage of a processor above 0, like 50%%", s)
	}
	return n, nil
}

func memoryWords(k *rule) string {
	amount := cli.FormatSize(int64(k.measured.Limit))
	if k.percent > 0 {
		amount = fmt.Sprintf("%g%% of the memory", k.percent)
		if bound, err := loadctl.MemoryBound(procRoot); err == nil {
			amount += fmt.Sprintf(", which is %d MB,", int64(k.percent/100*float64(bound))>>20)
		}
	}
	return "it has held more than " + amount + " for " + cli.FormatTime(k.measured.Window)
}

func cpuWords(k *rule) string {
	return fmt.Sprintf("it has used more than %g%% of a processor, averaged over %s", 100*k.measured.Limit, cli.FormatTime(k.measured.Window))
}

func procsWords(k *rule) string {
	return fmt.Sprintf("it has had more than %g processes for %s", k.measured.Limit, cli.FormatTime(k.measured.Window))
}

func idleWords(k *rule) string {
	return fmt.Sprintf("no process of it has used more than %g%% of a processor for %s", 100*k.measured.Limit, cli.FormatTime(k.measured.Window))
}
