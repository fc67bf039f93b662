//go:build linux && amd64

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

	"dmon/bench/stage"
)

// parts are those of the report; --only takes their names.
func (b *bench) parts() []stage.Part {
	part := func(name string, full, quick time.Duration, run func() error) stage.Part {
		return stage.Part{Name: name, Takes: pick(b, full, quick), Run: run}
	}
	return []stage.Part{
		part("start", 40*time.Second, 9*time.Second, b.start),
		part("daemonize", 10*time.Second, 3*time.Second, b.daemonize),
		part("short", 10*time.Second, 3*time.Second, b.short),
		part("restart", 65*time.Second, 20*time.Second, b.restart),
		part("stop", 25*time.Second, 6*time.Second, b.stop),
		part("trees", 100*time.Second, 20*time.Second, b.trees),
		part("respawn", 30*time.Second, 7*time.Second, b.respawn),
		part("memory", 40*time.Second, 15*time.Second, b.memory),
		part("hundred", 80*time.Second, 30*time.Second, b.hundred),
		part("names", 90*time.Second, 15*time.Second, b.names),
		part("idle", 70*time.Second, 15*time.Second, b.idle),
	}
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
	flag.BoolVar(&o.quick, "quick", false, "fewer rounds and shorter waits: rough")
	flag.StringVar(&o.only, "only", "", "run these parts, separated by commas: start daemonize short restart stop trees respawn memory hundred names idle")
	flag.StringVar(&o.dmon, "dmon", "bin/dmon", "the dmon to measure")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the order in which tools take turns")
	flag.DurationVar(&o.calm, "calm", 0, "before each section wait up to this long for other work on the machine to end")
	flag.Parse()
	_, err := stage.Pick((&bench{}).parts(), o.only)
	if err == nil && flag.NArg() > 0 {
		err = fmt.Errorf("what is %q for", flag.Arg(0))
	}
	if err != nil {
		stage.Tell("%v", err)
		os.Exit(2)
	}
	dirs, err := workplaces()
	if err != nil {
		stage.Tell("cannot make a place to work in: %v", err)
		os.Exit(1)
	}
	leaveOnSignal(dirs...)
	leave(run(o, dirs, os.Stdout), dirs...)
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

// run measures the parts that were asked for and returns the status to exit
// with. A panic ends like a failure, so that leave always has its turn.
func run(o options, dirs []string, out io.Writer) (status int) {
	defer func() {
		if r := recover(); r != nil {
			stage.Tell("%v\n%s", r, debug.Stack())
			status = 1
		}
	}()
	b, err := prepare(o, dirs[0], dirs[1], out)
	if err != nil {
		stage.Tell("%v", err)
		return 1
	}
	b.header()
	picked, err := stage.Pick(b.parts(), o.only)
	if err == nil {
		judged := 0
		err = stage.Play(picked, o.calm, func(noise float64) {
			for ; judged < len(b.goals); judged++ {
				b.goals[judged].Noise = noise
			}
		})
	}
	if err != nil {
		stage.Tell("%v", err)
		return 1
	}
	stage.GoalTable(b.goals).Write(out)
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
	dmon, err := keepCopy(o.dmon, dir, "dmon")
	if err == nil { // beside it, where names looks for it
		_, err = keepCopy(filepath.Join(filepath.Dir(o.dmon), "dmonctl"), dir, "dmonctl")
	}
	if err != nil {
		return nil, err
	}
	stage.Tell("building probe and floors")
	k, err := build(dir, fast, dmon)
	if err != nil {
		return nil, err
	}
	return &bench{kit: k, fast: fast, quick: o.quick, out: out,
		rng: rand.New(rand.NewPCG(o.seed, o.seed))}, nil
}

// keepCopy copies the program at path into dir by that name and returns the copy's path, so
// that a build meanwhile does not change what is measured. A program that is
// not there gives a path where nothing is: its rows stay empty.
func keepCopy(path, dir, name string) (string, error) {
	kept := filepath.Join(dir, name)
	program, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		stage.Tell("there is no %s at %s: its rows stay empty", name, path)
		return kept, nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot copy %s: %w", name, err)
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
