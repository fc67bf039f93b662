package loadctl

import (
	"fmt"
	"strconv"
	"time"
)

// MinMemory returns a guard that is closed while less memory is available than
// bytes or, where that is 0, than percent of what there is: what the machine
// has or, if that is less, what the control groups that we are in may have. It
// opens again a tenth above the limit or, where little is left above it, a
// quarter of that. root is where /proc is mounted, "" for the usual place. It
// fails where the kernel does not tell what is available, and where there is
// not as much memory as is to be available.
func MinMemory(root string, bytes int64, percent float64) (Guard, error) {
	g := &minMemory{file: newProcFile(root, "meminfo"), groups: memoryGroups(root), bytes: bytes, percent: percent, seen: -1}
	if _, err := g.read(); err != nil {
		return Guard{}, err
	}
	return Guard{
		Source: "memory", Look: g.look, Every: g.every, State: g.state,
		Settle: 5 * time.Second, // a job takes its memory back bit by bit
		Stay:   func() { g.closed = true }, Open: func() { g.closed = false },
	}, nil
}

type minMemory struct {
	file    procFile
	groups  []memoryGroup
	bytes   int64 // 0: percent counts
	percent float64
	limit   int64 // both of the last look: what there is can change
	again   int64
	seen    int64 // negative: unknown
	closed  bool
}

// read measures, and sets the limits for what there is.
func (g *minMemory) read() (memory, error) {
	text, err := g.file.head()
	if err != nil {
		return memory{}, fmt.Errorf("cannot tell the available memory: %w", err)
	}
	m, err := parseMemory(text)
	if err != nil {
		return memory{}, fmt.Errorf("cannot tell the available memory: %w", g.file.garbled(err.Error()))
	}
	for i := range g.groups {
		m = m.within(g.groups[i].read(m.total))
	}
	if g.limit = g.bytes; g.bytes == 0 {
		g.limit = int64(float64(m.total) / 100 * g.percent)
	}
	if g.limit >= m.total {
		return memory{}, fmt.Errorf("cannot keep %s of memory available: there are %s in all", size(g.limit), size(m.total))
	}
	// A paused job keeps the memory it has: what becomes available was given up
	// by others. They cannot give up more than there is.
	g.again = g.limit + min(g.limit/10, (m.total-g.limit)/4)
	return m, nil
}

func (g *minMemory) look(time.Time) (Verdict, error) {
	m, err := g.read()
	if err != nil {
		g.seen, g.closed = -1, false
		return Verdict{}, err
	}
	was := g.closed
	g.seen = m.available
	if was {
		g.closed = m.available < g.again
	} else {
		g.closed = m.available < g.limit
	}
	text := "available memory " + size(m.available)
	switch {
	case g.closed && !was:
		text += " is below " + size(g.limit) + ", resumes above " + size(g.again)
	case g.closed:
		text += " is not yet above " + size(g.again)
	case was:
		text += " is above " + size(g.again)
	default:
		text += " is not below " + size(g.limit)
	}
	return Verdict{Closed: g.closed, Reason: text}, nil
}

// fastest is how much memory a machine of our time gives out in a second, more
// or less: as long as there is plenty nobody needs to look often.
const fastest = 1 << 30

func (g *minMemory) every() time.Duration {
	if g.seen-g.limit > 5*fastest {
		return 5 * time.Second
	}
	return max(time.Second, time.Duration(g.seen-g.limit)*(time.Second/1024)/(fastest/1024))
}

func (g *minMemory) state() string {
	seen := "unknown"
	if g.seen >= 0 {
		seen = size(g.seen)
	}
	return fmt.Sprintf("available memory %s, pauses below %s, resumes above %s", seen, size(g.limit), size(g.again))
}

// size is n bytes as a person reads them, to a tenth of the largest unit that
// is not larger.
func size(n int64) string {
	const units = "KMGTPE"
	if n < 1<<10 {
		return strconv.FormatInt(n, 10) + "B"
	}
	i, f := -1, float64(n)
	for ; f >= 1<<10 && i+1 < len(units); i++ {
		f /= 1 << 10
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + units[i:i+1] + "iB"
}
