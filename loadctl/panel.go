package loadctl

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// panel is the guards side by side: closed while any of them is. It has no
// clock and no goroutine of its own.
type panel struct {
	places   []*place
	closed   bool
	resume   reluctance
	limit    limitOfPauses
	grace    time.Duration // how long a measure has to be above its limit until it closes
	yielding bool
	held     string // why the gate is closed although all guards are open
}

// look asks the guards that are due at now, and sums up. changed says that the
// gate opened or closed. The reason is of the guard that did it; while the
// panel stays closed, of the first that is closed.
func (p *panel) look(now time.Time) (v Verdict, changed bool) {
	p.resume.tick(now)
	v, by := p.ask(now)
	p.judge(now, &v, by)
	for _, pl := range p.places {
		pl.settle(now, v.Closed)
	}
	changed = v.Closed != p.closed
	p.closed = v.Closed
	p.line(now, changed)
	return v, changed
}

// ask sums up what the guards say, and returns those that are closed.
func (p *panel) ask(now time.Time) (v Verdict, by []*place) {
	var opened, since, open []string
	for _, pl := range p.places {
		was := pl.verdict.Closed
		if rung := pl.rung.Swap(false); rung || !now.Before(pl.due) {
			v.Trouble = both(v.Trouble, pl.look(now, func(pl *place) time.Duration { return p.graceOf(pl, now) }))
		}
		reason := pl.verdict.Reason
		switch {
		case pl.verdict.Closed:
			if by = append(by, pl); !v.Closed {
				v.Closed, v.Source, v.Reason = true, pl.guard.Source, reason
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
	return v, by
}

// graceOf is how long a guard may be above its limit.
func (p *panel) graceOf(pl *place, now time.Time) time.Duration {
	if pl.guard.Shared == nil || !p.resume.fair() {
		return p.grace
	}
	return max(p.grace, p.resume.queue.grace(now, pl.guard.Shared, p.resume.turnEnds.Sub(now)))
}

// judge keeps the gate closed for as long as a resume would come too soon, and
// closes it when others have waited for long enough.
func (p *panel) judge(now time.Time, v *Verdict, by []*place) {
	p.held = ""
	switch {
	case !p.limit.obeys(now, by):
		p.limit.overrule(now, v)
		return
	case !p.closed && v.Closed:
		v.Reason += p.resume.close(now, settleOf(by))
	case p.closed && !v.Closed:
		if why, ok := p.resume.mayOpen(now, p.places); !ok {
			v.Closed, v.Reason, p.held = true, v.Reason+"; "+why, why
		}
	case !p.closed && p.resume.yields(now, p.places):
		v.Closed, v.Source, v.Reason = true, "turn", p.yield(now)
	}
	p.limit.judge(now, v, by)
}

// yield closes the shared guards, and says why.
func (p *panel) yield(now time.Time) string {
	p.yielding = true
	for _, pl := range p.places {
		if s := pl.guard.Shared; s != nil {
			s.Yield(now)
			pl.verdict.Closed, pl.paused = true, true
		}
	}
	return "has run " + span(now.Sub(p.resume.opened)) + ", and others wait"
}

// line has the queue know what has become of the gate.
func (p *panel) line(now time.Time, changed bool) {
	switch {
	case !p.resume.fair():
	case !p.closed && changed:
		p.resume.queue.begin(now, p.places)
	case p.closed:
		if changed {
			p.resume.queue.leave(now, p.places, p.yielding)
			p.yielding = false
		}
		p.resume.excuse(now, p.places)
		ready := !p.resume.waits(now)
		for _, pl := range p.places {
			ready = ready && (!pl.verdict.Closed || pl.guard.Shared != nil)
		}
		if p.held == "" {
			p.resume.queue.stay()
		}
		p.resume.queue.wait(now, p.places, ready)
	}
}

// settleOf is the longest time that one of the guards needs to see a resume.
func settleOf(places []*place) (d time.Duration) {
	for _, pl := range places {
		d = max(d, pl.guard.Settle)
	}
	return d
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
	for _, end := range []time.Time{p.resume.turnEnds, p.limit.end()} {
		if ok && !end.IsZero() && end.Before(when) {
			when = end
		}
	}
	return when, ok
}

// add puts a guard beside the others.
func (p *panel) add(g Guard) {
	p.places = append(p.places, &place{guard: g})
	p.resume.settle = max(p.resume.settle, g.Settle)
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
