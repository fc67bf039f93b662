//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
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
	cases := []struct {
		name  string
		bytes int64
		argv  func(o *options, dir string) []string
	}{
		{"dlog -t", 200e6, dlog("-t")},
		{"fsync for each line", 100e3, func(o *options, dir string) []string {
			return []string{"/proc/self/exe", "everyline", filepath.Join(dir, "log")}
		}},
	}
	results, err := inTurn(o.runs, len(cases), func(i int) (usage, error) {
		return inDir(o.disk, func(dir string) (usage, error) {
			argv := cases[i].argv(o, dir)
			if argv[0] == "/proc/self/exe" {
				argv[0], _ = os.Executable()
			}
			return feed(argv, dir, "generate", strconv.Itoa(length), strconv.FormatInt(cases[i].bytes, 10))
		})
	})
	if err != nil {
		return err
	}
	var rows [][]string
	first := 0.0
	for i, c := range cases {
		lines := median(results[i], func(u usage) float64 { return float64(c.bytes) / length / u.wall.Seconds() })
		if i == 0 {
			first = lines
		}
		rows = append(rows, []string{c.name, fmt.Sprintf("%.0f", lines), fmt.Sprintf("%.0f", first/lines)})
	}
	table(fmt.Sprintf("Every line on the disk before more is read (%s), lines of %d bytes", o.disk, length),
		[]string{"", "lines/s", "dlog is faster by"}, rows)
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

func trickles(o *options) error {
	const rate, count = 1000, 2000
	var rows [][]string
	results, err := inTurn(o.runs, len(tools), func(i int) (usage, error) {
		return inDir(o.dir, func(dir string) (usage, error) {
			return feed(tools[i].argv(o, dir), dir, "trickle", strconv.Itoa(rate), strconv.Itoa(count))
		})
	})
	if err != nil {
		return err
	}
	for i, t := range tools {
		cpu := median(results[i], func(u usage) float64 { return float64(u.cpu.Microseconds()) / count })
		switches := median(results[i], func(u usage) float64 { return float64(u.switches) / count })
		rows = append(rows, []string{t.name, fmt.Sprintf("%.1f", cpu), fmt.Sprintf("%.2f", switches)})
	}
	table(fmt.Sprintf("A trickle of %d lines a second, start and end included", rate),
		[]string{"", "CPU us/line", "context switches/line"}, rows)
	return nil
}
