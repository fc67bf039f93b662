package loadctl

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Tree counts what the job that is to be paused does: how many of its threads
// run, wait for a processor or are in an uninterruptible sleep right now, and
// the processor time that it has taken in all, which never matters but as a
// difference. Whoever knows the processes provides it; it is called from the
// watch's goroutine.
type Tree func() (active int, used time.Duration, err error)

// The kernel's arithmetic of the load average: numbers with 11 bits behind the
// point, and for each window what is left of the old average after one turn.
const (
	fixedBits = 11
	fixedOne  = 1 << fixedBits
)

var decay = map[Window]uint64{OneMinute: 1884, FiveMinutes: 2014, FifteenMinutes: 2037}

// own is the part of a load average that one job contributes, computed as the
// kernel computes the whole. That is exact: but for its rounding the kernel's
// sum is linear in what is added up.
type own struct {
	exp  uint64
	load uint64
}

// follow takes in that the kernel had turns, and that active threads were seen
// at the last of them.
func (o *own) follow(turns int64, active int) {
	for ; turns > 0; turns-- {
		before := o.load
		o.load = turn(before, o.exp, uint64(max(active, 0))<<fixedBits)
		if o.load == before { // it has arrived: nothing changes any more
			return
		}
	}
}

func (o *own) value() float64 { return float64(o.load) / fixedOne }

// turn is one of the kernel's: load moves towards active, and rounds towards
// it as well.
func turn(load, exp, active uint64) uint64 {
	sum := load*exp + active*(fixedOne-exp)
	if active >= load {
		sum += fixedOne - 1
	}
	return sum / fixedOne
}

// LoadOfOthers returns a sampler of the load average less what tree adds to
// it. It has to be made when the job begins: what it did before is taken for
// the work of others.
func LoadOfOthers(root string, w Window, tree Tree) Sampler {
	return &loadOfOthers{all: LoadAverage(root, w), window: w, tree: tree, own: own{exp: decay[w]}, now: time.Now}
}

type loadOfOthers struct {
	all    Sampler
	window Window
	tree   Tree
	own    own
	rhythm rhythm
	now    func() time.Time
}

func (l *loadOfOthers) Name() string     { return l.all.Name() + " of others" }
func (l *loadOfOthers) Average() Average { return averageOver(l.window) }

// Every keeps step with the kernel: what the job does has to be counted when
// the kernel counts.
func (l *loadOfOthers) Every() time.Duration {
	if l.rhythm.wait == 0 {
		return l.all.Every()
	}
	return l.rhythm.wait
}

func (l *loadOfOthers) Sample() (float64, error) {
	if l.own.exp == 0 {
		return 0, errors.New("cannot compute a load average over these minutes")
	}
	first := l.rhythm.wait == 0
	v, err := l.all.Sample()
	if err != nil {
		return 0, err
	}
	turns := l.rhythm.look(l.now(), v)
	if first || turns > 0 {
		active, _, err := l.tree()
		if err != nil {
			return 0, fmt.Errorf("cannot tell the load of others: %w", err)
		}
		l.own.follow(turns, active)
	}
	return max(0, math.Round(100*(v-l.own.value()))/100), nil // as exact as the whole
}
