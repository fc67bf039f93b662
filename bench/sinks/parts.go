//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"dmon/bench/stage"
)

// everyLine FILE copies lines of standard input to FILE, with an fsync for
// each: the plain way to keep the promise that dlog makes without -b.
func everyLine(args []string) error {
	f, err := os.Create(args[0])
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if _, err := f.Write(append(lines.Bytes(), '\n')); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return lines.Err()
}

func durable(o *options) error {
	const length = 100
	bytes := map[string]int64{"dlog -t": 200e6, "fsync for each line": 100e3}
	cases := []tool{
		{name: "dlog -t", argv: dlog("-t")},
		{name: "fsync for each line", argv: func(_ *options, dir string) []string {
			self, _ := os.Executable()
			return []string{self, "everyline", filepath.Join(dir, "log")}
		}},
	}
	results := rounds(o, cases, func(t tool) (usage, error) {
		return inDir(o.disk, func(dir string) (usage, error) {
			return feed(t.argv(o, dir), dir, "generate", strconv.Itoa(length), strconv.FormatInt(bytes[t.name], 10))
		})
	})
	table := &stage.Table{Title: fmt.Sprintf("Every line on the disk before more is read (%s), lines of %d bytes", o.disk, length),
		Head: []string{"", "lines/s", "dlog is faster by"}}
	first := 0.0
	for i, c := range cases {
		lines := median(results[i], func(u usage) float64 { return float64(bytes[c.name]) / length / u.wall.Seconds() })
		if i == 0 {
			first = lines
		}
		table.Add(row(c, results[i], fmt.Sprintf("%.0f", lines), stage.Ratio(first, lines))...)
	}
	table.Write(os.Stdout)
	return nil
}

// trickle RATE COUNT writes COUNT lines, RATE a second.
func trickle(args []string) error {
	rate, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for i := range count {
		if _, err := fmt.Fprintf(os.Stdout, "line %d of a trickle, long enough to look like one\n", i); err != nil {
			return err
		}
		<-tick.C
	}
	return nil
}

// trickles lets lines come one by one, to files and to the system log.
func trickles(o *options) error {
	const rate, count = 1000, 2000
	words := []string{"trickle", strconv.Itoa(rate), strconv.Itoa(count)}
	files := rounds(o, tools, func(t tool) (usage, error) {
		return inDir(o.dir, func(dir string) (usage, error) { return feed(t.argv(o, dir), dir, words...) })
	})
	logs := rounds(o, syslogTools, func(t tool) (usage, error) {
		return toDaemon(o, "512", func(dir, socket string) (usage, error) { return feed(t.argv(o, socket), dir, words...) })
	})
	table := &stage.Table{Title: fmt.Sprintf("A trickle of %d lines a second, start and end included", rate),
		Head: []string{"", "CPU us/line", "context switches/line"}}
	for i, t := range append(append([]tool(nil), tools...), syslogTools...) {
		r := append(append([][]usage(nil), files...), logs...)[i]
		table.Add(row(t, r, fmt.Sprintf("%.1f", median(r, func(u usage) float64 { return float64(u.cpu.Microseconds()) / count })),
			fmt.Sprintf("%.2f", median(r, func(u usage) float64 { return float64(u.switches) / count })))...)
	}
	table.Write(os.Stdout)
	return nil
}
