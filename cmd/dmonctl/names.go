package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// target is one name of one user's.
type target struct {
	record.View
	home *record.Home
	uid  int
}

// goesOn reports whether the dmon that was found still lives. Another one may
// have its name by now.
func (t *target) goesOn() bool {
	now, err := t.home.Look(t.Name)
	return err == nil && t.isStill(&now)
}

// isStill reports whether now, a later look at the name, shows the same dmon, and
// that it lives. One that had said nothing yet is the first that does.
func (t *target) isStill(now *record.View) bool {
	if t.Dmon.Pid == 0 {
		t.Dmon = now.Dmon
	}
	return now.Lives && now.Dmon == t.Dmon
}

// label is the name as it is shown: with the user where several are.
func (c *ctl) label(t *target) string {
	if c.all {
		return cli.OneLine(userName(t.uid)) + ":" + t.Name
	}
	return t.Name
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// uids are the users who are asked about.
func (c *ctl) uids() ([]int, error) {
	switch {
	case c.all && os.Geteuid() != 0:
		return nil, cli.Misusef("--all is for root: nobody else may look at the names of others")
	case c.all:
		list := record.Homes()
		if !slices.Contains(list, 0) {
			list = append(list, 0)
		}
		slices.Sort(list)
		return list, nil
	case c.user == "":
		return []int{os.Geteuid()}, nil
	}
	uid, err := strconv.Atoi(c.user)
	if err != nil {
		u, err := user.Lookup(c.user)
		if err != nil {
			return nil, cli.Misusef("--user: there is no user %q", c.user)
		}
		uid, _ = strconv.Atoi(u.Uid)
	}
	if uid != os.Geteuid() && os.Geteuid() != 0 {
		return nil, cli.Misusef("--user: only root may look at the names of others")
	}
	return []int{uid}, nil
}

// open opens the home of a user, once; nil where he has none.
func (c *ctl) open(uid int) (*record.Home, error) {
	if h, ok := c.homes[uid]; ok {
		return h, nil
	}
	h, err := record.OpenHome(uid, false)
	if errors.Is(err, os.ErrNotExist) {
		h, err = nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot look at the names of user %d: %w", uid, err)
	}
	if c.homes == nil {
		c.homes = map[int]*record.Home{}
	}
	c.homes[uid] = h
	return h, nil
}

func (c *ctl) closeHomes() {
	for _, h := range c.homes {
		h.Close()
	}
}

// unknown says that there is nothing that any of these mean.
type unknown struct {
	patterns []string
	hint     string
}

func (e *unknown) Error() string {
	var quoted []string
	for _, p := range e.patterns {
		quoted = append(quoted, cli.Quote(p))
	}
	return "nothing here is called " + strings.Join(quoted, " or ") + e.hint
}

// find returns what patterns mean, each name once and in order; all names where
// there is no pattern. A name that is not there is an *unknown, a pattern that
// matches nothing likewise.
func (c *ctl) find(patterns []string) ([]*target, error) {
	uids, err := c.uids()
	if err != nil {
		return nil, err
	}
	var all []*target
	for _, uid := range uids {
		h, err := c.open(uid)
		if err != nil {
			if !c.all {
				return nil, err
			}
			c.tell(err)
		}
		if h == nil {
			continue
		}
		names, err := h.Names()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if len(patterns) > 0 && !slices.ContainsFunc(patterns, func(p string) bool { return record.Match(p, name) }) {
				continue
			}
			view, err := h.Look(name)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				c.tell(fmt.Errorf("%s: %w", name, err))
			}
			if err == nil {
				t := &target{View: view, home: h, uid: uid}
				c.believe(t)
				all = append(all, t)
			}
		}
	}
	missing := &unknown{}
	for _, p := range patterns {
		if !slices.ContainsFunc(all, func(t *target) bool { return record.Match(p, t.Name) }) {
			missing.patterns = append(missing.patterns, p)
		}
	}
	if len(missing.patterns) == 0 {
		return all, nil
	}
	missing.hint = c.elsewhere(missing.patterns)
	return all, missing
}

// elsewhere says that the user who has become root by sudo(8) has such a name.
func (c *ctl) elsewhere(patterns []string) string {
	uid, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	if err != nil || uid == 0 || os.Geteuid() != 0 || c.all || c.user != "" {
		return ""
	}
	h, err := c.open(uid)
	if err != nil || h == nil {
		return ""
	}
	names, _ := h.Names()
	for _, name := range names {
		if len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return record.Match(p, name) }) {
			return fmt.Sprintf("; user %s has %s (dmonctl -u %s ...)", userName(uid), name, userName(uid))
		}
	}
	return ""
}

// one is find for a verb that is about one name.
func (c *ctl) one(pattern string) (*target, error) {
	all, err := c.find([]string{pattern})
	switch {
	case err != nil:
		return nil, err
	case len(all) > 1:
		var names []string
		for _, t := range all {
			names = append(names, c.label(t))
		}
		return nil, cli.Misusef("%s means %d names, and %s takes one: %s", cli.Quote(pattern), len(all), c.verb, strings.Join(names, ", "))
	}
	return all[0], nil
}

// unknownStatus is the exit status for an error of find.
func unknownStatus(err error) int {
	if errors.As(err, new(*unknown)) {
		return exitUnknown
	}
	return cli.ExitFailure
}
