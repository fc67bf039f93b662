//go:build linux && amd64

package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// stack is what the kernel keeps for each thread on amd64 and arm64, in kB.
const stack = 16

// remembered are the tools whose memory is measured.
func (b *bench) remembered() []tool {
	return []tool{
		dmonPlain(b.kit),
		detached("dmon (daemon)", b.dmon),
		bare(b.kit),
		goSup(b.kit),
		prefix("tini -s", "tini", "-s", "--"),
		prefix("dumb-init", "dumb-init", "--"),
		service("runsv", "runsv", runItself),
		service("s6-supervise", "s6-supervise", runItself),
		service("supervise", "supervise", runItself),
	}
}

// memory measures one idle supervisor of each kind, one at a time, lest two of
// a kind share their pages.
func (b *bench) memory() error {
	const pss, private = "PSS, kB", "private dirty, kB"
	entries := b.enter("s", b.remembered()...)
	n := pick(b, 3, 1)
	// The pages of a program that was just built count as dirty wherever it
	// runs, until they are on disk.
	syscall.Sync()
	b.each(n, entries, func(e *entry) error {
		if err := e.up(); err != nil {
			return err
		}
		stage.Pause(time.Second)
		f, err := b.standing()
		if err != nil {
			return err
		}
		e.add("processes", float64(f.Processes))
		e.add("threads", float64(f.Threads))
		e.add("RSS, kB", float64(f.RSS))
		e.add(pss, float64(f.PSS))
		e.add(private, float64(f.Private))
		e.add("binary", float64(f.Private-f.Anonymous))
		return nil
	})
	floor := named(entries, "Go bare (floor)")
	t := &stage.Table{Title: "Memory of one, idle",
		Head: []string{"tool", "processes", "threads", "RSS, kB", pss, private, "PSS x Go bare", "private x Go bare"},
		Notes: []string{fmt.Sprintf("%d rounds, the supervisor's own processes only, one tool at a time,"+
			" a second after its command began.", n)}}
	for _, e := range entries {
		t.Add(e.cells(whole(e.median("processes")), whole(e.median("threads")), whole(e.median("RSS, kB")),
			whole(e.median(pss)), whole(e.median(private)),
			stage.Ratio(e.median(pss), floor.median(pss)), stage.Ratio(e.median(private), floor.median(private)))...)
	}
	for _, e := range entries {
		// Pages of a binary that is not on disk yet, or lies on a tmpfs.
		if kb := e.median("binary"); kb > 64 {
			t.Notes = append(t.Notes, fmt.Sprintf("%s: %.0f kB of the private dirty memory are its binary's and mean nothing:"+
				" it must lie on a disk, and be there for half a minute.", e.name, kb))
		}
	}
	t.Write(b.out)
	for _, name := range []string{"dmon -n", "dmon (daemon)"} {
		b.judge("1.1 x Go bare", private, 1.1, named(entries, name), floor)
		b.judge("1 x Go bare", pss, 1, named(entries, name), floor)
	}
	return b.close(entries)
}

// each is rounds without the one that does not count: memory has no cold start.
func (b *bench) each(n int, entries []*entry, one func(e *entry) error) {
	for range n {
		for _, i := range b.rng.Perm(len(entries)) {
			if e := entries[i]; e.err == nil {
				b.fail(e, alone(one)(e))
			}
		}
	}
}

// up starts e and waits for its command.
func (e *entry) up() error {
	if e.background {
		_, _, err := e.box.background(e.line)
		return err
	}
	pid, err := e.box.launch(e.line)
	if err != nil {
		return err
	}
	_, err = e.box.next(pid)
	return err
}

// standing is the footprint of every supervisor that is up now.
func (b *bench) standing() (stage.Footprint, error) {
	pids, err := b.supervisors(os.Getpid())
	if err != nil {
		return stage.Footprint{}, err
	}
	return stage.FootprintOf(pids)
}

// hundred measures what a further supervised command costs when there are a
// hundred, the kernel's share included.
func (b *bench) hundred() error {
	const count = 100
	const each = "kB each"
	entries := b.enter("s", append(b.remembered(), direct(b.kit))...)
	n := pick(b, 3, 1)
	b.each(n, entries, func(e *entry) error { return b.crowd(e, count) })
	naked := named(entries, "direct exec")
	t := &stage.Table{Title: fmt.Sprintf("Memory of %d, idle: what each costs, all of it", count),
		Head: []string{"tool", "anonymous", "stacks", "page tables", "slab", "sum, kB each", "less the bare command", "PSS", "MemAvailable fell by"},
		Notes: []string{fmt.Sprintf("%d rounds of %d. Anonymous memory, page tables and kernel stacks (%d kB a thread) are added up from the"+
			" processes, commands included; slab is what the whole machine's grew by, and other work on the machine shows in it."+
			" The last column is a check, no more: it is the machine's, file pages included.", n, count, stack)}}
	for _, e := range entries {
		own := e.median("sum") - naked.median("sum")
		e.add(each, own)
		t.Add(e.cells(whole(e.median("anonymous")), whole(e.median("stacks")), whole(e.median("tables")),
			whole(e.median("slab")), whole(e.median("sum")), whole(own), whole(e.median("pss")), whole(e.median("available")))...)
	}
	t.Write(b.out)
	for _, name := range []string{"dmon -n", "dmon (daemon)"} {
		b.ceiling(named(entries, name), each, "0.85 MB for the hundredth, kernel included", 0.85*1024)
	}
	return b.close(entries)
}

// crowd starts count instances of e's tool and weighs them.
func (b *bench) crowd(e *entry, count int) error {
	settle := pick(b, time.Second, 500*time.Millisecond)
	stage.Pause(settle) // the kernel has taken back what the last crowd had
	before, err := stage.Meminfo()
	if err != nil {
		return err
	}
	var crowd []*entry
	defer func() {
		for _, c := range crowd {
			c.box.close() // a FIFO without a directory is still a FIFO to those inside
		}
	}()
	for range count {
		c := &entry{tool: e.tool, values: map[string][]float64{}}
		if err := b.furnish(c, "s"); err != nil {
			return err
		}
		crowd = append(crowd, c)
		if err := c.up(); err != nil {
			return err
		}
	}
	stage.Pause(settle)
	after, err := stage.Meminfo()
	if err != nil {
		return err
	}
	return b.weigh(e, count, before, after)
}

// weigh adds one reading of a crowd to e, in kB for each instance.
func (b *bench) weigh(e *entry, count int, before, after map[string]int64) error {
	all, err := stage.FootprintOf(stage.Descendants(os.Getpid()))
	if err != nil {
		return err
	}
	own, err := b.standing()
	if err != nil {
		return err
	}
	per := func(kb int64) float64 { return float64(kb) / float64(count) }
	slab := per(after["Slab"] - before["Slab"])
	e.add("anonymous", per(all.Anonymous))
	e.add("stacks", per(all.Threads*stack))
	e.add("tables", per(all.Tables))
	e.add("slab", slab)
	e.add("sum", per(all.Anonymous+all.Threads*stack+all.Tables)+slab)
	e.add("pss", per(own.PSS))
	e.add("available", per(before["MemAvailable"]-after["MemAvailable"]))
	return nil
}
