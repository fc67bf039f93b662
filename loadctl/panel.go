package loadctl

import (
	"cmp"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// panel is the guards side by side: closed while any of them is. It has no
// clock and no goroutine of its own.
type panel struct {
	places []*place
	closed bool
	resume reluctance
	held   string // why the gate is closed although all guards are open
}

type place struct {
	guard   Guard
	due     time.Time
	rung    atomic.Bool // it asked to be looked at, from another goroutine
	verdict Verdict
	paused  bool // it was closed in this pause, and saw why it is not any more
	told    bool // a failure was told
	seeing  int  // looks in a row that did not fail
}

// soonest bounds how often a guard is looked at, whatever it asks for: the
// watch must not become the load.
const soonest = 50 * time.Millisecond

// calm is how many looks in a row must succeed until a failure is told again:
// one that comes and goes would fill the log.
const calm = 12

// look asks the guards that are due at now, and sums up. changed says that the
// gate opened or closed. The reason is of the guard that did it; while the
// panel stays closed, of the first that is closed.
func (p *panel) look(now time.Time) (v Verdict, changed bool) {
	var opened, since, open []string
	p.resume.tick(now)
	for _, pl := range p.places {
		was := pl.verdict.Closed
		if rung := pl.rung.Swap(false); rung || !now.Before(pl.due) {
			v.Trouble = both(v.Trouble, pl.look(now))
		}
		reason := pl.verdict.Reason
		switch {
		case pl.verdict.Closed:
			if !v.Closed {
				v.Closed, v.Reason = true, reason
			}
			continue
		case was:
			opened = append(opened, reason)
		case pl.paused:
			since = append(since, reason)
		}
		open = append(open, reason)
	}
	for _, reasons := range [][]string{open, since, opened} {
		if !v.Closed && reasons != nil {
			v.Reason = strings.Join(reasons, "; ")
		}
	}
	p.judge(now, &v)
	for _, pl := range p.places {
		pl.settle(v.Closed)
	}
	changed = v.Closed != p.closed
	p.closed = v.Closed
	return v, changed
}

// judge keeps the gate closed for as long as a resume would come too soon.
func (p *panel) judge(now time.Time, v *Verdict) {
	p.held = ""
	switch {
	case !p.closed && v.Closed:
		v.Reason += p.resume.close(now)
	case p.closed && !v.Closed:
		if why, ok := p.resume.mayOpen(now, p.places); !ok {
			v.Closed, v.Reason, p.held = true, v.Reason+"; "+why, why
		}
	}
}

// look asks one guard, and returns what is to be told of a failure.
//
// A guard that cannot see is open. The job is what the user asked for, and
// giving way a courtesy: to hold a job for ever because a file in /proc cannot
// be read would turn a lost courtesy into an outage that nobody sees.
func (pl *place) look(now time.Time) error {
	v, err := pl.guard.Look(now)
	pl.due = now.Add(max(pl.guard.Every(), soonest))
	if err == nil {
		v.Trouble = nil
		pl.verdict = v
		pl.paused = pl.paused || v.Closed
		pl.seeing++
		return nil
	}
	pl.verdict, pl.paused = Verdict{Reason: err.Error()}, false
	tell := !pl.told || pl.seeing >= calm
	pl.told, pl.seeing = true, 0
	if !tell {
		return nil
	}
	return err
}

// stayer is what a Guard may be besides: one that takes back that it opened.
type stayer interface{ Stay() }

// settle tells a guard what has become of its verdict. As long as the panel is
// closed, one that was closed has to see room again at each look: what it saw
// may be taken by the time that the others open, or that it is our turn.
func (pl *place) settle(closed bool) {
	if !closed {
		pl.paused = false
		return
	}
	if s, ok := pl.guard.(stayer); ok && pl.paused {
		s.Stay()
	}
}

// both is two errors said in one line.
func both(a, b error) error {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return fmt.Errorf("%w; %w", a, b)
}

// next is when the first guard is due; there is none in an empty panel.
func (p *panel) next() (when time.Time, ok bool) {
	for i := range p.places {
		if due := p.places[i].due; !ok || due.Before(when) {
			when, ok = due, true
		}
	}
	if end := p.resume.turnEnds; ok && !end.IsZero() && end.Before(when) {
		when = end
	}
	return when, ok
}

// add puts a guard beside the others.
func (p *panel) add(g Guard) {
	p.places = append(p.places, &place{guard: g})
	p.resume.settle = max(p.resume.settle, settleOf(g))
}

func (p *panel) state() string {
	phrases := make([]string, len(p.places))
	for i := range p.places {
		phrases[i] = p.places[i].guard.State()
	}
	if p.held != "" {
		phrases = append(phrases, p.held)
	}
	return strings.Join(phrases, "; ")
}
