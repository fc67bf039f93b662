package settings

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/loadctl"
)

// procRoot is where the load and the processors are read.
const procRoot = "/proc"

// Gate is when COMMAND is paused.
type Gate struct {
	loadHigh  *factor // nil: no matter, as with loadLow
	loadLow   *factor // nil: half of loadHigh
	window    loadctl.Window
	others    bool // of the load, only that of others counts
	pressures []pressureLimit
	minMemory *memoryFloor

	PauseAfter time.Duration // how long a measure is above its limit before COMMAND is paused
	MaxPause   time.Duration // of measures; 0: for ever
}

// factor is a limit of the load average, for the machine or for each processor.
type factor struct {
	n      float64
	perCPU bool
}

// pressureLimit is one --pressure.
type pressureLimit struct {
	resource  loadctl.Resource
	high, low float64 // percent
}

// memoryFloor is --min-memory: bytes or, where they are 0, percent.
type memoryFloor struct {
	bytes   int64
	percent float64
}

func (g *Gate) define(f *cli.Flags) {
	f.Know(cli.Fact{Name: "a gate", Holds: g.Gated, Hint: func() string { return "-L, --pressure and --min-memory make one" }})
	f.Group("Pausing by load", func() {
		f.Add(cli.Value(&g.loadHigh, "N", parseFactor), "load-high", "L", "pause COMMAND while the load average is above N\n(2.5x: times the number of processors)")
		f.Add(cli.Value(&g.loadLow, "N", parseFactor), "load-low", "l", "resume it below N (half of -L)").Needs("load-high")
		f.Add(cli.Choice(&g.window, "1|5|15", cli.Word[loadctl.Window]{Text: "1", Value: loadctl.OneMinute},
			cli.Word[loadctl.Window]{Text: "5", Value: loadctl.FiveMinutes}, cli.Word[loadctl.Window]{Text: "15", Value: loadctl.FifteenMinutes}),
			"load-window", "", "minutes that the load is averaged over").Default("1").Needs("load-high")
		f.Add(cli.Choice(&g.others, "WHOSE", cli.Word[bool]{Text: "all"}, cli.Word[bool]{Text: "others", Value: true}),
			"load-of", "", "others leaves out what COMMAND itself adds").Default("all").Needs("load-high")
		f.Add(cli.Each(&g.pressures, "RESOURCE=HIGH[:LOW]", addPressure), "pressure", "", "pause it while tasks are held up for more than HIGH\npercent of the time, for want of cpu, io or memory;\nresume it below LOW, with room for it; may repeat")
		f.Add(cli.Value(&g.minMemory, "SIZE|PERCENT%", parseMemoryFloor), "min-memory", "", "pause it while less memory than this is available")
		f.Add(cli.Time(&g.PauseAfter), "pause-after", "", "pause it only when a measure was too high for so long").Default("0").Needs("a gate")
		f.Add(cli.Time(&g.MaxPause), "max-pause", "", "let it work after so long for as long as it has\nworked before, whatever is measured").Default("0").Needs("a gate")
	})
	f.Row("gate", g.words)
}

// Gated reports whether there is anything to pause COMMAND for.
func (g *Gate) Gated() bool { return g.loadHigh != nil || len(g.pressures) > 0 || g.minMemory != nil }

func parseFactor(s string) (*factor, error) {
	n, perCPU, err := cli.ParseFactor(s)
	return &factor{n, perCPU}, err
}

// addPressure reads RESOURCE=HIGH[:LOW]. Of one resource the last counts.
func addPressure(list *[]pressureLimit, s string) error {
	name, limits, ok := strings.Cut(s, "=")
	resource, err := cli.ParseOneOf(string(loadctl.CPU), string(loadctl.IO), string(loadctl.Memory))(name)
	if err != nil {
		return err
	}
	if !ok {
		return cli.Invalidf("%q is not RESOURCE=HIGH[:LOW], like cpu=20:5", s)
	}
	p := pressureLimit{resource: loadctl.Resource(resource)}
	high, low, two := strings.Cut(limits, ":")
	if p.high, err = parsePercent(high); err != nil {
		return err
	}
	if p.low = p.high / 2; two {
		if p.low, err = parsePercent(low); err != nil {
			return err
		}
	}
	if p.low == 0 { // half of the least number that there is
		return cli.Invalidf("%q: no pressure is below half of that", s)
	}
	if p.low >= p.high {
		return cli.Invalidf("%q: LOW is not below HIGH", s)
	}
	for i := range *list {
		if (*list)[i].resource == p.resource {
			(*list)[i] = p
			return nil
		}
	}
	*list = append(*list, p)
	return nil
}

