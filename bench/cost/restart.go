//go:build linux && amd64

package main

import (
	"fmt"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// restart measures from the KILL of a command that has lived long enough to
// the first instruction of the next one. All supervisors are up at once, so
// that the lives pass together.
func (b *bench) restart() error {
	const us = "restart, us"
	const life = 1200 * time.Millisecond // above dmon's --min-uptime and everybody's second
	entries := b.enter("s",
		dmonPlain(b.kit),
		goSup(b.kit),
		daemonForever(),
		service("supervise", "supervise", runItself),
		service("runsv", "runsv", runItself),
		service("s6-supervise", "s6-supervise", runItself),
		dmonAttributes(b.kit),
	)
	lives := map[*entry]stamp{}
	for _, e := range entries {
		if e.err == nil {
			b.fail(e, b.beginLife(e, lives))
		}
	}
	n := pick(b, 20, 5)
	b.rounds(n, entries, func(e *entry) error {
		s := lives[e]
		stage.Pause(time.Duration(s.at + int64(life) - stage.Now()))
		t0 := stage.Now()
		if err := syscall.Kill(s.pid, syscall.SIGKILL); err != nil {
			return fmt.Errorf("cannot kill the command: %w", err)
		}
		next, err := e.box.next(0)
		if err != nil {
			return err
		}
		lives[e] = next
		e.us(us, time.Duration(next.at-t0))
		return nil
	})
	peers := []*entry{named(entries, "daemon -f -r"), named(entries, "supervise"), named(entries, "runsv"), named(entries, "s6-supervise")}
	b.latencies("Restart: KILL of a command to the first instruction of the next", us, "supervise", entries,
		fmt.Sprintf("%d rounds; each command had lived %v. s6-supervise waits a second before every restart by design,"+
			" however long the last life was; runsv and supervise do so only after lives under a second.", n, life))
	dmon := named(entries, "dmon -n")
	b.judge("1.3 x the best C peer", us, 1.3, dmon, peers...)
	b.judge("ahead of supervise", us, 1, dmon, named(entries, "supervise"))
	b.judge("ahead of runsv", us, 1, dmon, named(entries, "runsv"))
	return b.close(entries)
}

func (b *bench) beginLife(e *entry, lives map[*entry]stamp) error {
	pid, err := e.box.launch(e.line)
	if err != nil {
		return err
	}
	lives[e], err = e.box.next(pid)
	return err
}

// stop measures from TERM to the supervisor until it and the command are gone.
func (b *bench) stop() error {
	const us = "stop, us"
	entries := b.enter("s",
		dmonPlain(b.kit),
		goSup(b.kit),
		prefix("tini -s", "tini", "-s", "--"),
		prefix("dumb-init", "dumb-init", "--"),
		daemonUnsafe(),
		service("s6-supervise", "s6-supervise", runItself),
	)
	n := pick(b, 100, 20)
	b.rounds(n, entries, alone(func(e *entry) error {
		took, err := b.stopOne(e)
		if err != nil {
			return err
		}
		e.us(us, took)
		return nil
	}))
	sup := named(entries, "Go sup (floor)")
	b.latencies("Stop: TERM to the supervisor until it and its command are gone", us, sup.name, entries,
		fmt.Sprintf("%d rounds, one command without children. supervise and runsv are left out:"+
			" one leaves its command alone, the other takes a second.", n))
	b.judge("1.15 x Go sup", us, 1.15, named(entries, "dmon -n"), sup)
	return b.close(entries)
}

// stopOne is one life of e's command and its end.
func (b *bench) stopOne(e *entry) (time.Duration, error) {
	pid, err := e.box.launch(e.line)
	if err != nil {
		return 0, err
	}
	s, err := e.box.next(pid)
	if err != nil {
		return 0, err
	}
	sup, err := pidfd(pid)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(sup)
	cmd, err := pidfd(s.pid)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(cmd)
	stage.Pause(20 * time.Millisecond) // the supervisor has come to rest
	t0 := stage.Now()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return 0, fmt.Errorf("cannot stop it: %w", err)
	}
	end, err := awaitEnd(patience, sup, cmd)
	if err != nil {
		return 0, e.box.complaint("not everything ended: " + err.Error())
	}
	return time.Duration(end - t0), nil
}

// respawn counts how often a command that exits at once is started.
func (b *bench) respawn() error {
	const rate = "respawns a second"
	entries := b.enter("x",
		prefix("dmon -n --min-uptime 0", b.dmon, "-n", "--min-uptime", "0"),
		goSup(b.kit),
		daemonForever(),
	)
	n, window := pick(b, 9, 3), pick(b, 700*time.Millisecond, 400*time.Millisecond)
	b.rounds(n, entries, alone(func(e *entry) error {
		growPipe(e.box.stamp)
		if _, err := e.box.launch(e.line); err != nil {
			return err
		}
		stage.Pause(window)
		stamps := e.box.drain()
		if len(stamps) < 2 {
			return e.box.complaint(fmt.Sprintf("%d starts in %v", len(stamps), window))
		}
		last := len(stamps) - 1
		e.add(rate, float64(last)/(float64(stamps[last].at-stamps[0].at)/1e9))
		return nil
	}))
	b.latencies("A command that exits at once, nothing throttling", rate, "Go sup (floor)", entries,
		fmt.Sprintf("%d rounds of %v. More is better; no goal.", n, window))
	return b.close(entries)
}
