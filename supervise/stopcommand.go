package supervise

// runStopCommand begins the stop of c by asking it in its own way: the user's stop
// command goes before the ladder, which is climbed when the command has ended and
// left something, or has had its time. e is what the world was told of the stop. It
// reports whether there is somebody to be asked, and a way.
func (m *Machine) runStopCommand(c *task, e Event) bool {
	p := &m.policy
	if c.id != Cmd || p.StopCommand == nil || c.pid == 0 {
		return false
	}
	c.asked = true
	m.heardStep(c, p.StopLimit)
	m.queueJob(Job{Argv: p.StopCommand, Limit: p.StopLimit, Lane: StopLane, Word: onStop, Event: &e})
	return true
}

// remains reports whether there is a process of t, as far as was heard.
func (t *task) remains() bool { return t.pid != 0 || t.left > 0 }

// gone is called when nothing of t is left, or nothing that can be ended. Of the
// command what comes next waits for the stop command: still under way it would be
// about the next run, which it does not mean.
func (m *Machine) gone(t *task) {
	if t.id != Cmd || !m.lanes[StopLane].busy() {
		m.settle(t)
		return
	}
	t.pid, t.left, t.asked = 0, 0, false
	t.clocks.clear()
}

// stopCommandEnded goes on where the stop command has left off.
func (m *Machine) stopCommandEnded() {
	switch c := m.cmd(); {
	case c.state != stopping:
	case !c.remains():
		m.settle(c)
	case c.asked:
		m.firstRung(c)
	}
}

// hurryCmd puts what there is of the command on the last rung, and has no more
// patience with who asks it.
func (m *Machine) hurryCmd() {
	if c := m.cmd(); c.remains() {
		m.hurry(c)
	}
	m.dropJob(&m.lanes[StopLane])
}
