package supervise

import "time"

// drain lets the log command read to the end: our write end of the pipe is
// the last one, and closing it is what tells the log command.
func (m *Machine) drain() {
	l := m.log()
	if l.run == 0 || l.run == 1 && l.failure != nil {
		m.finish() // there never was a log command that could read
		return
	}
	m.phase = max(m.phase, draining)
	l.clocks.set(drainClock, m.now.Add(m.policy.Drain))
	m.act(ClosePipe{})
	switch l.state {
	case up:
	case stopping: // its strays are on the ladder
		if !l.clocks.on(stateClock) { // as in leave
			m.hurry(l)
		}
	default: // whether there is anything to read, drained will hear
		l.delay = 0 // there is no time to lose
		m.enter(l, waiting)
	}
}

// redrain is called when the log command ended in the middle of draining. What
// it has left in the pipe is for its successor, as at any other time, whatever
// status it ended with: many exit with 0 when somebody tells them to stop.
func (m *Machine) redrain(l *task) {
	m.backOff(l)
	m.enter(l, waiting)
	m.act(ClosePipe{})
}

// drained decides whether a log command that is gone is needed once more.
func (m *Machine) drained(in Drained) {
	m.unread = in.Unread
	l := m.log()
	switch {
	case m.phase != draining || l.state != waiting || l.clocks.on(stateClock):
		// It reads on, and is asked again when it has ended; or that is decided.
	case m.unread == 0 || !m.readsOn(l):
		m.finish()
	default:
		m.wait(l, l.delay)
	}
}

// readsOn reports whether the log command has time to read on.
func (m *Machine) readsOn(l *task) bool {
	return l.clocks.on(drainClock) && m.now.Before(l.clocks[drainClock])
}

// drainOver is called when the log command's time to read on is over.
func (m *Machine) drainOver(l *task) {
	switch l.state {
	case up:
		m.end(l, ByStop)
	case waiting:
		m.finish()
	default: // its strays are on the ladder, and what follows asks for the clock
	}
}

// stopDraining ends the log command's time to read on, now.
func (m *Machine) stopDraining() {
	l := m.log()
	l.clocks[drainClock] = time.Time{}
	switch l.state {
	case up:
		l.why = ByStop
		m.mount(l)
		m.hurry(l)
	case stopping:
		m.hurry(l)
	default:
		m.finish()
	}
}

// finish is called when both tasks are over. What nobody will read any more is
// told, since somebody counts on it; then the jobs have their time.
func (m *Machine) finish() {
	if m.unread > 0 {
		m.emit(m.log(), Event{Kind: Unread, Count: m.unread})
	}
	m.lastMail()
	m.phase = closing
	m.enter(m.log(), down)
	m.log().clocks = clocks{}
	m.close()
}

// close ends all when the jobs are over too.
func (m *Machine) close() {
	if m.phase != closing || m.employed() {
		return
	}
	m.phase = done
	if m.fatal != 0 {
		m.status = m.fatal
	}
	m.act(Finish{Status: m.status})
}
