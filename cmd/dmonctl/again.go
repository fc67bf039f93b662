package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"dmon/internal/cli"
	"dmon/internal/record"
)

// start brings up what is down: where dmon lives its command, where it has ended
// the whole, from its record.
func (c *ctl) start() (int, error) { return c.begin("Up") }

// restart begins a new run where dmon lives, and is start where it does not.
func (c *ctl) restart() (int, error) { return c.begin("Restart") }

func (c *ctl) begin(method string) (int, error) {
	return c.each(func(all []*target) (status int, failed error) {
		var living []*target
		var begun []*vigil
		for _, t := range all {
			if t.Lives {
				living = append(living, t)
				continue
			}
			after := t.lastSeq()
			s, err := c.again(t, len(all) == 1)
			if failed = errors.Join(failed, err); s != 0 || err != nil {
				status = max(status, s)
				continue
			}
			// Its first run is what it is about, however that goes.
			now, err := t.home.Look(t.Name)
			if err == nil {
				begun = append(begun, &vigil{target: &target{View: now, home: t.home, uid: t.uid}, what: "ready", after: after, still: true})
			}
		}
		s, err := c.actOn(living, method, "", "ready", notThere)
		status, failed = max(status, s), errors.Join(failed, err)
		if !c.noWait {
			s, err = c.await(begun, false)
		}
		return max(status, s), errors.Join(failed, err)
	})
}

// lastSeq is the number of the last event that is kept of a name, -1 where none is.
func (t *target) lastSeq() int64 {
	f, _, err := follow(t, 0)
	if err != nil || f.last == 0 {
		return -1
	}
	f.close()
	return f.last
}

// again starts an ended dmon with its own words, directory and umask, and the
// environment of the caller.
func (c *ctl) again(t *target, alone bool) (int, error) {
	switch {
	case t.uid != os.Geteuid():
		return 0, fmt.Errorf("%s is user %s's, who alone may start it again (sudo -u %s dmonctl start %s)", t.Name, userName(t.uid), userName(t.uid), t.Name)
	case len(t.Argv) == 0:
		return 0, fmt.Errorf("%s has no record of how it was started", t.Name)
	case t.Cut:
		return 0, fmt.Errorf("%s: its record does not hold all of its command line (over 4 KiB, or no UTF-8): start it by hand", t.Name)
	}
	return runAgain(&t.Record, c, alone)
}

// runAgain executes dmon as a record says. One that was in the foreground is so
// again, in the place of this program; a daemon's launcher is awaited.
func runAgain(r *record.Record, c *ctl, alone bool) (int, error) {
	word := r.Argv[0]
	if strings.Contains(word, "/") && !filepath.IsAbs(word) {
		word = filepath.Join(r.Dir, word) // as it was meant there
	}
	path, err := exec.LookPath(word)
	if err != nil {
		return 0, fmt.Errorf("cannot start %s again: %w", r.Name, err)
	}
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "DMON_OPTIONS=") })
	syscall.Umask(r.Umask)
	if r.Foreground {
		if !alone || c.noWait {
			return 0, fmt.Errorf("%s was in the foreground: start it alone, it will take this terminal", r.Name)
		}
		if err := os.Chdir(r.Dir); err != nil {
			return 0, fmt.Errorf("cannot start %s again: %w", r.Name, err)
		}
		err := syscall.Exec(path, r.Argv, env)
		return 0, fmt.Errorf("cannot start %s again: %w", r.Name, err)
	}
	cmd := exec.Command(path)
	cmd.Args, cmd.Env, cmd.Dir = r.Argv, env, r.Dir
	cmd.Stdout, cmd.Stderr = c.stdout, c.stderr
	if c.quiet {
		cmd.Stderr = nil
	}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return max(exit.ExitCode(), exitNo), nil // it has said why
	case err != nil:
		return cli.ExitFailure, fmt.Errorf("cannot start %s again: %w", r.Name, err)
	}
	return 0, nil
}
