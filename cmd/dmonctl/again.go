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