// parsePercent reads a percentage above 0 and below 100, with or without the
// sign. At neither end could a gate both close and open.
func parsePercent(s string) (float64, error) {
	number := strings.TrimSuffix(s, "%")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || strings.Trim(number, "0123456789.") != "" || n <= 0 || n >= 100 {
		return 0, cli.Invalidf("%q is not a percentage above 0 and below 100", s)
	}
	return n, nil
}

func parseMemoryFloor(s string) (*memoryFloor, error) {
	if strings.HasSuffix(s, "%") {
		n, err := parsePercent(s)
		return &memoryFloor{percent: n}, err
	}
	n, err := cli.ParseSize(s)
	if err == nil && n == 0 {
		err = cli.Invalidf("%q: less than nothing is never available", s)
	}
	return &memoryFloor{bytes: n}, err
}

// check refuses limits between which the gate could not swing.
func (g *Gate) check() error {
	if g.loadHigh == nil {
		return nil
	}
	high, low, err := g.loadLimits()
	if err != nil {
		return err
	}
	if low == 0 { // half of the least number that there is
		return cli.Misusef("--load-high %v: the load is never below half of that", g.loadHigh)
	}
	if low >= high {
		return cli.Misusef("--load-low %v is not below --load-high %v", g.loadLow, g.loadHigh)
	}
	return nil
}

// loadLimits are -L and -l for this machine. It is an error when the number of
// processors is needed and not to be had.
func (g *Gate) loadLimits() (high, low float64, err error) {
	high, err = g.loadHigh.resolve()
	if err != nil {
		return 0, 0, err
	}
	if g.loadLow == nil {
		return high, high / 2, nil
	}
	low, err = g.loadLow.resolve()
	return high, low, err
}

func (x *factor) resolve() (float64, error) {
	if !x.perCPU {
		return x.n, nil
	}
	cpus, err := loadctl.CPUs(procRoot)
	if err != nil {
		return 0, cli.Misusef("cannot tell the number of processors for %v: %v", x, err)
	}
	return x.n * float64(cpus), nil
}

// String says a limit as the user wrote it.
func (x *factor) String() string {
	if x.perCPU {
		return fmt.Sprintf("%gx", x.n)
	}
	return fmt.Sprintf("%g", x.n)
}

// words says each gate in words.
func (g *Gate) words() (list []string) {
	if g.loadHigh != nil {
		high, low, _ := g.loadLimits() // they were checked: they can be had
		of := ""
		if g.others {
			of = " of others"
		}
		list = append(list, fmt.Sprintf("paused while the %d-minute load average%s is above %g, resumed below %g", g.window, of, high, low))
	}
	for _, p := range g.pressures {
		room := ""
		if p.resource == loadctl.CPU {
			room = ", when enough processors are idle"
		}
		list = append(list, fmt.Sprintf("paused while the %s pressure is above %g%%, resumed below %g%%%s", p.resource, p.high, p.low, room))
	}
	if m := g.minMemory; m != nil {
		amount := fmt.Sprintf("%g%%", m.percent)
		if m.bytes != 0 {
			amount = cli.FormatSize(m.bytes)
		}
		above := "a tenth above"
		if m.percent/10 > (100-m.percent)/4 {
			above = "a quarter of the rest above"
		}
		list = append(list, "paused while less than "+amount+" of the memory is available, resumed "+above)
	}
	if g.PauseAfter > 0 && g.Gated() {
		list = append(list, "paused only when that was so for "+cli.FormatTime(g.PauseAfter))
	}
	if g.MaxPause > 0 && g.Gated() {
		list = append(list, "paused for "+cli.FormatTime(g.MaxPause)+" at most, then it works for as long as before")
	}
	return list
}

// Counts reports whether a guard has to know what COMMAND's tree does. With any
// other, a guard of the load asks now and then.
func (g *Gate) Counts() bool { return g.others || len(g.pressures) > 0 }

// Guards makes the guards that were asked for. tree tells what COMMAND's tree
// does, where Counts says that it is needed.
func (g *Gate) Guards(tree loadctl.Tree) (list []loadctl.Guard, err error) {
	if g.loadHigh != nil {
		high, low, err := g.loadLimits()
		if err != nil {
			return nil, err
		}
		list = append(list, loadctl.Load(procRoot, g.window, g.others, tree, high, low))
	}
	for _, p := range g.pressures {
		guard, err := loadctl.Pressure(procRoot, p.resource, p.high, p.low, tree)
		if err != nil {
			return nil, err
		}
		list = append(list, guard)
	}
	if m := g.minMemory; m != nil {
		guard, err := loadctl.MinMemory(procRoot, m.bytes, m.percent)
		if err != nil {
			return nil, err
		}
		list = append(list, guard)
	}
	return list, nil
}
