package loadctl

import (
	"math"
	"time"
)

// Load returns a guard that is closed while the load average over w is above
// high, and opens again below low. others leaves out what tree adds to it. root
// is where /proc is mounted, "" for the usual place; it matters on Linux only.
// tree may be nil, but not with others: then a paused job that adds to the load
// keeps the guard closed.
func Load(root string, w Window, others bool, tree Tree, high, low float64) Guard {
	l := &loadMeasure{tree: tree}
	if others {
		l.Sampler = LoadOfOthers(root, w, tree)
	} else {
		l.Sampler = LoadAverage(root, w)
		l.stuck = own{exp: decay[w]}
	}
	g := Limit(l, high, low)
	g.Paused = l.pause
	g.Shared = &Shared{
		Lane: Processors, Turn: min(turnsLong*g.Settle, longestTurn), Busy: l.busy, Yield: func(time.Time) { g.Stay() },
		Woke: func() bool { return false }, Made: func(time.Time) {}, Had: func() time.Duration { return l.had },
	}
	return g
}

// longestTurn bounds the turns of those whose measure is slow.
const longestTurn = 10 * time.Minute

// loadMeasure is a load average less what a paused job adds to it. A process between
// the halves of a vfork counts as one that works for as long as it is stopped:
// only a resume ends that, so it must not stand in its way.
type loadMeasure struct {
	Sampler
	tree   Tree
	stuck  own // zero: the sampler leaves it out
	paused bool
	had    time.Duration // that the job ran
	last   time.Time     // when what is above was brought up to date
	turned time.Time     // up to when stuck was
	now    func() time.Time
}

// pause is Guard.Paused.
func (l *loadMeasure) pause(now time.Time, paused bool) {
	if !l.paused && !l.last.IsZero() {
		l.had += now.Sub(l.last)
	}
	if paused && !l.paused {
		l.turned = now
	}
	l.paused, l.last = paused, now
}

// busy is Shared.Busy.
func (l *loadMeasure) busy() bool {
	if l.tree == nil {
		return true
	}
	active, _, err := l.tree()
	return err != nil || active > 0
}

// Sample implements Sampler. What is stuck does not change while the job is
// paused, so that it need not be counted when the kernel counts.
func (l *loadMeasure) Sample() (float64, error) {
	v, err := l.Sampler.Sample()
	if err != nil || l.stuck.exp == 0 || l.tree == nil || !l.paused && l.stuck.load == 0 {
		return v, err
	}
	active := 0
	if l.paused {
		if active, _, err = l.tree(); err != nil {
			active = 0 // then it is as if nothing was stuck
		}
	}
	turns := int64(l.clock().Sub(l.turned) / loadEvery)
	l.turned = l.turned.Add(time.Duration(turns) * loadEvery)
	l.stuck.follow(turns, active)
	return max(0, math.Round(100*(v-l.stuck.value()))/100), nil
}

func (l *loadMeasure) clock() time.Time {
	if l.now == nil {
		return time.Now()
	}
	return l.now()
}
