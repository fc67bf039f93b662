//go:build linux && amd64

package main

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// start measures from the exec of the supervisor to the command's first
// instruction.
func (b *bench) start() error {
	const us = "start, us"
	entries := b.enter("s",
		direct(b.kit),
		prefix("dumb-init", "dumb-init", "--"),
		prefix("tini -s", "tini", "-s", "--"),
		dmonPlain(b.kit),
		goSup(b.kit),
		daemonUnsafe(),
		service("supervise", "supervise", runItself),
		service("supervise, shell run script", "supervise", runShell),
		service("s6-supervise", "s6-supervise", runItself),
		service("s6-supervise, execline run script", "s6-supervise", runExecline),
		service("s6-supervise, shell run script", "s6-supervise", runShell),
		service("runsv", "runsv", runItself),
		service("runsv, shell run script", "runsv", runShell),
		dmonAttributes(b.kit),
	)
	n := pick(b, 150, 30)
	b.rounds(n, entries, alone(func(e *entry) error {
		pid, err := e.box.launch(e.line)
		if err != nil {
			return err
		}
		_, took, err := e.box.first(pid)
		if err != nil {
			return err
		}
		e.us(us, took)
		return nil
	}))
	b.latencies("Start: exec of the supervisor to the command's first instruction", us, "tini -s", entries,
		fmt.Sprintf("%d rounds. Service directories are kept between rounds, as a boot finds them. Attributes: `%s`.", n, strings.Join(attributes, " ")))
	b.judge("1.1 x the smallest Go supervisor", us, 1.1, named(entries, "dmon -n"), named(entries, "Go sup (floor)"))
	b.judge("1 x s6-supervise with its run script", us, 1,
		named(entries, "dmon -n, with attributes"), named(entries, "s6-supervise, shell run script"))
	return b.close(entries)
}

// daemonize measures until the caller has its prompt back, until the command
// runs, and until both.
func (b *bench) daemonize() error {
	const back, runs, both = "prompt back", "command runs", "prompt and command, us"
	entries := b.enter("s",
		detached("dmon", b.dmon),
		tool{name: "dmon -p FILE", program: b.dmon, argv: func(x *box) []string {
			return append([]string{"-p", x.path("pid")}, x.command(x.mode)...)
		}},
		tool{name: "start-stop-daemon -S -b -m", program: "start-stop-daemon", argv: func(x *box) []string {
			words := []string{"-S", "-q", "-b", "-m", "-p", x.path("pid"), "-a", x.probe, "--"}
			return append(words, probeWords(x)...)
		}},
		detached("daemon", "daemon", "-U", "--"),
	)
	n := pick(b, 100, 20)
	b.rounds(n, entries, alone(func(e *entry) error {
		ended, s, err := e.box.background(e.line)
		if err != nil {
			return err
		}
		t0, err := e.box.begun()
		if err != nil {
			return err
		}
		e.us(back, time.Duration(ended-t0))
		e.us(runs, time.Duration(s.at-t0))
		e.us(both, time.Duration(max(ended, s.at)-t0))
		return nil
	}))
	t := &stage.Table{Title: "Daemonizing: exec to the caller's prompt, and to the command's first instruction",
		Head: []string{"tool", "prompt back, us", "command runs, us", "both, us", "10–90 %", "x daemon"},
		Notes: []string{fmt.Sprintf("%d rounds. daemon and start-stop-daemon give the prompt back without knowing whether"+
			" the command can run; dmon waits for its exec.", n)}}
	d := named(entries, "daemon")
	for _, e := range entries {
		t.Add(e.cells(whole(e.median(back)), whole(e.median(runs)), whole(e.median(both)),
			e.spread(both), stage.Ratio(e.median(both), d.median(both)))...)
	}
	t.Write(b.out)
	b.judge("ahead of daemon(1)", both, 1, named(entries, "dmon"), d)
	return b.close(entries)
}

// background starts argv, which puts itself in the background, and returns
// when that was done and the command's stamp.
func (x *box) background(argv []string) (int64, stamp, error) {
	pid, err := x.launch(argv)
	if err != nil {
		return 0, stamp{}, err
	}
	status, err := exitOf(pid, patience)
	ended := stage.Now()
	if err != nil {
		return 0, stamp{}, x.complaint(err.Error())
	}
	if status != syscall.WaitStatus(0) {
		return 0, stamp{}, x.complaint(fmt.Sprintf("it ended with wait status %#x", int(status)))
	}
	s, err := x.next(0)
	return ended, s, err
}

// short measures the whole life of a supervisor around a command that ends at
// once: what a short job pays for being looked after.
func (b *bench) short() error {
	const us = "whole, us"
	entries := b.enter("x",
		direct(b.kit),
		prefix("tini -s", "tini", "-s", "--"),
		prefix("dumb-init", "dumb-init", "--"),
		prefix("dmon -n -m 0", b.dmon, "-n", "-m", "0"),
		prefix("dmon -n -m 0 -t 10", b.dmon, "-n", "-m", "0", "-t", "10"),
		prefix("timeout 10", "timeout", "10"),
		daemonUnsafe(),
	)
	n := pick(b, 100, 20)
	b.rounds(n, entries, alone(wholeLife(us)))
	b.latencies("A command that exits at once: exec of the supervisor to its own end", us, "tini -s", entries,
		fmt.Sprintf("%d rounds.", n))
	return b.close(entries)
}

// wholeLife measures from the exec of a supervisor to its own end, into a column.
func wholeLife(column string) func(e *entry) error {
	return func(e *entry) error {
		pid, err := e.box.launch(e.line)
		if err != nil {
			return err
		}
		status, err := exitOf(pid, patience)
		ended := stage.Now()
		if err != nil || status != 0 {
			return e.box.complaint(fmt.Sprintf("it ended with wait status %#x, %v", int(status), err))
		}
		t0, err := e.box.begun()
		e.us(column, time.Duration(ended-t0))
		return err
	}
}
