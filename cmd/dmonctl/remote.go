package main

import (
	"os"
	"os/exec"
	"syscall"

	"dmon/internal/cli"
)

// remote has dmonctl on another machine do it: ssh gets the same options and
// words, quoted for the shell there.
func (c *ctl) remote(v *verb) int {
	but := []string{"host"}
	for _, o := range c.set.Options() {
		if !v.takes(o.Name) {
			but = append(but, o.Name) // said by the variable, for other verbs
		}
	}
	words := append([]string{program}, c.set.Words(but...)...)
	return c.ssh(append(append(words, "--", c.verb), c.words...))
}

func (c *ctl) ssh(words []string) int {
	path, err := exec.LookPath("ssh")
	if err != nil {
		return cli.Tell(program, c.stdout, c.stderr, cli.Misusef("--host: there is no ssh here"))
	}
	argv := []string{"ssh"}
	if width, _ := window(c.stdout); c.watch && width > 0 {
		argv = append(argv, "-t") // a screen of its own needs a terminal there
	}
	err = syscall.Exec(path, append(argv, "--", c.host, cli.Quote(words...)), os.Environ())
	return cli.Tell(program, c.stdout, c.stderr, err)
}
