package proc

import "dmon/supervise"

// Host gives each run of the command what it may tell us by.
type Host interface {
	// Prepare is called before its process is made, and returns variables for it and
	// a descriptor, which stays the host's, that the process has as at; from -1 is
	// none. It fails where there is no room now.
	Prepare(run int) (env []string, from, at int, err error)
	// Made says which process it has become, 0 where it has not.
	Made(run, pid int)
}

// Receive has h give something to each run of the command from now on.
func (c *Children) Receive(h Host) { c.host = h }

// launchGuest makes a process of the command that has a host.
func (c *Children) launchGuest(a supervise.Start, k *child, env []string) (int, error) {
	more, from, at, err := c.host.Prepare(a.Run)
	if err != nil {
		return 0, err
	}
	k.plan.gift, c.next = gift{from, at}, 0
	pid, err := c.launch(a, k, append(env, more...))
	c.host.Made(a.Run, pid)
	return pid, err
}
