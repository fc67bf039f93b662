package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/record"
	"dmon/internal/varlink"
)

// askLimit is how long a dmon may take to answer: it serves one at a time, and
// gives each a second.
const askLimit = 10 * time.Second

// methodPrefix is that of the interface that every dmon offers.
const methodPrefix = "dmon.Control."

// patience is how long a dmon may take to answer us.
func (c *ctl) patience() time.Duration {
	if c.timeout > 0 {
		return min(c.timeout, askLimit)
	}
	return askLimit
}

// ask makes a call to the dmon of t, and waits for the answer for so long.
func (t *target) ask(method, parameters string, limit time.Duration) (varlink.Object, error) {
	dir, err := t.home.Dir(t.Name)
	if errors.Is(err, os.ErrNotExist) {
		err = errEnded // and had an automatic name
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", t.Name, err)
	}
	defer dir.Close()
	reply, err := t.call(socketPath(dir), method, parameters, limit)
	if err == nil {
		return reply, nil
	}
	var failure *varlink.Failure
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "", fmt.Errorf("%s does not answer within %s: its dmon, process %d, %w", t.Name, cli.FormatTime(limit), t.Dmon.Pid, errSilent)
	case errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("cannot ask %s: its socket is gone; signals still reach its dmon, process %d", t.Name, t.Dmon.Pid)
	case !errors.As(err, &failure):
		return "", fmt.Errorf("cannot ask %s: %w", t.Name, bare(err))
	case failure.Name == methodPrefix+"Ended":
		return "", fmt.Errorf("%s: %w", t.Name, errEnded)
	}
	if why, ok := failure.Parameters.Text("why"); ok {
		return "", fmt.Errorf("%s: %s", t.Name, why)
	}
	return "", fmt.Errorf("%s: it answers %s", t.Name, failure.Name)
}

// call makes a call over a connection of its own. A dmon that has more clients than it
// serves at a time drops the one that waits for longest, without having heard it:
// that is who is reset, and tries again.
func (t *target) call(path, method, parameters string, limit time.Duration) (reply varlink.Object, err error) {
	for end := time.Now().Add(limit); ; <-time.After(crowded) {
		var client *varlink.Client
		if client, err = t.dial(path, limit); err != nil {
			return "", err
		}
		if err = sameUser(client, t.uid); err == nil {
			reply, err = client.Call(methodPrefix+method, parameters, limit)
		}
		client.Close()
		switch {
		case !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) || time.Now().After(end):
			return reply, err
		case !t.goesOn():
			return "", errEnded
		}
	}
}

// crowded is how long who was dropped stays away.
const crowded = 20 * time.Millisecond

// dial connects to a dmon that lives. The one that has just taken its name is about
// to listen.
func (t *target) dial(path string, limit time.Duration) (*varlink.Client, error) {
	const pace, patience = 5 * time.Millisecond, 2 * time.Second
	for end := time.Now().Add(min(patience, limit)); ; <-time.After(pace) {
		client, err := varlink.Dial(path, limit)
		switch {
		case err == nil || !errors.Is(err, os.ErrNotExist) || time.Now().After(end):
			return client, err
		case !t.goesOn():
			return nil, errEnded
		}
	}
}

var errEnded = errors.New("it has ended")

// errSilent ends the text of an error: dmon has not answered in time.
var errSilent = errors.New("is stopped, or hangs")

