package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"dmon/internal/cli"
)

// events prints what has happened: the last --lines, or what came after --since,
// and with --follow what comes. The first line is the state it begins with.
func (c *ctl) events() (int, error) {
	t, err := c.one(c.words[0])
	if err != nil {
		return unknownStatus(err), err
	}
	f, came, err := follow(t, c.since)
	if err != nil {
		return 0, fmt.Errorf("cannot read the events of %s: %w", t.Name, err)
	}
	defer f.close()
	if c.since == 0 && len(came) > c.lines {
		came = came[len(came)-c.lines:]
	}
	if t.Text != "" {
		fmt.Fprintf(c.stdout, "{\"event\":\"snapshot\",\"seq\":%d,\"state\":%q,\"record\":%s}\n", t.Seq, t.State, t.Text)
	}
	if err := c.printEvents(came); err != nil || !c.follow {
		return 0, err
	}
	if t.Lives {
		f.mind(t.Dmon.Pid)
	}
	return c.goOn(func() (bool, error) {
		over := !t.goesOn()
		came, err := f.read() // after that: its last events are there by then
		if err == nil {
			err = c.printEvents(came)
		}
		return over || err != nil, err
	}, &f.watch)
}

func (c *ctl) printEvents(list []event) error {
	for i := range list {
		if _, err := io.WriteString(c.stdout, list[i].text+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// goOn calls step whenever something has changed, until that says it is over or
// somebody ends us.
func (c *ctl) goOn(step func() (over bool, err error), list ...*watch) (int, error) {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(end)
	reader := watchReader(c.stdout)
	list = append(list, &reader)
	go func() {
		s := (<-end).(syscall.Signal)
		os.Exit(cli.ExitSignalled + int(s))
	}()
	for {
		over, err := step()
		if over || err != nil {
			return 0, err
		}
		switch err := waitAny(list, time.Time{}); {
		case errors.Is(err, errUnread):
			return unreadStatus, nil
		case err != nil:
			return 0, err
		}
	}
}

// errUnread says that nobody reads any more what we print: we end as if we had tried.
var errUnread = errors.New("nobody reads the output")

const unreadStatus = cli.ExitSignalled + int(syscall.SIGPIPE)

// lastEvents are the texts of the last n events of a name.
func lastEvents(t *target, n int) ([]string, error) {
	f, came, err := follow(t, 0)
	if err != nil {
		return nil, err
	}
	f.close()
	var texts []string
	for _, e := range came[max(0, len(came)-n):] {
		texts = append(texts, e.text)
	}
	return texts, nil
}

// eventWords says an event to a person.
func eventWords(text string) string {
	e, ok := parseEvent(text)
	if !ok {
		return cli.OneLine(text)
	}
	var b strings.Builder
	if at := e.moment(); !at.IsZero() {
		b.WriteString(at.Local().Format("2006-01-02 15:04:05 "))
	}
	b.WriteString(e.task + " " + e.kind)
	if run, ok := e.Number("run"); ok {
		fmt.Fprintf(&b, " (run %d)", run)
	}
	if code, ok := e.Number("code"); ok {
		fmt.Fprintf(&b, ", status %d", code)
	}
	if sig, ok := e.Text("signal"); ok {
		b.WriteString(", " + sig)
	} else if n, ok := e.Number("signal"); ok {
		b.WriteString(", " + cli.SignalName(syscall.Signal(n)))
	}
	if cause, ok := e.Text("cause"); ok && cause != "" && !slices.Contains([]string{"exit", "signal"}, cause) {
		b.WriteString(": " + cause)
	}
	return cli.OneLine(b.String())
}
