//go:build linux && amd64

package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"time"

	"dmon/bench/stage"
)

// bench is one run of the whole.
type bench struct {
	kit
	fast   string // boxes lie below it
	quick  bool
	out    io.Writer
	rng    *rand.Rand
	boxes  int
	goals  []stage.Goal
	failed bool // some tool did not do what it was asked to
}

// entry is one tool in one section: its place, its command line, its figures.
type entry struct {
	tool
	box    *box
	line   []string
	values map[string][]float64
	err    error
}

func (e *entry) add(column string, v float64) { e.values[column] = append(e.values[column], v) }

func (e *entry) median(column string) float64 { return stage.Median(e.values[column]) }

// us adds a duration in microseconds.
func (e *entry) us(column string, d time.Duration) { e.add(column, float64(d)/1e3) }

// pick chooses between the full figure and the one for --quick.
func pick[T any](b *bench, full, quick T) T {
	if b.quick {
		return quick
	}
	return full
}

// enter prepares tools for a section; what cannot run carries its error.
func (b *bench) enter(mode string, tools ...tool) []*entry {
	var entries []*entry
	for _, t := range tools {
		e := &entry{tool: t, values: map[string][]float64{}}
		e.err = b.furnish(e, mode)
		entries = append(entries, e)
	}
	return entries
}

// furnish gives e a box and a command line.
func (b *bench) furnish(e *entry, mode string) error {
	program, err := stage.Find(e.program)
	if err != nil {
		return err
	}
	x, err := b.newBox(mode)
	if err != nil {
		return err
	}
	if e.prepare != nil {
		if err := e.prepare(x); err != nil {
			return err
		}
	}
	e.box = x
	e.line = append([]string{program}, e.argv(x)...)
	return nil
}

func (b *bench) newBox(mode string) (*box, error) {
	b.boxes++
	x, err := newBox(filepath.Join(b.fast, fmt.Sprintf("box%d", b.boxes)), b.probe)
	if err != nil {
		return nil, err
	}
	x.mode = mode
	return x, nil
}

// close ends what still runs and gives the places back.
func (b *bench) close(entries []*entry) error {
	err := sweep(patience)
	for _, e := range entries {
		if e.box != nil {
			e.box.close()
		}
	}
	return err
}

// rounds lets every tool do one thing in turn, n times over, so that noise
// hits all alike. The order is shuffled each time, lest one tool always run in
// the wake of the same other; a round before the first is not counted. A tool
// that fails is told about and left out from there on.
func (b *bench) rounds(n int, entries []*entry, one func(e *entry) error) {
	for round := range n + 1 {
		for _, i := range b.rng.Perm(len(entries)) {
			e := entries[i]
			if e.err == nil {
				b.fail(e, one(e))
			}
		}
		if round > 0 {
			continue
		}
		for _, e := range entries {
			clear(e.values)
		}
	}
}

// alone lets one tool at a time be up: whatever became of its turn, all that
// it started is gone before the next.
func alone(one func(e *entry) error) func(e *entry) error {
	return func(e *entry) error {
		return errors.Join(one(e), sweep(patience))
	}
}

// fail notes that e failed, if it did.
func (b *bench) fail(e *entry, err error) {
	if err != nil && e.err == nil {
		stage.Tell("%s: %v", e.name, err)
		e.err = err
		b.failed = true
	}
}

// cells is a row of the report: figures for a tool that worked, a word for
// one that did not.
func (e *entry) cells(figures ...string) []string {
	var missing stage.Missing
	switch {
	case errors.As(e.err, &missing):
		return []string{e.name, missing.Error()}
	case e.err != nil:
		return []string{e.name, "failed"}
	}
	return append([]string{e.name}, figures...)
}

// named returns the entry of that name; the sections know their own rows.
func named(entries []*entry, name string) *entry {
	for _, e := range entries {
		if e.name == name {
			return e
		}
	}
	panic("bench: no row is called " + name)
}

// judge adds a goal: column of e may be at most factor times that of the
// peer. With several peers it is the best of those that are there.
func (b *bench) judge(limit, column string, factor float64, e *entry, peers ...*entry) {
	g := stage.Goal{What: e.name + ": " + column, Limit: limit, Format: "%.0f"}
	best := 0.0
	for _, p := range peers {
		if v := p.median(column); p.err == nil && v > 0 && (best == 0 || v < best) {
			best = v
		}
	}
	g.Got, g.Most = e.median(column), best*factor
	switch {
	case e.err != nil:
		g.Why = e.cells()[1]
	case best == 0:
		g.Why = "nothing to compare with"
	}
	b.goals = append(b.goals, g)
}

// whole prints a figure without decimals.
func whole(v float64) string { return fmt.Sprintf("%.0f", v) }

// spread prints a column without its lowest and highest tenth.
func (e *entry) spread(column string) string {
	v := e.values[column]
	return fmt.Sprintf("%.0f–%.0f", stage.Quantile(v, 0.1), stage.Quantile(v, 0.9))
}

// latencies prints a table of one column of figures, each beside that of the
// row called peer, and its spread.
func (b *bench) latencies(title, column, peer string, entries []*entry, notes ...string) {
	t := &stage.Table{Title: title, Head: []string{"tool", "median " + column, "10–90 %", "x " + peer}, Notes: notes}
	beside := named(entries, peer).median(column)
	for _, e := range entries {
		t.Add(e.cells(whole(e.median(column)), e.spread(column), stage.Ratio(e.median(column), beside))...)
	}
	t.Write(b.out)
}
