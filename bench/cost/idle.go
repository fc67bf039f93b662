//go:build linux && amd64

package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"dmon/bench/stage"
)

// idle lets every supervisor do nothing for a minute, all at the same time,
// and counts what their threads did all the same.
func (b *bench) idle() error {
	entries := b.enter("s",
		logged("dmon -n CMD -- cat", b.dmon, "-n"),
		logged("dmon -n -L 1000 CMD -- cat", b.dmon, "-n", "-L", "1000"),
		bare(b.kit),
		goSup(b.kit),
		prefix("tini -s", "tini", "-s", "--"),
		prefix("dumb-init", "dumb-init", "--"),
		daemonForever(),
		service("supervise", "supervise", runItself),
		service("runsv, with log", "runsv", runWithLog),
		service("s6-supervise", "s6-supervise", runItself),
	)
	pids := map[*entry][]int{}
	for _, e := range entries {
		if e.err == nil {
			b.fail(e, b.settle(e, pids))
		}
	}
	length := pick(b, time.Minute, 10*time.Second)
	stage.Pause(3 * time.Second) // starting up is over, the runtime's own included
	before := map[*entry]map[int]stage.Activity{}
	for _, e := range entries {
		before[e] = stage.Activities(pids[e])
	}
	stage.Pause(length)
	for _, e := range entries {
		after := stage.Activities(pids[e])
		did := stage.Since(before[e], after)
		e.add("switches", float64(did.Switches))
		e.add("cpu", float64(did.CPU)/1e3)
		e.add("threads", float64(len(after)))
		if e.err == nil && len(after) == 0 {
			b.fail(e, fmt.Errorf("nothing was left to count"))
		}
	}
	b.idleReport(entries, length)
	return b.close(entries)
}

// bare is the Go program that only waits, with a command beside it.
func bare(k kit) tool { return prefix("Go bare (floor)", k.gobare) }

// settle starts e's supervisor and notes which processes are its own: all of
// its tree but the command and the logger.
func (b *bench) settle(e *entry, pids map[*entry][]int) error {
	pid, err := e.box.launch(e.line)
	if err != nil {
		return err
	}
	if _, err := e.box.next(pid); err != nil {
		return err
	}
	stage.Pause(200 * time.Millisecond) // the logger has become cat, too
	own, err := b.supervisors(pid)
	pids[e] = append(own, pid)
	return err
}

// supervisors returns the processes below root that are neither probe nor cat.
func (b *bench) supervisors(root int) ([]int, error) {
	probe, err := os.Stat(b.probe)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath("cat")
	if err != nil {
		return nil, err
	}
	cat, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var found []int
	for _, pid := range stage.Descendants(root) {
		if !stage.Runs(pid, probe) && !stage.Runs(pid, cat) {
			found = append(found, pid)
		}
	}
	return found, nil
}

func (b *bench) idleReport(entries []*entry, length time.Duration) {
	const a, l = "dmon -n CMD -- cat", "dmon -n -L 1000 CMD -- cat"
	minute := float64(time.Minute) / float64(length)
	t := &stage.Table{Title: "Idle: what supervisors do while nothing happens",
		Head: []string{"tool", "threads", "switches a minute", "CPU us a minute"},
		Notes: []string{fmt.Sprintf("Counted over %v, all supervisors up at the same time; their own threads only,"+
			" without command and logger. Switches are voluntary and involuntary.", length)}}
	if b.quick {
		t.Notes = append(t.Notes, "Too short to mean much: a single switch counts for several here. Goals are judged on the bare counts.")
	}
	for _, e := range entries {
		t.Add(e.cells(whole(e.median("threads")), whole(e.median("switches")*minute), whole(e.median("cpu")*minute))...)
	}
	t.Write(b.out)
	floor := max(2, named(entries, "Go bare (floor)").median("switches"))
	b.ceiling(named(entries, a), "switches", "the Go runtime's own: 2 a minute, or Go bare's", floor)
	b.ceiling(named(entries, l), "switches", "the original's 60 a minute", max(2, 60/minute))
}

// ceiling adds a goal that is a number, not a ratio.
func (b *bench) ceiling(e *entry, column, limit string, most float64) {
	g := stage.Goal{What: e.name + ": " + column, Limit: limit, Got: e.median(column), Most: most, Format: "%.0f"}
	if e.err != nil {
		g.Why = e.cells()[1]
	}
	b.goals = append(b.goals, g)
}
