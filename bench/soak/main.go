//go:build linux

// Soak runs dmon with a logger for minutes while everything that may go wrong
// does: both sides are killed, the disk fills up, files are renamed, the syslog
// daemon goes away. Afterwards all that was stored must be all that was written.
// It prints a markdown table, and exits with 1 and the evidence where it is not.
// bench/README.md says more.
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// inside marks the second life, in a mount namespace of its own.
const inside = "SOAK_INSIDE"

func main() {
	var err error
	switch {
	case len(os.Args) > 3 && os.Args[1] == "generate":
		err = generate(os.Args[2:])
	case os.Getenv(inside) == "":
		err = again()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			os.Exit(exit.ExitCode()) // it has told why
		}
	default:
		err = soak()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "soak: %v\n", err)
		os.Exit(1)
	}
}

// again executes this program in a mount namespace, where it may fill up a
// file system of its own.
func again() error {
	if os.Geteuid() != 0 {
		return errors.New("must run as root: it mounts a file system to fill it up")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.Command(self, os.Args[1:]...)
	c.Env = append(os.Environ(), inside+"=1")
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	// The keys of a terminal reach both; the second life decides.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP)
	return c.Run()
}

// plan is what the user asked for.
type plan struct {
	bin    string
	length time.Duration
	round  time.Duration
	seed   uint64
	kinds  string
}

func soak() error {
	var p plan
	flag.StringVar(&p.bin, "bin", "bin", "where dmon, dlog and dsyslog are")
	flag.DurationVar(&p.length, "for", 2*time.Minute, "how long it takes, about")
	flag.DurationVar(&p.round, "round", 10*time.Second, "how long one dmon is tormented")
	flag.Uint64Var(&p.seed, "seed", uint64(time.Now().UnixNano()), "seed of what is done when, and with which options")
	flag.StringVar(&p.kinds, "only", "", "one kind of rounds: dlog, dsyslog or tree")
	flag.Parse()
	dir, err := os.MkdirTemp("", "dmon-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if p.bin, err = filepath.Abs(p.bin); err != nil {
		return err
	}
	// What loses its parent comes to us, so that nothing can hide.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	fmt.Printf("# Soak\n\nSeed %d, rounds of %v.\n\n", p.seed, p.round)
	err = p.rounds(dir, stop)
	if left := sweep(); err == nil && left > 0 {
		err = fmt.Errorf("%d processes were left", left)
	}
	return err
}

func (p *plan) rounds(dir string, stop <-chan os.Signal) (err error) {
	rng := rand.New(rand.NewPCG(p.seed, 0))
	totals := map[string]*tally{}
	defer func() { report(totals, err == nil) }()
	end := time.Now().Add(p.length)
	for n := 0; time.Now().Before(end); n++ {
		select {
		case <-stop:
			return errors.New("interrupted")
		default:
		}
		r := &round{plan: p, rng: rng, dir: filepath.Join(dir, fmt.Sprint(n)), tally: &tally{}}
		kind := p.kinds
		if kind == "" {
			kind = kinds[n%len(kinds)]
		}
		if totals[kind] == nil {
			totals[kind] = &tally{}
		}
		err = r.torture(kind, stop)
		totals[kind].add(r.tally)
		if err != nil {
			return fmt.Errorf("round %d, %s, seed %d: %w\n%v\n%s", n, r.words, p.seed, err, *r.tally, r.complaints())
		}
	}
	return nil
}

// kinds of rounds, in turn; those with trees are short.
var kinds = []string{"dlog", "tree", "dsyslog", "tree", "tree", "tree"}

func (r *round) torture(kind string, stop <-chan os.Signal) error {
	if kind == "tree" {
		return r.grow(stop)
	}
	return r.run(kind, stop)
}

// sweep kills what we have started and is still there, and counts it.
func sweep() (left int) {
	for {
		pids := childrenOf(os.Getpid())
		if len(pids) == 0 {
			return left
		}
		for _, pid := range pids {
			left++
			_ = syscall.Kill(pid, syscall.SIGKILL)
			_, _ = syscall.Wait4(pid, nil, 0, nil)
		}
	}
}
