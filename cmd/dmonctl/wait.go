package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// awaitable is what one can wait for.
var awaitable = []string{"end", "up", "ready", "down", "restart", "paused", "healthy"}

// kinds are the events that bring about what is awaited.
var kinds = map[string]string{
	"up": "ready", "ready": "ready", "down": "down", "restart": "start", "paused": "pause", "healthy": "healthy",
}

// vigil waits for one thing of one name.
type vigil struct {
	*target
	what    string
	after   int64 // events up to this number do not count
	run     int   // a restart is a run after this one
	still   bool  // what is so already does not count
	any     bool  // any end will do, also one of which nothing is known
	events  *follower
	done    bool
	ended   bool   // it has said that it ends
	exited  bool   // a run has ended: the next start is no longer one that was under way
	endCode int    // with which status, then
	status  int    // to exit with
	err     error  // why it can no longer come
	gate    string // what holds the start that is awaited
	told    bool   // somebody was told of that
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
		met = r.State == record.Ended && !r.Lives
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
	return e.kind == kinds[v.what] || kinds[v.what] == "ready" && e.kind == "start" && e.True("ready")
}

// hear takes in events.
func (v *vigil) hear(came []event) {
	for i := range came {
		e := &came[i]
		if e.kind == "end" && e.task == "dmon" && !v.done && !v.ended {
			code, _ := e.Number("code")
			v.ended, v.endCode = true, int(code)
		}
		// What comes after the end is another dmon's.
		if v.done || v.ended || e.task != "cmd" {
			continue
		}
		run, _ := e.Number("run")
		later := int(run) > v.run
		v.exited = v.exited || e.kind == "exit" || e.kind == "fail"
		switch {
		case v.isMetBy(e) && (later || v.what != "restart" && !v.still):
			v.done = true
		case v.still && v.what == "ready" && later && (e.kind == "exit" || e.kind == "fail") && !byRequest(e):
			v.done, v.status = true, exitNo
			v.err = fmt.Errorf("%s did not come up: %s", v.Name, eventWords(e.text))
		case v.still && v.what == "down" && e.kind == "down":
			v.done = true
		case v.still && (v.what == "ready" && e.kind == "down" || v.what == "down" && v.exited && (later && e.kind == "start" || e.kind == "hold")):
			v.done, v.status = true, exitNo
			v.err = fmt.Errorf("%s: somebody has asked for the contrary meanwhile", v.Name)
		}
	}
}

// byRequest reports whether somebody wanted a run to end: whether another one is to
// follow, what comes next says.
func byRequest(e *event) bool {
	cause, _ := e.Text("cause")
	return cause == "request" || strings.HasSuffix(cause, "(request)") // of a start that was under way
}

// look reads what is new; a dmon that has ended brings nothing more.
func (v *vigil) look() error {
	now, err := v.home.Look(v.Name)
	goesOn := err == nil && v.isStill(&now)
	if goesOn && now.State == record.Held {
		v.gate = now.Gate
	}
	came, rerr := v.events.read() // after the look: what has ended has said all by then
	if rerr != nil {
		return rerr
	}
	v.hear(came)
	if !goesOn {
		v.over(now, err)
	}
	return nil
}

// over is called when dmon lives no more, and the name is now so; err is why
// nothing is known of it.
func (v *vigil) over(now record.View, err error) {
	same := err == nil && now.Dmon == v.Dmon
	switch {
	case v.done:
		return
	case v.what == "end" && v.any: // that it has ended is all that was asked
	case v.what == "end" && v.ended:
		v.status = v.endCode
	case v.what == "end" && same && now.State == record.Ended:
		v.status = now.Status
	case v.what == "end" && v.State == record.Ended:
		v.status = v.Status // when it was looked at first
	case v.ended || same && now.State == record.Ended:
		v.status, v.err = exitDown, fmt.Errorf("%s has ended", v.Name)
	case err != nil: // an automatic name: nothing is known of its end
		v.status, v.err = exitDown, fmt.Errorf("%s has ended and kept no record (give it a --name)", v.Name)
	default:
		v.status, v.err = exitDown, fmt.Errorf("%s was lost: its dmon was killed", v.Name)
	}
	v.done = true
}

// await waits until all vigils are done, or with any until one has seen what it
// waits for. It polls nothing. The status is that of the first, in their order, that is not 0; 124 in
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
	if farAway() {
		reader := watchReader(c.stdout)
		watches = append(watches, &reader)
	}
	for {
		left := 0
		for _, v := range all {
			switch {
			case !v.done:
				left++
				c.tellGate(v)
			case any && v.err == nil:
				return v.status, nil
			}
		}
		if left == 0 {
			return verdict(all)
		}
		if !deadline.IsZero() && !time.Now().Before(deadline) {
			return cli.ExitTimeout, fmt.Errorf("%s did not come within %s", c.awaitedWords(all), cli.FormatTime(c.timeout))
		}
		switch err := waitAny(watches, deadline); {
		case errors.Is(err, errUnread):
			return unreadStatus, nil
		case err != nil:
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

// tellGate says, once, what keeps a start from being made that somebody has asked for.
func (c *ctl) tellGate(v *vigil) {
	if !v.still || v.what != "ready" || v.gate == "" || v.told {
		return
	}
	v.told = true
	c.tell(fmt.Errorf("%s is held (%s): waiting until it may start", v.Name, v.gate))
}

// farAway reports whether sshd(8) runs us without a terminal: it tells nobody that the
// other side has gone, and who waits for something rare would stay for ever.
func farAway() bool { return os.Getenv("SSH_CONNECTION") != "" && os.Getenv("SSH_TTY") == "" }

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
	if err != nil && (!c.any || len(all) == 0) {
		return unknownStatus(err), err
	}
	c.tell(err) // the others may do
	var list []*vigil
	for _, t := range all {
		list = append(list, &vigil{target: t, what: c.awaited})
	}
	return c.await(list, c.any)
}