// bare is an error without the names of sockets, of which nobody knows.
func bare(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// leaves reports whether the answer of a dmon, or that there is none, says that it
// is about to end.
func leaves(err error) bool {
	return errors.Is(err, errEnded) || errors.Is(err, varlink.ErrGone) || errors.Is(err, syscall.ECONNREFUSED)
}

// act asks all that live for one thing, and then waits until each has done it.
// What of those that do not live, gone says: nil is nothing to do.
func (c *ctl) act(method, parameters, what string, gone func(t *target) error) (int, error) {
	return c.each(func(all []*target) (int, error) {
		return c.actOn(all, method, parameters, what, gone)
	})
}

// each does something with all that the words mean. What there is not is told first
// and is a failure in the end, but keeps the others from nothing.
func (c *ctl) each(do func(all []*target) (int, error)) (int, error) {
	all, missing := c.find(c.words)
	if missing != nil && unknownStatus(missing) != exitUnknown {
		return 0, missing
	}
	c.tell(missing)
	status, err := do(all)
	switch {
	case status == 0 && err != nil:
		status = cli.ExitFailure
	case status == 0 && missing != nil:
		status = exitUnknown
	}
	return status, err
}

// actOn is act for what has been found.
func (c *ctl) actOn(all []*target, method, parameters, what string, gone func(t *target) error) (int, error) {
	var list []*vigil
	var failed error
	for _, t := range all {
		if !t.Lives {
			failed = errors.Join(failed, gone(t))
			continue
		}
		reply, err := t.ask(method, parameters, c.patience())
		if what == "end" && leaves(err) {
			list = append(list, &vigil{target: t, what: what, still: true, any: true})
			continue
		}
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if !reply.True("pending") {
			continue
		}
		v := &vigil{target: t, what: what, still: true, any: what == "end"}
		v.after, _ = reply.Number("seq")
		run, _ := reply.Number("run")
		v.run = int(run)
		list = append(list, v)
	}
	silent := 0
	if c.timeout > 0 && errors.Is(failed, errSilent) {
		silent = cli.ExitTimeout
	}
	if c.noWait || what == "" {
		return silent, failed
	}
	status, err := c.await(list, false)
	status = max(status, silent)
	if what == "end" && status != cli.ExitTimeout {
		status = 0 // it was to end, with whatever status
	}
	return status, errors.Join(failed, err)
}

func nothingToDo(*target) error { return nil }

func notThere(t *target) error {
	return fmt.Errorf("%s is %s: no dmon is there to be asked (dmonctl start %s brings it back)", t.Name, t.State, t.Name)
}

func (c *ctl) stop() (int, error)   { return c.act("Stop", "", "end", nothingToDo) }
func (c *ctl) down() (int, error)   { return c.act("Down", "", "down", notThere) }
func (c *ctl) up() (int, error)     { return c.act("Up", "", "ready", notThere) }
func (c *ctl) pause() (int, error)  { return c.act("Pause", "", "paused", notThere) }
func (c *ctl) resume() (int, error) { return c.act("Resume", "", "", notThere) }

func (c *ctl) signal() (int, error) {
	sig, err := cli.ParseSignal(c.words[0])
	if err != nil {
		return 0, cli.Misusef("signal: %v", err)
	}
	c.words = c.words[1:]
	return c.act("Signal", fmt.Sprintf(`{"signal":%d,"tree":%v}`, int(sig), c.tree), "", notThere)
}

func (c *ctl) text() (int, error) {
	t, err := c.one(c.words[0])
	if err != nil {
		return unknownStatus(err), err
	}
	said := ""
	if len(c.words) > 1 {
		said = c.words[1]
	}
	if !t.Lives {
		return 0, notThere(t)
	}
	var w varlink.Writer
	w.Reset(make([]byte, 0, 6*len(said)+20))
	w.Open("", "{")
	w.Text("text", said)
	w.Close("}")
	_, err = t.ask("SetText", string(w.Bytes()), c.patience())
	return 0, err
}

// forget removes the records of what has ended.
func (c *ctl) forget() (int, error) {
	return c.each(func(all []*target) (_ int, err error) {
		for _, t := range all {
			var taken *record.Taken
			ferr := t.home.Forget(t.Name)
			if errors.As(ferr, &taken) {
				ferr = fmt.Errorf("%s: end it first (dmonctl stop %s)", ferr, t.Name)
			}
			err = errors.Join(err, ferr)
		}
		return 0, err
	})
}
