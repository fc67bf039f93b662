package supervise

import "time"

// watch begins to count the silence of a run that is ready, or anew.
func (m *Machine) watch(c *task) {
	if c.watchdog > 0 {
		c.clocks.set(watchdogClock, c.moment(m.now).Add(c.watchdog))
	}
}

// noticed takes in what a run says of itself, in the order of sense: that it is
// ready before what is said to one that is.
func (m *Machine) noticed(in Notice) {
	c := m.cmd()
	if in.Run != c.run || !c.live() {
		return
	}
	if in.Ready {
		m.readied(Readied{in.Run})
	}
	if c.reloading != in.Reloading && (in.Reloading || in.Ready) {
		c.reloading = in.Reloading
		m.emit(c, Event{Kind: Reloading, Pid: c.pid, Met: c.reloading})
	}
	if in.Text != nil && *in.Text != c.text {
		c.text = *in.Text
		m.emit(c, Event{Kind: Said, Pid: c.pid, Cause: c.text})
	}
	if in.Watchdog > 0 {
		c.watchdog = in.Watchdog
	}
	if (in.Alive || in.Watchdog > 0) && c.state == up && c.ready {
		m.watch(c)
	}
	if in.Extend > 0 {
		m.extend(c, in.Extend)
	}
	switch {
	case c.state != up:
	case in.Ill:
		m.bark(c, "the command says that it is ill")
	case in.Stopping:
		m.windDown(c)
	}
}

// extend moves the end of the time that c has for what it is doing, never nearer.
func (m *Machine) extend(c *task, d time.Duration) {
	k := timeoutClock
	switch {
	case c.state == stopping && c.rung == len(m.ladder(c))-1:
		return
	case c.state == stopping:
		k = stateClock
	case !c.ready && !c.never:
		k = lateClock
	}
	if due := c.moment(m.now).Add(d); c.clocks.on(k) && due.After(c.clocks[k]) {
		c.clocks.set(k, due)
		m.emit(c, Event{Kind: Extended, Pid: c.pid, Delay: d})
	}
}

// windDown is for a command that says that it is about to end: it has the first step
// of the ladder behind it.
func (m *Machine) windDown(c *task) {
	if c.standsStill() {
		defer m.act(Thaw{c.id})
	}
	c.why = none // its end will say
	m.mount(c)
	m.skipRung(c)
}

// silent is called when a run has not said in time that it is well. Where we come
// late ourselves, the machine has slept or we have: the run had no chance then.
func (m *Machine) silent(c *task, due time.Time) {
	if m.now.Sub(due) > c.watchdog/2 {
		m.watch(c)
		return
	}
	m.bark(c, "the command has not said for "+brief(c.watchdog)+" that it is well")
}

func (m *Machine) bark(c *task, cause string) {
	m.emit(c, Event{Kind: Reached, Pid: c.pid, Why: ByWatchdog, Cause: cause})
	m.end(c, ByWatchdog)
}

// beat is for who watches us: that we still do our work.
func (m *Machine) beat() {
	m.act(Beat{})
	m.beats = m.now.Add(m.policy.Beat)
}
