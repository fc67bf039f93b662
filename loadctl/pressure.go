package loadctl

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// Resource is what tasks can be held up by the lack of.
type Resource string

// The resources that the kernel tells the pressure on.
const (
	CPU    Resource = "cpu"
	IO     Resource = "io"
	Memory Resource = "memory"
)

// Paces of a pressure guard. It looks every second while the job does
// something or is paused: with a second's delay, what the job itself costs
// hides what looking costs. Of a job that sleeps nobody is in the way; then a
// trigger of the kernel's, which costs nothing, has to do, and a rare look.
const (
	brisk = time.Second
	doze  = 5 * time.Second
)

// Pressure returns a guard that closes when some tasks were held up by the
// lack of r for more than high percent of the last second, and opens when for
// two seconds that was less than low percent and there is room for the job.
//
// For CPU, room is idle processors: as much as the job took before it was
// paused, or a processor if it was never seen; and pressure does not count as
// long as nobody but the job uses the processors. For IO and Memory there is
// no measure of room: what counts is that the others, who are all that is left
// during a pause, are not held up. tree tells what the job takes. root is
// where /proc is mounted, "" for the usual place. It fails where the kernel
// does not tell pressure.
func Pressure(root string, r Resource, high, low float64, tree Tree) (Guard, error) {
	if runtime.GOOS != "linux" {
		return Guard{}, fmt.Errorf("cannot tell the %s pressure: no other system than Linux does", r)
	}
	g := newPressure(root, r, high, low, tree)
	_, err := g.stalls()
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.EOPNOTSUPP) {
		err = fmt.Errorf("%w (the kernel lacks it, or was not started with psi=1)", err)
	}
	return g.guard(), err
}

func newPressure(root string, r Resource, high, low float64, tree Tree) *pressure {
	g := &pressure{
		name: string(r) + " pressure", resource: r, gate: Gate{High: high, Low: low}, tree: tree,
		file: newProcFile(root, "pressure", string(r)), stat: newProcFile(root, "stat"), seen: math.NaN(),
	}
	g.measure = g.read
	return g
}

func (g *pressure) guard() Guard {
	guard := Guard{
		Source: "pressure", Look: g.look, Every: g.every, State: g.state,
		Settle: window + brisk, Stay: g.gate.Close, Open: g.gate.Open, Call: g.call,
	}
	if lane, ok := map[Resource]Lane{CPU: Processors, IO: Disks}[g.resource]; ok {
		guard.Shared = &Shared{
			Lane: lane, Turn: turnsLong * guard.Settle, Busy: g.busy, Woke: g.woke, Yield: g.yield, Made: g.made,
			Had: func() time.Duration { return g.had },
		}
	}
	return guard
}

type pressure struct {
	name       string
	resource   Resource
	gate       Gate
	tree       Tree
	file, stat procFile

	past   []moment // the last looks, oldest first
	seen   float64  // percent, not a number where it is unknown
	idle   float64  // processors, over the same time
	need   float64  // processors that the job will take
	closed time.Time
	jumpy  bool        // look again soon
	armed  atomic.Bool // the kernel calls
	slow   time.Duration

	measure func(now time.Time) (moment, float64, error)
	had     time.Duration // what the job took in all of what is to be shared
	room    time.Time     // another job made room for this one, at that time
}

// moment is what was measured at a look; all but the pressure for CPU only.
type moment struct {
	at         time.Time
	stalled    time.Duration
	processors processors
	used       time.Duration
	active     int // threads of the job that want to go on
}

func (g *pressure) stalls() (stalls, error) {
	text, err := g.file.head()
	if err != nil {
		return stalls{}, fmt.Errorf("cannot tell the %s: %w", g.name, err)
	}
	s, err := parseStalls(text)
	if err != nil {
		return stalls{}, fmt.Errorf("cannot tell the %s: %w", g.name, g.file.garbled(err.Error()))
	}
	return s, nil
}

func (g *pressure) read(now time.Time) (m moment, recent float64, err error) {
	s, err := g.stalls()
	if err != nil {
		return m, 0, err
	}
	m.at, m.stalled = now, s.total
	if m.active, m.used, err = g.tree(); err != nil {
		return m, 0, fmt.Errorf("cannot tell what the job takes: %w", err)
	}
	if g.resource != CPU {
		return m, s.recent, nil
	}
	text, err := g.stat.head()
	if err != nil {
		return m, 0, fmt.Errorf("cannot tell what the processors do: %w", err)
	}
	if m.processors, err = parseProcessors(text); err != nil {
		return m, 0, fmt.Errorf("cannot tell what the processors do: %w", g.stat.garbled(err.Error()))
	}
	return m, s.recent, nil
}

func (g *pressure) look(now time.Time) (Verdict, error) {
	began := time.Now()
	m, lately, err := g.measure(now)
	if err != nil {
		g.gate.Open()
		g.past, g.seen, g.jumpy = nil, math.NaN(), false
		return Verdict{}, err
	}
	defer func() { g.slow = time.Since(began) }()
	if g.gate.closed {
		return g.lookClosed(m), nil
	}
	return g.lookOpen(m, lately), nil
}

