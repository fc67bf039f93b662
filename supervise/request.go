package supervise

// bringDown ends the command and keeps dmon. What is on its way to its end is
// not started again.
func (m *Machine) bringDown() {
	m.wanted = false
	c := m.cmd()
	switch c.state {
	case up:
		m.end(c, ByRequest)
	case waiting:
		m.enter(c, down)
	default: // what is stopping is down in the end
	}
	m.checkReady()
}

// bringUp undoes it. Before the command was to be started for the first time that
// is all: it has its turn after the log command.
func (m *Machine) bringUp() {
	m.wanted = true
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
