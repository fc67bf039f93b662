//go:build linux && amd64

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"dmon/bench/stage"
	"dmon/internal/varlink"
)

// homeVariable says where dmons have their names.
const homeVariable = "DMON_DIR"

// called are the three ways to be called, none first: what comes before the
// command.
var called = []struct {
	name  string
	words []string
}{
	{`none (--name "")`, []string{"--name", ""}},
	{"automatic", nil},
	{"given (--name bench)", []string{"--name", "bench"}},
}

// names measures what a name costs, and what is asked by it.
func (b *bench) names() error {
	dir, err := os.MkdirTemp(b.fast, "names")
	if err != nil {
		return err
	}
	if err := os.Setenv(homeVariable, dir); err != nil {
		return err
	}
	defer os.Unsetenv(homeVariable)
	if err := b.nameCosts(); err != nil {
		return err
	}
	if err := b.requests(dir); err != nil {
		return err
	}
	return b.lists(dir)
}

// nameCosts compares the ways to be called: the time of a whole short life, and
// memory at rest.
func (b *bench) nameCosts() error {
	const us, front, back = "whole, us", "-n: private dirty, kB", "daemon: private dirty, kB"
	var short, foreground, daemons []tool
	for _, c := range called {
		short = append(short, prefix(c.name, b.dmon, append([]string{"-n", "-m", "0"}, c.words...)...))
		foreground = append(foreground, prefix(c.name, b.dmon, append([]string{"-n"}, c.words...)...))
		daemons = append(daemons, detached(c.name, b.dmon, c.words...))
	}
	entries := b.enter("x", short...)
	n := pick(b, 300, 50)
	b.rounds(n, entries, alone(wholeLife(us)))
	syscall.Sync() // see memory
	for column, tools := range map[string][]tool{front: foreground, back: daemons} {
		up := b.enter("s", tools...)
		b.each(pick(b, 5, 1), up, func(e *entry) error {
			if err := e.up(); err != nil {
				return err
			}
			stage.Pause(time.Second)
			f, err := b.standing()
			e.add(column, float64(f.Private))
			return err
		})
		for i, e := range up {
			entries[i].values[column] = e.values[column]
		}
		if err := b.close(up); err != nil {
			return err
		}
	}
	t := &stage.Table{Title: "A name: dmon -n -m 0 around a command that exits at once, and memory at rest",
		Head: []string{"name", us, "10–90 %", "x none", front, back}, Notes: []string{fmt.Sprintf("%d rounds.", n)}}
	none := entries[0].median(us)
	for _, e := range entries {
		t.Add(e.cells(whole(e.median(us)), e.spread(us), stage.Ratio(e.median(us), none), whole(e.median(front)), whole(e.median(back)))...)
	}
	t.Write(b.out)
	b.judge("1.05 x none", us, 1.05, named(entries, "automatic"), entries[0])
	for _, column := range []string{front, back} {
		b.ceiling(named(entries, "automatic"), column, "40 kB above none", entries[0].median(column)+40)
	}
	return b.close(entries)
}

// requests asks one dmon a thousand times.
func (b *bench) requests(dir string) error {
	const count = 1000
	e := b.enter("s", detached("dmon", b.dmon, "--name", "asked"))[0]
	if e.err == nil {
		b.fail(e, e.up())
	}
	t := &stage.Table{Title: fmt.Sprintf("Asking dmon: %d requests, each by a connection of its own", count),
		Head: []string{"", "median us", "10–90 %", "private dirty before, kB", "after"}}
	if e.err == nil {
		stage.Pause(time.Second)
		before, err := b.standing()
		for i := 0; i < count && err == nil; i++ {
			begun := time.Now()
			err = ask(filepath.Join(dir, "asked", "control"))
			e.us("us", time.Since(begun))
		}
		after, aerr := b.standing()
		if err == nil {
			err = aerr
		}
		b.fail(e, err)
		t.Add(e.cells(whole(e.median("us")), e.spread("us"), strconv.FormatInt(before.Private, 10), strconv.FormatInt(after.Private, 10))...)
		e.add("memory", float64(after.Private))
		b.ceiling(e, "memory", "128 kB more after 1,000 requests, private dirty", float64(before.Private+128))
	}
	t.Write(b.out)
	return b.close([]*entry{e})
}

// ask is one request.
func ask(path string) error {
	c, err := varlink.Dial(path, patience)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Call("dmon.Control.GetStatus", "", patience)
	return err
}

// lists has dmonctl list a crowd.
func (b *bench) lists(dir string) error {
	const ms = "us"
	t := &stage.Table{Title: "dmonctl list", Head: []string{"dmons", "median us", "10–90 %"}}
	counts := pick(b, []int{1, 100, 1000}, []int{1, 100})
	e := b.enter("s", tool{name: "list", program: filepath.Join(filepath.Dir(b.dmon), "dmonctl"),
		argv: func(*box) []string { return []string{"list"} }})[0]
	up := 0
	for _, count := range counts {
		for ; up < count && e.err == nil; up++ {
			x, err := b.newBox("s")
			if err == nil {
				line := append([]string{b.dmon, "--name", "c/" + strconv.Itoa(up)}, x.command("s")...)
				_, _, err = x.background(line)
				x.close()
			}
			b.fail(e, err)
		}
		clear(e.values)
		for i := 0; i <= pick(b, 20, 5) && e.err == nil; i++ {
			begun := time.Now()
			pid, err := spawn(e.line, e.box.dir, 2)
			if err == nil {
				_, err = exitOf(pid, patience)
			}
			if b.fail(e, err); i > 0 {
				e.us(ms, time.Since(begun))
			}
		}
		cells := e.cells(whole(e.median(ms)), e.spread(ms))
		cells[0] = strconv.Itoa(count)
		t.Add(cells...)
		if count == 100 {
			b.ceiling(e, ms, "100 ms for a hundred", 100e3)
		}
	}
	t.Write(b.out)
	return b.close([]*entry{e})
}
