package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// isUp says what LSB calls running: the command is there, and not on its way out.
func isUp(v *record.View) bool {
	return v.State == record.Up || v.State == record.Paused
}

// status tells everything about each name; its status is that of the worst: 0
// up, 3 down, 4 unknown.
func (c *ctl) status() (int, error) {
	all, err := c.find(c.words)
	result := 0
	if err != nil {
		result = unknownStatus(err)
	}
	var procs *census
	for i, t := range all {
		if !isUp(&t.View) {
			result = max(result, exitDown)
		}
		switch {
		case c.quiet:
		case c.json:
			io.WriteString(c.stdout, c.object(t)+"\n")
		default:
			if procs == nil {
				procs = takeCensus()
			}
			if i > 0 {
				io.WriteString(c.stdout, "\n")
			}
			io.WriteString(c.stdout, c.everything(t, procs))
		}
	}
	return result, err
}

// everything is a name's page: what is known, its tree of processes, its last
// events.
func (c *ctl) everything(t *target, procs *census) string {
	var b strings.Builder
	row := func(name, format string, a ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", name, cli.OneLine(fmt.Sprintf(format, a...)))
	}
	now := time.Now()
	since := ""
	if !t.Since.IsZero() {
		since = fmt.Sprintf(" since %s (%s)", t.Since.Local().Format("2006-01-02 15:04:05"), span(now.Sub(t.Since)))
	}
	row("name", "%s", c.label(t))
	row("state", "%s%s", t.State, since)
	if n := note(t, now); n != "" {
		row("", "%s", n)
	}
	if t.State == record.Up && !t.Ready {
		row("", "not ready yet")
	}
	row("command", "%s", cli.Quote(t.Command...))
	row("directory", "%s", t.Dir)
	row("runs", "%d, respawned %s", t.Run, times(t.Respawns))
	if e := &t.Last; e.Run > 0 {
		row("last end", "run %d: %s after %s; processor time %s user, %s system; at most %s of memory", e.Run, ending(e), short(e.Lasted), short(e.User), short(e.System), size(e.MaxRSS<<10))
	}
	if p := procs.is(t.Dmon.Pid, t.Dmon.Start); t.Lives && p != nil {
		row("processes", "")
		c.writeTree(&b, procs, p)
	}
	if events, _ := lastEvents(t, 5); len(events) > 0 {
		row("events", "")
		for _, line := range events {
			fmt.Fprintf(&b, "  %s\n", eventWords(line))
		}
	}
	return b.String()
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

func (c *ctl) writeTree(b *strings.Builder, procs *census, root *process) {
	procs.tree(root, 0, func(p *process, depth int) {
		words, _ := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/cmdline")
		line := "[" + p.name + "]"
		if list := strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00"); len(words) > 0 {
			line = cli.Quote(list...)
		}
		fmt.Fprintf(b, "  %7d %c %7s %6s  %s%s\n", p.pid, p.state, short(p.cpu), size(p.weigh()), strings.Repeat("  ", depth), line)
	})
}

// short is a length of time, no finer than helps.
func short(d time.Duration) string {
	if d < 10*time.Second {
		return cli.FormatTime(d.Round(time.Millisecond))
	}
	return cli.FormatTime(d.Round(time.Second))
}

// states are all that a dmon can be in; askable is what one may ask for.
var (
	states  = []string{record.Held, record.Starting, record.Up, record.Paused, record.Waiting, record.Stopping, record.Down, record.Ended, record.Lost}
	askable = append(slices.Clone(states), "ready", "healthy")
)

// is answers whether a name is in a state.
func (c *ctl) is() (int, error) {
	state := c.words[0]
	if !slices.Contains(askable, state) {
		return 0, &cli.Misuse{Text: fmt.Sprintf("%q is no state", state), Hint: "there are " + strings.Join(askable, ", ")}
	}
	all, err := c.find(c.words[1:])
	if err != nil {
		return unknownStatus(err), err
	}
	for _, t := range all {
		yes := t.State == state
		switch state {
		case "ready":
			yes = isUp(&t.View) && t.Ready
		case "healthy":
			yes = isUp(&t.View) && t.Healthy == "yes"
		}
		if !yes {
			return exitNo, nil
		}
	}
	return 0, nil
}

// whoami finds the dmon that has a process, our own where none is named.
func (c *ctl) whoami() (int, error) {
	pid := os.Getpid()
	if len(c.words) > 0 {
		n, err := cli.ParseCount(c.words[0])
		if err != nil {
			return 0, cli.Misusef("whoami: %v", err)
		}
		pid = n
	}
	procs := takeCensus()
	if len(procs.all) == 0 {
		return 0, fmt.Errorf("cannot look for processes: there is no /proc here")
	}
	if procs.all[pid] == nil {
		return exitUnknown, fmt.Errorf("there is no process %d", pid)
	}
	if os.Geteuid() == 0 && c.user == "" {
		c.all = true
	}
	all, err := c.find(nil)
	if err != nil {
		return 0, err
	}
	if c.all && c.user == "" {
		c.all = len(c.homes) > 1
	}
	for depth := 0; pid > 0 && depth < 1000; depth++ {
		for _, t := range all {
			if t.Lives && t.Dmon.Pid == pid && procs.is(pid, t.Dmon.Start) != nil {
				if c.json {
					io.WriteString(c.stdout, c.object(t)+"\n")
				} else {
					fmt.Fprintln(c.stdout, c.label(t))
				}
				return 0, nil
			}
		}
		p := procs.all[pid]
		if p == nil {
			break
		}
		pid = p.parent
	}
	return exitNo, nil
}
