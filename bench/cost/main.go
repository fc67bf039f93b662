//go:build linux && (amd64 || arm64)

// Cost measures what it costs to have a command supervised: by dmon, by its
// peers from Debian's packages, and by the least that a Go program could do.
// It prints markdown tables of medians, and the goals with their verdicts.
// bench/README.md says how to read them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// section is one part of the report; --only takes its name.
type section struct {
	name string
	run  func(*bench) error
}

var sections = []section{
	{"start", (*bench).start},
	{"daemonize", (*bench).daemonize},
	{"restart", (*bench).restart},
	{"stop", (*bench).stop},
	{"trees", (*bench).trees},
	{"respawn", (*bench).respawn},
	{"memory", (*bench).memory},
	{"hundred", (*bench).hundred},
	{"idle", (*bench).idle},
}

type options struct {
	quick bool
	only  string
	dmon  string
	seed  uint64
	calm  time.Duration
}

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "fewer rounds and shorter waits: under 90 s, and rough")
	flag.StringVar(&o.only, "only", "", "run these sections, separated by commas: "+sectionNames())
	flag.StringVar(&o.dmon, "dmon", "bin/dmon", "the dmon to measure")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the order in which tools take turns")
	flag.DurationVar(&o.calm, "calm", 0, "before each section wait up to this long for other work on the machine to end")
	flag.Parse()
	picked, err := o.sections()
	if err == nil && flag.NArg() > 0 {
		err = fmt.Errorf("what is %q for", flag.Arg(0))
	}
	if err != nil {
		tell("%v", err)
		os.Exit(2)
	}
	dirs, err := workplaces()
	if err != nil {
		tell("cannot make a place to work in: %v", err)
		os.Exit(1)
	}
	leaveOnSignal(dirs...)
	leave(run(o, picked, dirs, os.Stdout), dirs...)
}

// workplaces makes two directories: one on a disk, and one in memory if there
// is such a place and programs may run from it. Service directories belong in
// memory, as under /run; on a disk runsv and supervise would wait for it.
func workplaces() ([]string, error) {
	disk, err := os.MkdirTemp("", "dmon-bench-")
	if err != nil {
		return nil, err
	}
	const inMemory, noexec = "/dev/shm", 8 // ST_NOEXEC
	var mount syscall.Statfs_t
	if err := syscall.Statfs(inMemory, &mount); err == nil && mount.Flags&noexec == 0 {
		if fast, err := os.MkdirTemp(inMemory, "dmon-bench-"); err == nil {
			return []string{disk, fast}, nil
		}
	}
	return []string{disk, disk}, nil
}

func sectionNames() string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return strings.Join(names, ",")
}

// sections returns those that were asked for, in the order of the report.
func (o options) sections() ([]section, error) {
	if o.only == "" {
		return sections, nil
	}
	asked := map[string]bool{}
	for name := range strings.SplitSeq(o.only, ",") {
		asked[name] = true
	}
	var picked []section
	for _, s := range sections {
		if asked[s.name] {
			picked = append(picked, s)
			delete(asked, s.name)
		}
	}
	for name := range asked {
		return nil, fmt.Errorf("there is no section %q, only %s", name, sectionNames())
	}
	return picked, nil
}

// run measures the sections picked and returns the status to exit with. A
// panic ends like a failure, so that leave always has its turn.
func run(o options, picked []section, dirs []string, out io.Writer) (status int) {
	defer func() {
		if r := recover(); r != nil {
			tell("%v\n%s", r, debug.Stack())
			status = 1
		}
	}()
	b, err := prepare(o, dirs[0], dirs[1], out)
	if err != nil {
		tell("%v", err)
		return 1
	}
	began := time.Now()
	b.header()
	for _, s := range picked {
		tell("%s (%.0f s so far)", s.name, time.Since(began).Seconds())
		waitForCalm(o.calm)
		quiet, judged := listen(), len(b.goals)
		if err := s.run(b); err != nil {
			tell("%s: %v", s.name, err)
			return 1
		}
		part := 100 * quiet.others()
		report(out, part)
		for i := range b.goals[judged:] {
			b.goals[judged+i].noise = part
		}
	}
	goalTable(b.goals).write(out)
	tell("done in %.0f s", time.Since(began).Seconds())
	if b.failed {
		return 1
	}
	return 0
}

func prepare(o options, dir, fast string, out io.Writer) (*bench, error) {
	// The collector would run in the middle of some tool's turn.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	if err := becomeSubreaper(); err != nil {
		return nil, err
	}
	dmon, err := keepCopy(o.dmon, dir)
	if err != nil {
		return nil, err
	}
	tell("building probe and floors")
	k, err := build(dir, fast, dmon)
	if err != nil {
		return nil, err
	}
	return &bench{kit: k, fast: fast, quick: o.quick, out: out,
		rng: rand.New(rand.NewPCG(o.seed, o.seed))}, nil
}

// keepCopy copies the program at path into dir and returns the copy's path, so
// that a build meanwhile does not change what is measured. A program that is
// not there gives a path where nothing is: its rows stay empty.
func keepCopy(path, dir string) (string, error) {
	kept := filepath.Join(dir, "dmon")
	program, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		tell("there is no dmon at %s: its rows stay empty", path)
		return kept, nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot copy dmon: %w", err)
	}
	return kept, os.WriteFile(kept, program, 0o755)
}

// header says what was measured, on what, and how quiet it was.
func (b *bench) header() {
	load, _ := os.ReadFile("/proc/loadavg")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	fmt.Fprintf(b.out, "# Cost of supervision\n\n%s, Linux %s, %d CPUs, %s; load average at the start %s.\n",
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), strings.TrimSpace(string(kernel)),
		runtime.NumCPU(), runtime.Version(), firstWords(string(load), 3))
	fmt.Fprintf(b.out, "%s\n\n", versions())
	if b.quick {
		fmt.Fprint(b.out, "With --quick: rough figures, no base for decisions.\n\n")
	}
}

// versions lists the peers' packages, where dpkg knows them.
func versions() string {
	peers := []string{"tini", "dumb-init", "runit", "s6", "execline", "daemontools", "daemon", "supervisor", "dpkg"}
	args := append([]string{"-W", "-f", "${Package} ${Version}, "}, peers...)
	out, err := exec.Command("dpkg-query", args...).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) { // a missing package is an exit status, and the others are listed
		return "Peers of unknown version."
	}
	return "Peers: " + strings.TrimSuffix(string(out), ", ") + "."
}

func firstWords(text string, n int) string {
	fields := strings.Fields(text)
	return strings.Join(fields[:min(n, len(fields))], " ")
}
