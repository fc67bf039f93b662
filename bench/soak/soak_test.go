//go:build linux && soak

// Package soak runs dmon with a logger for minutes while everything that may go
// wrong does: both sides are killed, the disk fills up, files are renamed, the
// syslog daemon goes away. Afterwards all that was stored must be all that was
// written. bench/README.md says more.
package soak

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
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/bench/stage"
)

// inside marks the second life, in a mount namespace of its own.
const inside = "SOAK_INSIDE"

var (
	length = flag.Duration("for", 2*time.Minute, "how long it takes, about")
	period = flag.Duration("round", 10*time.Second, "how long one dmon is tormented")
	seed   = flag.Uint64("seed", uint64(time.Now().UnixNano()), "seed of what is done when, and with which options")
	only   = flag.String("only", "", "one kind of rounds: dlog, dsyslog or tree")
)

// bin is where dmon, dlog and dsyslog are.
var bin string

// TestMain is the generator, too, and executes the tests in a mount namespace,
// where they may fill up a file system of their own.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 3 && os.Args[1] == marker:
		end(generate(os.Args[2:]))
	case os.Getenv(inside) != "":
		os.Exit(m.Run())
	case os.Geteuid() != 0:
		end(errors.New("must run as root: it mounts a file system to fill it up"))
	}
	c := exec.Command("/proc/self/exe", os.Args[1:]...)
	c.Env = append(os.Environ(), inside+"=1")
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	// The keys of a terminal reach both; the second life decides.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP)
	end(c.Run())
}

func end(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "soak: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// kinds of rounds, in turn; those with trees are short.
var kinds = []string{"dlog", "tree", "dsyslog", "tree", "tree", "tree"}

func TestSoak(t *testing.T) {
	var err error
	if bin, err = filepath.Abs("../../bin"); err != nil {
		t.Fatal(err)
	}
	// What loses its parent comes to us, so that nothing can hide.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	fmt.Printf("# Soak\n\nSeed %d, rounds of %v.\n\n", *seed, *period)
	rng := rand.New(rand.NewPCG(*seed, 0))
	totals := map[string]*tally{}
	defer func() { report(totals, !t.Failed()) }()
	dir, err := os.MkdirTemp("", "soak-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	until := time.Now().Add(*length)
	for n := 0; time.Now().Before(until) && !t.Failed(); n++ {
		r := &round{rng: rng, dir: filepath.Join(dir, fmt.Sprint(n)), tally: &tally{}}
		kind := *only
		if kind == "" {
			kind = kinds[n%len(kinds)]
		}
		if totals[kind] == nil {
			totals[kind] = &tally{}
		}
		run := func(stop <-chan os.Signal) error { return r.run(kind, stop) }
		if kind == "tree" {
			run = r.grow
		}
		err := run(stop)
		totals[kind].add(r.tally)
		if err != nil {
			t.Errorf("round %d, %s, seed %d: %v\n%+v\n%s", n, r.words, *seed, err, *r.tally, r.complaints())
		}
		select {
		case <-stop:
			t.Error("interrupted")
		default:
		}
	}
	if left := sweep(); left > 0 {
		t.Errorf("%d processes were left", left)
	}
}

// sweep kills what we have started and is still there, and counts it.
func sweep() (left int) {
	for {
		pids := stage.Children(os.Getpid())
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
