package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/loadctl"
	"dmon/supervise"
)

// procRoot is where the load and the processors are read.
const procRoot = "/proc"

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

func (o *options) addLoadFlags(f *cli.Flags) {
	f.Group("Pausing by load", func() {
		f.VarP(cli.Value(&o.loadHigh, "N", parseFactor), "load-high", "L", "pause COMMAND while the load average is above N\n(2.5x: times the number of processors)")
		f.VarP(cli.Value(&o.loadLow, "N", parseFactor), "load-low", "l", "resume it below N (half of -L)")
		f.Var(cli.Value(&o.loadWindow, "1|5|15", parseWindow), "load-window", "minutes that the load is averaged over (1)")
		f.Var(cli.Value(&o.loadOf, "WHOSE", cli.ParseOneOf("all", "others")), "load-of", "others leaves out what COMMAND itself adds (all)")
		f.Var(cli.Each(&o.pressures, "RESOURCE=HIGH[:LOW]", addPressure), "pressure", "pause it while tasks are held up for more than HIGH\npercent of the time, for want of cpu, io or memory;\nresume it below LOW, with room for it; may repeat")
		f.Var(cli.Value(&o.minMemory, "SIZE|PERCENT%", parseMemoryFloor), "min-memory", "pause it while less memory than this is available")
	})
}

func parseFactor(s string) (*factor, error) {
	n, perCPU, err := cli.ParseFactor(s)
	return &factor{n, perCPU}, err
}

func parseWindow(s string) (loadctl.Window, error) {
	for _, w := range []loadctl.Window{loadctl.OneMinute, loadctl.FiveMinutes, loadctl.FifteenMinutes} {
		if strconv.Itoa(int(w)) == s {
			return w, nil
		}
	}
	if s == "help" {
		return 0, &cli.Answer{Text: "1\n5\n15\n"}
	}
	return 0, cli.Invalidf("%q is none of 1, 5, 15", s)
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

func (o *options) checkLoad() error {
	if o.loadHigh == nil {
		return nil
	}
	high, low, err := o.loadLimits()
	if err != nil {
		return err
	}
	if low >= high {
		return cli.Misusef("--load-low %v is not below --load-high %v", o.loadLow, o.loadHigh)
	}
	return nil
}

// loadLimits are -L and -l for this machine. It is an error when the number of
// processors is needed and not to be had.
func (o *options) loadLimits() (high, low float64, err error) {
	high, err = o.loadHigh.resolve()
	if err != nil {
		return 0, 0, err
	}
	if o.loadLow == nil {
		return high, high / 2, nil
	}
	low, err = o.loadLow.resolve()
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

// gateWords says each gate in words.
func (o *options) gateWords() (list []string) {
	if o.loadHigh != nil {
		high, low, _ := o.loadLimits() // they were checked: they can be had
		of := ""
		if o.loadOf == "others" {
			of = " of others"
		}
		list = append(list, fmt.Sprintf("paused while the %d-minute load average%s is above %g, resumed below %g", o.loadWindow, of, high, low))
	}
	for _, p := range o.pressures {
		room := ""
		if p.resource == loadctl.CPU {
			room = ", when enough processors are idle"
		}
		list = append(list, fmt.Sprintf("paused while the %s pressure is above %g%%, resumed below %g%%%s", p.resource, p.high, p.low, room))
	}
	if m := o.minMemory; m != nil {
		amount := fmt.Sprintf("%g%%", m.percent)
		if m.bytes != 0 {
			amount = fmt.Sprintf("%d bytes", m.bytes)
		}
		list = append(list, "paused while less than "+amount+" of the memory is available, resumed a tenth above")
	}
	return list
}

// openGate looks at the load once, because the first start depends on it.
func (w *world) openGate() error {
	guards, err := w.guards()
	if err != nil || len(guards) == 0 {
		return err
	}
	watch := loadctl.NewWatch(guards...)
	watch.TakeTurns(loadctl.RunDirs()...)
	v, err := watch.First()
	if err != nil {
		return err
	}
	w.watch = watch
	if v.Closed {
		w.first = append(w.first, supervise.Gate{Closed: true, Reason: v.Reason})
	}
	return nil
}

func (w *world) guards() (list []loadctl.Guard, err error) {
	o := w.opts
	if o.loadOf == "others" || len(o.pressures) > 0 {
		if w.census, err = proc.NewCensus(); err != nil {
			return nil, err
		}
	}
	if o.loadHigh != nil {
		high, low, err := o.loadLimits()
		if err != nil {
			return nil, err
		}
		sampler := loadctl.LoadAverage(procRoot, o.loadWindow)
		if o.loadOf == "others" {
			sampler = loadctl.LoadOfOthers(procRoot, o.loadWindow, w.count)
		}
		list = append(list, loadctl.Limit(sampler, high, low))
	}
	for _, p := range o.pressures {
		g, err := loadctl.Pressure(procRoot, p.resource, p.high, p.low, w.count)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	if m := o.minMemory; m != nil {
		g, err := loadctl.MinMemory(procRoot, m.bytes, m.percent)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

// count is the loadctl.Tree of the command.
func (w *world) count() (active int, used time.Duration, err error) {
	a, err := w.census.Take()
	return a.Active, a.Used, err
}

// pump hands the verdicts of the gate to the loop.
func (w *world) pump() {
	for v := range w.watch.C() {
		w.inputs <- supervise.Gate{Closed: v.Closed, Reason: v.Reason, Trouble: v.Trouble}
	}
}
