package loadctl

import (
	"errors"
	"time"
)

// limitOfPauses bounds how long measures may keep a job from its work: after
// that it runs for as long as it has worked before, whatever they say. What is
// closed for another reason than a measure, as by the clock, is not bounded.
type limitOfPauses struct {
	most   time.Duration // of a pause; 0: for ever
	began  time.Time     // when the job began to work or, while it is paused, the pause
	paused bool
	worked time.Duration // before this pause
	until  time.Time     // the job runs until then, whatever the measures say; zero: it obeys
}

// obeys reports whether the guards that are closed, by, are to be obeyed at now.
func (l *limitOfPauses) obeys(now time.Time, by []*place) bool {
	if !l.until.IsZero() && (!now.Before(l.until) || !measuresOnly(by)) {
		l.until = time.Time{}
	}
	return l.until.IsZero()
}

// judge opens the gate in v when a pause has lasted long enough.
func (l *limitOfPauses) judge(now time.Time, v *Verdict, by []*place) {
	if l.most == 0 {
		return
	}
	switch {
	case !v.Closed && l.paused:
		l.paused, l.began = false, now
	case v.Closed && !l.paused:
		l.paused = true
		if !l.began.IsZero() {
			l.worked = now.Sub(l.began)
		}
		l.began = now
	case v.Closed && !measuresOnly(by):
		l.began = now
	case v.Closed && now.Sub(l.began) >= l.most:
		work := l.worked
		if work == 0 { // it was a start that was held
			work = l.most
		}
		v.Trouble = both(v.Trouble, errors.New("held back for "+span(now.Sub(l.began))+", runs for "+span(work)+" although "+v.Reason))
		l.until, l.paused, l.began = now.Add(work), false, now
		l.overrule(now, v)
	case l.began.IsZero():
		l.began = now
	}
}

// overrule opens the gate in v.
func (l *limitOfPauses) overrule(now time.Time, v *Verdict) {
	v.Closed, v.Source = false, ""
	v.Reason = "runs for " + span(l.until.Sub(now)) + " more, having been held back; " + v.Reason
}

// end is when the gate may move for our sake; zero: it does not.
func (l *limitOfPauses) end() time.Time {
	if l.most > 0 && l.paused {
		return l.began.Add(l.most)
	}
	return l.until
}

func measuresOnly(places []*place) bool {
	for _, pl := range places {
		if !pl.guard.measures() {
			return false
		}
	}
	return true
}
