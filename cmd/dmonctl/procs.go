package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the kernel's processor times and start times.
const tick = time.Second / 100

// process is what /proc tells of one.
type process struct {
	pid, parent int
	name        string
	state       byte
	cpu         time.Duration // it and the children it waited for
	start       uint64        // ticks since boot
	memory      int64         // bytes that are its own: resident, less what is shared
}

// census is every process of the machine, by number and by parent.
type census struct {
	all      map[int]*process
	children map[int][]*process
	uptime   time.Duration
}

// takeCensus reads /proc once for all names. Where there is none, or not the one
// of these processes, it is empty, and so are the columns that come from it.
func takeCensus() *census {
	c := &census{all: map[int]*process{}, children: map[int][]*process{}}
	d, err := os.Open("/proc")
	if err != nil {
		return c
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if p := readProcess(pid); p != nil {
			c.all[pid] = p
			c.children[p.parent] = append(c.children[p.parent], p)
		}
	}
	if text, err := os.ReadFile("/proc/uptime"); err == nil {
		seconds, _, _ := strings.Cut(string(text), " ")
		up, _ := strconv.ParseFloat(seconds, 64)
		c.uptime = time.Duration(up * float64(time.Second))
	}
	return c
}

// readProcess reads the stat of pid; nil where there is no such process.
func readProcess(pid int) *process {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	// The name stands in brackets and may hold any byte.
	open, end := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
	if open < 0 || end < open {
		return nil
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 20 {
		return nil
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
	return &process{
		pid: pid, parent: int(number(1)), name: string(text[open+1 : end]), state: fields[0][0],
		cpu: time.Duration(number(11)+number(12)+number(13)+number(14)) * tick, start: uint64(number(19)),
	}
}

// weigh reads the memory of p, which only who is asked about is worth.
func (p *process) weigh() int64 {
	if p.memory == 0 {
		text, _ := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/statm")
		if fields := strings.Fields(string(text)); len(fields) > 2 {
			resident, _ := strconv.ParseInt(fields[1], 10, 64)
			shared, _ := strconv.ParseInt(fields[2], 10, 64)
			p.memory = (resident - shared) * int64(os.Getpagesize())
		}
	}
	return p.memory
}

// is finds the process of a record, and no later one with its number.
func (c *census) is(pid int, start uint64) *process {
	if p := c.all[pid]; p != nil && (start == 0 || p.start == start) {
		return p
	}
	return nil
}

// below reports whether p descends from process top, as a record may only say.
func (c *census) below(p *process, top int) bool {
	for depth := 0; p != nil && depth < len(c.all); depth++ {
		if p.parent == top {
			return true
		}
		p = c.all[p.parent]
	}
	return false
}

// tree visits p and all below it, with how deep each is.
func (c *census) tree(p *process, depth int, visit func(p *process, depth int)) {
	visit(p, depth)
	for _, child := range c.children[p.pid] {
		c.tree(child, depth+1, visit)
	}
}

// use is what a tree takes: the part of one processor since it began, and memory.
func (c *census) use(p *process) (part float64, memory int64) {
	var cpu time.Duration
	c.tree(p, 0, func(p *process, _ int) {
		cpu += p.cpu
		memory += p.weigh()
	})
	if age := c.uptime - time.Duration(p.start)*tick; age > 0 {
		part = float64(cpu) / float64(age)
	}
	return part, memory
}
