package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// awaitable is what one can wait for.
var awaitable = []string{"end", "up", "ready", "down", "restart", "paused", "healthy"}

// kinds are the events that bring about what is awaited.
var kinds = map[string]string{
	"up": "start", "ready": "ready", "down": "down", "restart": "start", "paused": "pause", "healthy": "healthy",
}

// vigil waits for one thing of one name.
type vigil struct {
	*target
	what   string
	after  int64 // events up to this number do not count
	run    int   // a restart is a run after this one
	still  bool  // what is so already does not count
	any    bool  // any end will do, also one of which nothing is known
	events *follower
	done   bool
	status int   // to exit with
	err    error // why it can no longer come
}

// begin looks at what is so now, and at what has happened since.
func (v *vigil) begin() error {
	if v.after == 0 {
		v.after, v.run = v.Seq, v.Run
	}
	var err error
	var came []event
	v.events, came, err = follow(v.target, v.after)
	if errors.Is(err, os.ErrNotExist) {
		v.over(record.View{}, err)
		return nil
	}
	if err != nil {
		return err
	}
	if v.Lives && v.Dmon.Pid != 0 {
		v.events.mind(v.Dmon.Pid)
	}
	if !v.still {
		v.judge(&v.View)
	}
	v.hear(came)
	return v.look()
}

// judge asks the record: what is awaited may be so already.
func (v *vigil) judge(r *record.View) {
	met := false
	switch v.what {
	case "end":
		met = r.State == record.Ended
	case "up":
		met = isUp(r)
	case "ready":
		met = isUp(r) && r.Ready
	case "down":
		met = r.State == record.Down
	case "paused":
		met = r.State == record.Paused
	case "healthy":
		met = isUp(r) && r.Healthy == "yes"
	}
	if met && !v.done {
		v.done = true
		if v.what == "end" {
			v.status = r.Status
		}
	}
}

// isMetBy reports whether an event brings about what is awaited.
func (v *vigil) isMetBy(e *event) bool {
	return e.kind == kinds[v.what] || v.what == "ready" && e.kind == "start" && e.True("ready")
}

// hear takes in events.
func (v *vigil) hear(came []event) {
	for i := range came {
		e := &came[i]
		if v.done || e.task != "cmd" {
			continue
		}
		run, _ := e.Number("run")
		later := int(run) > v.run
		switch {
		case v.isMetBy(e) && (later || v.what != "restart" && !v.still):
			v.done = true
		case v.still && v.what == "ready" && later && (e.kind == "exit" || e.kind == "fail"):
			v.done, v.status = true, exitNo
			v.err = fmt.Errorf("%s did not come up: %s", v.Name, eventWords(e.text))
		case v.still && v.what == "down" && e.kind == "down":
			v.done = true
		}
	}
}

// look reads what is new; a dmon that has ended brings nothing more.
func (v *vigil) look() error {
	came, err := v.events.read()
	if err != nil {
		return err
	}
	v.hear(came)
	if v.done {
		return nil
	}
	now, err := v.home.Look(v.Name)
	if err == nil && now.Lives {
		return nil
	}
	// It has ended: its last events are there by now.
	if came, err := v.events.read(); err == nil {
		v.hear(came)
	}
	v.over(now, err)
	return nil
}

// over is called when dmon has ended and is now so; err is why nothing is known
// of it.
func (v *vigil) over(now record.View, err error) {
	switch {
	case v.done:
	case v.what == "end" && err == nil && now.State == record.Ended:
		v.done, v.status = true, now.Status
	case v.what == "end" && err != nil && v.any:
		v.done = true // that it has ended is all that was asked
	case v.what == "end" && err != nil:
		v.done = true // an automatic name: nothing is known of its end
		v.status, v.err = exitDown, fmt.Errorf("%s has ended and kept no record (give it a --name)", v.Name)
	case now.State == record.Lost:
		v.done, v.status, v.err = true, exitDown, fmt.Errorf("%s was lost: its dmon was killed", v.Name)
	default:
		v.done, v.status, v.err = true, exitDown, fmt.Errorf("%s has ended", v.Name)
	}
}

// await waits until all vigils are done, or one of them with any. It polls
// nothing. The status is that of the first, in their order, that is not 0; 124 in
// time-out.
func (c *ctl) await(all []*vigil, any bool) (int, error) {
	deadline := time.Time{}
	if c.timeout > 0 {
		deadline = time.Now().Add(c.timeout)
	}
	var watches []*watch
	defer func() {
		for _, v := range all {
			if v.events != nil {
				v.events.close()
			}
		}
	}()
	for _, v := range all {
		if err := v.begin(); err != nil {
			return 0, fmt.Errorf("cannot wait for %s: %w", v.Name, err)
		}
		if v.events != nil {
			watches = append(watches, &v.events.watch)
		}
	}
	for {
		left := 0
		for _, v := range all {
			switch {
			case !v.done:
				left++
			case any:
				return v.status, v.err
			}
		}
		if left == 0 {
			return verdict(all)
		}
		if !deadline.IsZero() && !time.Now().Before(deadline) {
			return cli.ExitTimeout, fmt.Errorf("%s did not come within %s", c.awaitedWords(all), cli.FormatTime(c.timeout))
		}
		if err := waitAny(watches, deadline); err != nil {
			return 0, err
		}
		for _, v := range all {
			if !v.done {
				if err := v.look(); err != nil {
					return 0, err
				}
			}
		}
	}
}

func (c *ctl) awaitedWords(all []*vigil) string {
	for _, v := range all {
		if !v.done {
			return fmt.Sprintf("%q of %s", v.what, v.Name)
		}
	}
	return "it"
}

func verdict(all []*vigil) (status int, err error) {
	for _, v := range all {
		err = errors.Join(err, v.err)
		if status == 0 {
			status = v.status
		}
	}
	return status, err
}

// wait waits for what --for says.
func (c *ctl) wait() (int, error) {
	all, err := c.find(c.words)
	if err != nil {
		return unknownStatus(err), err
	}
	var list []*vigil
	for _, t := range all {
		list = append(list, &vigil{target: t, what: c.awaited})
	}
	return c.await(list, c.any)
}