// turnsLong is how many times as long as its effect needs to show a turn of those
// who share lasts: a change of hands leaves a processor idle for a second or so.
const turnsLong = 20

// shortest is how far apart two moments have to be for what lies between to be
// measured in ticks of 10 ms.
const shortest = 400 * time.Millisecond

// memorySpan is how far back moments are kept.
const memorySpan = 10 * time.Second

func (g *pressure) lookOpen(m moment, lately float64) Verdict {
	if n := len(g.past); n > 0 && m.at.Sub(g.past[n-1].at) < shortest {
		g.jumpy = true
		return Verdict{Reason: g.calm()}
	}
	alone, dozed := false, false
	if n := len(g.past); n == 0 {
		g.seen = lately // nothing to compare with: what the kernel remembers
	} else {
		dozed = m.at.Sub(g.past[n-1].at) > brisk*3/2
		r := between(g.past[n-1], m)
		g.seen, g.idle = r.pressure, r.idle
		alone = g.resource == CPU && r.used > 0 && r.others <= negligible(r.idle+r.busy)
	}
	g.remember(m)
	if alone || !g.gate.Move(g.seen) {
		// What has begun a moment ago is little yet of so long a time.
		g.jumpy = dozed && g.seen > g.gate.High/8
		return Verdict{Reason: g.calm()}
	}
	g.shut(m.at)
	return Verdict{Closed: true, Reason: g.name + " " + percent(g.seen) + " is above " + percent(g.gate.High) + ", resumes below " + g.condition(m.at)}
}

// shut notes what the job will need, now that it is closed out.
func (g *pressure) shut(now time.Time) {
	g.closed, g.jumpy, g.room = now, false, time.Time{}
	if took := g.most(); took > 0 || g.need == 0 {
		g.need = took
	}
	if g.need == 0 {
		g.need = 1
	}
}

// yield is Shared.Yield.
func (g *pressure) yield(now time.Time) {
	g.gate.Close()
	g.shut(now)
}

// made is Shared.Made.
func (g *pressure) made(now time.Time) {
	g.room = now
}

func (g *pressure) calm() string {
	return g.name + " " + percent(g.seen) + " is not above " + percent(g.gate.High)
}

// negligible is how many of n processors may be used by others when pressure
// is laid to the job alone. The kernel counts by ticks, and we are others too.
func negligible(n float64) float64 { return 0.05 + 0.02*n }

// window is how long there must have been room.
const window = 2 * time.Second

func (g *pressure) lookClosed(m moment) Verdict {
	g.remember(m)
	first, ok := g.before(m)
	if !ok {
		return Verdict{Closed: true, Reason: g.name + " " + percent(g.seen) + " was above " + percent(g.gate.High) + ", resumes below " + g.condition(m.at)}
	}
	r := between(first, m)
	g.seen, g.idle = r.pressure, r.idle
	room := g.resource != CPU || r.idle >= g.needs(m.at)
	if room && !g.gate.Move(g.seen) {
		text := g.name + " " + percent(g.seen) + " is below " + percent(g.gate.Low)
		if g.resource == CPU {
			text += fmt.Sprintf(" and %.1f processors are idle", g.idle)
		}
		return Verdict{Reason: text}
	}
	text := g.name + " " + percent(g.seen) + ", resumes below " + g.condition(m.at)
	if g.resource == CPU {
		text += fmt.Sprintf(", %.1f are", g.idle)
	}
	return Verdict{Closed: true, Reason: text}
}

// condition says when the guard opens.
func (g *pressure) condition(now time.Time) string {
	text := percent(g.gate.Low)
	if g.resource == CPU {
		text += fmt.Sprintf(" with %.1f processors idle", g.needs(now))
	}
	return text
}

// asleep reports whether the job is in nobody's way. One that does little but
// wait for a disk shows in the pressure.
func (g *pressure) asleep(r rates) bool {
	return r.used < 0.02 && (g.resource == CPU || r.pressure < g.gate.Low/2)
}

// busy is Shared.Busy.
func (g *pressure) busy() bool {
	n := len(g.past)
	return n > 1 && !g.asleep(between(g.past[n-2], g.past[n-1]))
}

func (g *pressure) every() time.Duration {
	pace := brisk
	n := len(g.past)
	switch {
	case g.gate.closed:
	case g.jumpy:
		return brisk / 2
	case g.armed.Load() && n > 1 && g.asleep(between(g.past[n-2], g.past[n-1])):
		pace = doze
	}
	// A tree of thousands takes a while to walk: it shall not cost a hundredth.
	return max(pace, min(100*g.slow, doze))
}

func (g *pressure) state() string {
	seen := "unknown"
	if !math.IsNaN(g.seen) {
		seen = percent(g.seen)
	}
	text := fmt.Sprintf("%s %s, pauses above %s, resumes below %s", g.name, seen, percent(g.gate.High), percent(g.gate.Low))
	if g.gate.closed && g.resource == CPU {
		n := len(g.past)
		text += fmt.Sprintf(" with %.1f processors idle, %.1f are", g.needs(g.past[n-1].at), g.idle)
	}
	return text
}

// percent is v with as few decimals as tell: at most two.
func percent(v float64) string { return fmt.Sprintf("%.4g%%", math.Round(100*v)/100) }
