// Command dmonctl lists the dmons that run here, asks them, waits for them and
// commands them. See dmonctl(8).
//
// Exit statuses, where a verb does not say something else:
//
//	0    done, or yes
//	1    no; a new run did not come up
//	3    not up; what was waited for can no longer come
//	4    there is no such name
//	124  time-out
//	125  dmonctl was misused, or failed
package main

import (
	"errors"
	"os"

	"dmon/internal/cli"
)

func main() {
	c := &ctl{args: os.Args[1:], stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(c.run())
}

const program = "dmonctl"

// Exit statuses beside those of cli. Those of status are the ones that LSB has
// for init scripts.
const (
	exitNo      = 1 // the answer to a question is no
	exitDown    = 3 // it is not up; what was waited for can no longer come
	exitUnknown = 4 // there is no such name
)

// run is dmonctl, from its arguments to its exit status.
func (c *ctl) run() int {
	v, err := c.parse()
	if err != nil {
		return cli.Tell(program, c.stdout, c.stderr, err)
	}
	if c.host != "" {
		return c.remote(v)
	}
	c.quiet = c.quiet && v.takes("quiet")
	c.json = c.json && v.takes("json")
	status, err := v.run(c)
	if told := c.tell(err); status == 0 {
		status = told
	}
	c.closeHomes()
	return status
}

// tell prints an error, or several, a line each, and returns the status for them; 0
// for nil. With --quiet nobody hears but who has misused us.
func (c *ctl) tell(err error) (status int) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			status = max(status, c.tell(e))
		}
		return status
	}
	if err == nil {
		return 0
	}
	if c.quiet && !errors.As(err, new(*cli.Misuse)) && !errors.As(err, new(*cli.Answer)) {
		return cli.ExitFailure
	}
	return cli.Tell(program, c.stdout, c.stderr, err)
}
