package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/record"
	"dmon/internal/varlink"
)

// list shows all names, or those that are meant, a line each. It succeeds
// whatever they are: what there is has been shown.
func (c *ctl) list() (int, error) {
	if c.watch {
		return c.listOnAndOn()
	}
	all, err := c.find(c.words)
	if _, missing := err.(*unknown); missing {
		c.tell(err)
		err = nil
	}
	if err != nil {
		return 0, err
	}
	if c.json {
		for _, t := range all {
			io.WriteString(c.stdout, c.object(t)+"\n")
		}
		return 0, nil
	}
	if len(all) == 0 {
		if len(c.words) == 0 {
			c.tell(c.nothing())
		}
		return 0, nil
	}
	width, _ := window(c.stdout)
	var b strings.Builder
	c.table(all, takeCensus()).write(&b, width, c.coloured())
	_, err = io.WriteString(c.stdout, b.String())
	return 0, err
}

// nothing says that there is no name at all, and how one comes about.
func (c *ctl) nothing() error {
	whose, hint := "yours", "dmon --name web COMMAND starts one; dmonctl help lists what can be done with it"
	switch {
	case c.all:
		whose = "anybody's"
	case c.user != "":
		whose = "user " + cli.Quote(c.user)
	case os.Geteuid() == 0 && len(record.Homes()) > 1:
		hint = "dmonctl -a shows those of every user" + c.elsewhere(nil)
	}
	return &cli.Misuse{Text: "no dmon of " + whose + " runs here, nor is the record of one kept", Hint: hint}
}

// object is a name as --json has it: the record, with the state as it is by now.
func (c *ctl) object(t *target) string {
	var w varlink.Writer
	w.Reset(make([]byte, 0, 64<<10))
	w.Open("", "{")
	t.Record.Write(&w)
	w.True("lives", t.Lives)
	w.Text("user", userName(t.uid))
	w.Close("}")
	return string(w.Bytes())
}

func (c *ctl) table(all []*target, procs *census) *table {
	t := &table{head: []string{"NAME", "STATE", "SINCE", "PID", "RUN", "LAST", "CPU", "MEM", "NOTE", "COMMAND"}}
	now := time.Now()
	for _, n := range all {
		since := ""
		if !n.Since.IsZero() {
			since = span(now.Sub(n.Since))
		}
		pid, cpu, memory := "", "", ""
		if n.Lives && n.Cmd.Pid != 0 {
			pid = strconv.Itoa(n.Cmd.Pid)
			if p := procs.is(n.Cmd.Pid, n.Cmd.Start); p != nil && procs.below(p, n.Dmon.Pid) {
				part, held := procs.use(p)
				cpu, memory = fmt.Sprintf("%.1f%%", 100*part), size(held)
			}
		}
		run := ""
		if n.Run > 0 {
			run = strconv.Itoa(n.Run)
		}
		t.rows = append(t.rows, []string{c.label(n), n.State, since, pid, run, ending(&n.Last), cpu, memory, cli.OneLine(note(n, now)), cli.Quote(n.Command...)})
		t.hue = append(t.hue, hue(&n.View))
	}
	return t
}

// ending says in a word or two how the last run that ended did.
func ending(e *record.End) string {
	if e.Run == 0 {
		return ""
	}
	text := "exit " + strconv.Itoa(e.Code)
	if e.Signal != "" {
		text = e.Signal
	}
	switch e.Cause {
	case "", "exit", "signal":
		return text
	}
	return text + " (" + e.Cause + ")"
}

// note is what makes one wonder: why it waits, when it goes on, what it says.
func note(t *target, now time.Time) string {
	var parts []string
	if t.Gate != "" && (t.State == record.Held || t.State == record.Paused) {
		parts = append(parts, t.Gate)
	}
	if t.State == record.Waiting && t.Next.After(now) {
		parts = append(parts, "next start in "+span(t.Next.Sub(now)+time.Second-1))
	}
	if t.State == record.Ended {
		parts = append(parts, "status "+strconv.Itoa(t.Status))
	}
	if t.Healthy == "no" {
		parts = append(parts, "unhealthy")
	}
	if t.State != record.Ended && t.View.Record.Text != "" {
		parts = append(parts, t.View.Record.Text)
	}
	return strings.Join(parts, "; ")
}

// listOnAndOn shows the list anew each second, on a screen of its own where
// standard output is a terminal, until ^C. ^Z gives the terminal back for a while.
func (c *ctl) listOnAndOn() (int, error) {
	said := make(chan os.Signal, 4)
	signal.Notify(said, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGWINCH, syscall.SIGTSTP)
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGCONT)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	screen := func(string) {}
	if width, _ := window(c.stdout); width > 0 {
		screen = func(codes string) { io.WriteString(c.stdout, codes) }
	}
	const begin, end = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
	screen(begin)
	defer screen(end)
	for {
		if err := c.frame(); err != nil {
			return 0, err
		}
		select {
		case <-tick.C:
		case s := <-said:
			switch s {
			case syscall.SIGWINCH:
			case syscall.SIGTSTP:
				screen(end)
				for len(again) > 0 {
					<-again // of another time
				}
				_ = syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
				<-again // we may go on for a moment before we stand still
				screen(begin)
			case syscall.SIGINT:
				return 0, nil // the only way to end it
			default:
				return cli.ExitSignalled + int(s.(syscall.Signal)), nil
			}
		}
	}
}

// frame is one picture of the list, no more of it than the window holds.
func (c *ctl) frame() error {
	all, err := c.find(c.words)
	if _, missing := err.(*unknown); err != nil && !missing {
		return err
	}
	width, lines := window(c.stdout)
	var b strings.Builder
	c.table(all, takeCensus()).write(&b, width, c.coloured())
	text := b.String()
	if width == 0 {
		_, err = io.WriteString(c.stdout, text+"\n")
		return err
	}
	shown := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	if len(shown) > lines && lines > 1 {
		hidden := len(shown) - lines + 1
		shown = append(shown[:lines-1], clip(fmt.Sprintf("(%d more)", hidden), width))
	}
	// Each line wipes what is behind it, and the last what is below.
	text = strings.ReplaceAll(strings.Join(shown, ""), "\n", "\x1b[K\r\n")
	_, err = io.WriteString(c.stdout, "\x1b[H"+text+"\x1b[K\x1b[J")
	return err
}
