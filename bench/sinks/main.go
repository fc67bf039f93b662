//go:build linux

// Command sinks compares dlog and dsyslog with their peers, all in one run:
//
//	go run ./bench/sinks            everything, about four minutes
//	go run ./bench/sinks -runs 1 throughput
//
// It prints a table in Markdown for each part: throughput, durable, trickle
// and syslog. Every figure is a median; tools take turns within each round, so
// that a busy moment hits all of them.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dmon/bench/stage"
)

// options of a run.
type options struct {
	runs  int
	bytes int64
	dir   string
	disk  string
	bin   string // where dlog and dsyslog are
	calm  time.Duration
}

// roles are what this program is when it is started by itself.
var roles = map[string]func(args []string) error{
	"generate":  generate,
	"trickle":   trickle,
	"receive":   receive,
	"everyline": everyLine,
}

// parts are those of the report, by the names that pick them.
func (o *options) parts() []stage.Part {
	part := func(name string, takes time.Duration, run func(o *options) error) stage.Part {
		return stage.Part{Name: name, Takes: takes * time.Duration(o.runs), Run: func() error { return run(o) }}
	}
	return []stage.Part{
		part("throughput", 30*time.Second, throughput),
		part("durable", 3*time.Second, durable),
		part("trickle", 25*time.Second, trickles),
		part("syslog", 8*time.Second, syslog),
	}
}

func main() {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil && len(os.Args) > 2 {
		exit(roles[os.Args[1]](os.Args[2:]))
	}
	o := &options{}
	flag.IntVar(&o.runs, "runs", 5, "rounds of each part")
	flag.Int64Var(&o.bytes, "mb", 400, "input of a throughput run, in MB")
	flag.StringVar(&o.dir, "dir", "/dev/shm", "where logs are written, in memory if possible")
	flag.StringVar(&o.disk, "disk", os.TempDir(), "where logs are written durably")
	flag.DurationVar(&o.calm, "calm", 0, "before each part wait up to this long for other work on the machine to end")
	flag.Parse()
	o.bytes *= 1e6
	exit(run(o, flag.Args()))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "sinks:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(o *options, names []string) error {
	var err error
	if o.bin, err = os.MkdirTemp("", "sinks"); err != nil {
		return err
	}
	defer os.RemoveAll(o.bin)
	for _, name := range []string{"dlog", "dsyslog"} {
		build := exec.Command("go", "build", "-o", filepath.Join(o.bin, name), "dmon/cmd/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build %s: %w: %s", name, err, out)
		}
	}
	picked, err := stage.Pick(o.parts(), strings.Join(names, ","))
	if err != nil {
		return err
	}
	return stage.Play(picked, o.calm, nil)
}

// rounds lets tools take turns, runs times over, and collects what they used. A
// tool that is missing or fails is told about, and has no figures.
func rounds(o *options, list []tool, one func(t tool) (usage, error)) [][]usage {
	results, out := make([][]usage, len(list)), make([]bool, len(list))
	for i, t := range list {
		if _, err := stage.Find(t.needs); t.needs != "" && err != nil {
			stage.Tell("%s: %v", t.name, err)
			out[i] = true
		}
	}
	for range o.runs {
		for i, t := range list {
			if out[i] {
				continue
			}
			u, err := one(t)
			if err != nil {
				stage.Tell("%s: %v", t.name, err)
				out[i], results[i] = true, nil
				continue
			}
			results[i] = append(results[i], u)
		}
	}
	return results
}

// median is that of what value says about each result.
func median(results []usage, value func(usage) float64) float64 {
	var v []float64
	for _, r := range results {
		v = append(v, value(r))
	}
	return stage.Median(v)
}

// faster is how much faster the first tool was than tool i: the median of what
// it was in each round. Nothing where one of them has no figures.
func faster(results [][]usage, i int) string {
	if len(results[0]) != len(results[i]) {
		return ""
	}
	var v []float64
	for round, u := range results[i] {
		v = append(v, float64(u.wall)/float64(results[0][round].wall))
	}
	return fmt.Sprintf("%.2f", stage.Median(v))
}

// row is a row of a table; without results it stays empty.
func row(t tool, results []usage, cells ...string) []string {
	if len(results) == 0 {
		return []string{t.label(), "missing"}
	}
	return append([]string{t.label()}, cells...)
}

// usage is what a tool took.
type usage struct {
	wall, cpu time.Duration
	switches  int64
	peak      int64 // kB
}
