package supervise

import (
	"slices"

	"time"
)

// Mail goes out at the first trouble, and then once in mailEvery at most, with what
// has come together by then; once more when all is well again.
const (
	mailEvery  = 15 * time.Minute
	mailWell   = time.Minute // how long a run lasts by then; one that succeeds need not
	mailCauses = 8           // kinds of troubles that are told apart
)

// Digest is what a mail is about.
type Digest struct {
	Event  Event     // the latest trouble; with Well the one that all is well by
	Well   bool      // all is well again
	Since  time.Time // the first trouble since all was well
	Total  int       // troubles since then
	Count  int       // since the mail before this
	Kinds  []Tally   // of these
	Others int       // of kinds that are not in Kinds
}

// Tally is how many troubles there were of the kind of an event.
type Tally struct {
	Event Event
	Count int
}

// mailing is what has not been mailed.
type mailing struct {
	digest            Digest
	sent, gave, cured time.Time // the latest mail at all, that one was given up, that all is well
	due               time.Time // of the next mail; zero: there is nothing to be told
	wellAt            time.Time // the run has lasted long enough by then; zero: there is none
	well              bool      // it had, or has succeeded
}

// noteMail takes in what happens, where it is to be mailed.
func (m *Machine) noteMail(e Event) {
	if m.policy.Mail == nil || e.Task != Cmd && e.Kind != GaveUp {
		return
	}
	l := &m.mail
	switch e.Kind {
	case Started:
		l.wellAt = m.now.Add(mailWell)
	case Exited, Failed, Stopping:
		l.wellAt = time.Time{}
	}
	switch {
	case m.isTrouble(e):
		m.trouble(e)
	case e.Kind == Exited && reasons[e.Why].own: // it has succeeded
		m.wellAgain(e)
	}
}

func (m *Machine) isTrouble(e Event) bool {
	switch e.Kind {
	case Exited:
		return e.Why.Failed(m.policy.Success, e.Status)
	case Failed:
		return !e.Again
	case GaveUp, Told:
		return true
	case Reached:
		return e.Ends
	default:
		return false
	}
}

// trouble notes one, and mails it unless that was done lately. That all is given up is
// more than one failure after the other.
func (m *Machine) trouble(e Event) {
	l := &m.mail
	d := &l.digest
	if d.Total == 0 {
		d.Since = e.Time
	}
	d.Event, l.well = e, false
	d.Total++
	d.Count++
	d.tally(e)
	lately := func(sent time.Time) bool { return !sent.IsZero() && m.now.Sub(sent) < mailEvery }
	if gave := e.Kind == GaveUp && !lately(l.gave); !gave && lately(l.sent) {
		l.due = l.sent.Add(mailEvery)
		return
	}
	if e.Kind == GaveUp {
		l.gave = m.now
	}
	m.post()
}

func (d *Digest) tally(e Event) {
	same := func(t Tally) bool {
		return t.Event.Kind == e.Kind && t.Event.Why == e.Why && t.Event.Status == e.Status && (e.Kind == Exited || t.Event.Cause == e.Cause)
	}
	switch i := slices.IndexFunc(d.Kinds, same); {
	case i >= 0:
		d.Kinds[i].Count++
	case len(d.Kinds) < mailCauses:
		d.Kinds = append(d.Kinds, Tally{e, 1})
	default:
		d.Others++
	}
}

// wellAgain tells it once to who was told otherwise.
func (m *Machine) wellAgain(e Event) {
	l := &m.mail
	if l.digest.Total == 0 || l.well {
		return
	}
	l.well = true
	l.digest.Event = e
	if next := l.cured.Add(mailEvery); !l.cured.IsZero() && next.After(m.now) {
		l.due = next
		return
	}
	m.post()
}

// post sends a mail with all that there is to tell.
func (m *Machine) post() {
	l := &m.mail
	d := l.digest
	d.Well = l.well
	l.due, l.digest.Count, l.digest.Kinds, l.digest.Others = time.Time{}, 0, nil, 0
	if l.well {
		l.cured, l.digest, l.well = m.now, Digest{}, false
	} else {
		l.sent = m.now
	}
	m.queueJob(Job{Argv: m.policy.Mail, Lane: MailLane, Word: onMail, Event: &d.Event, Digest: &d})
}

// onMail is what a mail is about, to the program that sends it.
const onMail = "mail"

// mailTick is called when time has passed.
func (m *Machine) mailTick() {
	l := &m.mail
	if !l.wellAt.IsZero() && !l.wellAt.After(m.now) {
		l.wellAt = time.Time{}
		c := m.cmd()
		m.wellAgain(Event{Seq: m.seq, Time: m.now, Began: c.began, Task: Cmd, Kind: Started, Pid: c.pid, Run: c.run})
	}
	if !l.due.IsZero() && !l.due.After(m.now) {
		m.post()
	}
}

// lastMail is for a dmon that ends: there is no later one.
func (m *Machine) lastMail() {
	l := &m.mail
	l.wellAt = time.Time{}
	if l.digest.Count > 0 || l.well {
		m.post()
	}
}

// next is when mailTick is wanted; zero: never.
func (l *mailing) next() time.Time {
	if l.due.IsZero() || !l.wellAt.IsZero() && l.wellAt.Before(l.due) {
		return l.wellAt
	}
	return l.due
}
