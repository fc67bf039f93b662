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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options of a run.
type options struct {
	runs  int
	bytes int64
	dir   string
	disk  string
	bin   string // where dlog and dsyslog are
}

// roles are what this program is when it is started by itself.
var roles = map[string]func(args []string) error{
	"generate":  generate,
	"trickle":   trickle,
	"receive":   receive,
	"everyline": everyLine,
}

var parts = []struct {
	name string
	run  func(o *options) error
}{
	{"throughput", throughput},
	{"durable", durable},
	{"trickle", trickles},
	{"syslog", syslog},
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
	for _, p := range parts {
		if len(names) > 0 && !slices.Contains(names, p.name) {
			continue
		}
		before := machine()
		if err := p.run(o); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Printf("\nOther work took %.0f %% of the processors meanwhile; above 10 %% believe nothing.\n", machine().others(before))
	}
	return nil
}

// load is processor time: of the whole machine, idle or not, and of us and the
// children we waited for.
type load struct{ all, busy, own float64 }

func machine() (l load) {
	stat, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(stat), "\n")
	for i, field := range strings.Fields(line)[1:9] {
		n, _ := strconv.ParseFloat(field, 64)
		l.all += n / 100
		if i != 3 && i != 4 { // idle and waiting for a disk
			l.busy += n / 100
		}
	}
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var ru syscall.Rusage
		if syscall.Getrusage(who, &ru) == nil {
			l.own += float64(ru.Utime.Nano()+ru.Stime.Nano()) / 1e9
		}
	}
	return l
}

// others is how much of the machine was taken by others, in percent.
func (l load) others(before load) float64 {
	return max(0, 100*((l.busy-before.busy)-(l.own-before.own))/(l.all-before.all))
}

// inTurn runs each case once a round, and collects what they return.
func inTurn[T any](runs, cases int, one func(i int) (T, error)) ([][]T, error) {
	results := make([][]T, cases)
	for range runs {
		for i := range cases {
			r, err := one(i)
			if err != nil {
				return nil, err
			}
			results[i] = append(results[i], r)
		}
	}
	return results, nil
}

// median is that of what value says about each result.
func median[T any](results []T, value func(T) float64) float64 {
	var v []float64
	for _, r := range results {
		v = append(v, value(r))
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// table prints rows under a title.
func table(title string, head []string, rows [][]string) {
	fmt.Printf("\n%s\n\n| %s |\n|---|%s\n", title, strings.Join(head, " | "), strings.Repeat("---:|", len(head)-1))
	for _, r := range rows {
		fmt.Printf("| %s |\n", strings.Join(r, " | "))
	}
}

// usage is what a tool took.
type usage struct {
	wall, cpu time.Duration
	switches  int64
	peak      int64 // kB
}
