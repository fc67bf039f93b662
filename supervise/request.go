package supervise

// request is what somebody asks of the command.
func (m *Machine) request(in Input) {
	switch in := in.(type) {
	case Down:
		m.bringDown()
	case Up:
		m.bringUp()
	case Restart:
		m.restart(in)
	case Deliver:
		m.deliver(in)
	case Met:
		m.met(in)
	}
}

// bringDown ends the command and keeps dmon. What is on its way to its end is
// not started again.
func (m *Machine) bringDown() {
	m.wanted = false
	c := m.cmd()
	switch c.state {
	case up:
		m.end(c, ByRequest)
	case waiting:
		m.nowDown(c)
	default: // what is stopping is down in the end
	}
	m.checkReady()
}

// nowDown leaves the command alone until somebody wants it.
func (m *Machine) nowDown(c *task) {
	m.enter(c, down)
	m.emit(c, Event{Kind: Downed, Why: ByRequest})
}

// launchWanted starts the command if somebody wants it.
func (m *Machine) launchWanted(c *task) {
	if m.wanted {
		m.launch(c)
		return
	}
	m.nowDown(c)
}

// bringUp undoes it. Before the command was to be started for the first time that
// is all: it has its turn after the log command. What rests has rested enough.
func (m *Machine) bringUp() {
	m.wanted = true
	m.wake(m.log())
	m.wake(m.cmd())
	if c := m.cmd(); c.state == down && m.begun && m.phase == running {
		m.launch(c)
	}
}

// restart ends the run for the sake of the next one. A command that waits has
// waited long enough, one that was down is wanted again.
func (m *Machine) restart(in Restart) {
	c := m.cmd()
	switch {
	case m.phase != running || !m.begun:
	case c.state == up:
		m.end(c, in.Why)
	case c.state == waiting && c.clocks.on(stateClock) && !c.pending:
		m.launch(c)
	case c.state == down:
		m.bringUp()
	}
}

// deliver sends a signal that somebody asked for, if there is whom to send it to.
func (m *Machine) deliver(in Deliver) {
	c := m.cmd()
	if c.pid == 0 { // what it left is being ended
		return
	}
	m.act(Send{Task: c.id, Target: in.Target, Signal: in.Signal})
	m.emit(c, Event{Kind: Sent, Pid: c.pid, Signal: in.Signal})
}
