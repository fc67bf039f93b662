//go:build linux && soak

package soak

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"dmon/bench/stage"
)

// round is one dmon with its command and its log command.
type round struct {
	*tally
	rng      *rand.Rand
	dir      string // a file system of its own
	words    string // the log command
	sinkPath []byte // its program: what is not executed yet is dmon still
	limit    int    // of the length of lines
	ledger   *ledger
	dmon     *exec.Cmd
	daemon   *daemon             // nil where the sink is a file
	stamp    int                 // length of what stands in front of each stored line
	order    map[string][]string // rotated files that were there when a file was moved away
}

const (
	space    = 4 << 30 // of the file system
	goneTime = time.Minute
	marker   = "generate"
)

// run is the whole round. What it started is gone afterwards.
func (r *round) run(kind string, stop <-chan os.Signal) (err error) {
	r.count = 1
	if err := r.mount(); err != nil {
		return err
	}
	defer func() {
		_ = unix.Unmount(r.dir, unix.MNT_DETACH)
	}()
	if r.ledger, err = openLedger(r.path("ledger")); err != nil {
		return err
	}
	argv := r.sink(kind)
	if r.daemon != nil {
		defer r.daemon.close()
	}
	if err := r.start(argv); err != nil {
		return err
	}
	r.torment(stop)
	if err := r.end(); err != nil {
		return err
	}
	c := &checker{limit: r.limit}
	if r.daemon != nil {
		if c, err = r.daemon.received(); err != nil {
			return err
		}
	} else if err := r.readFiles(c); err != nil {
		return err
	}
	return r.judge(c, atomic.LoadUint64(&r.ledger.next))
}

func (r *round) path(name string) string { return filepath.Join(r.dir, name) }
func (r *round) logs(name string) string { return filepath.Join(r.dir, "logs", name) }

// mount gives the logs a file system of their own, so that the rest of the
// round does not run out of space.
func (r *round) mount() error {
	if err := os.MkdirAll(r.logs(""), 0o755); err != nil {
		return err
	}
	if err := unix.Mount("soak", r.logs(""), "tmpfs", 0, "size="+strconv.Itoa(space)); err != nil {
		return fmt.Errorf("cannot mount a file system: %w", err)
	}
	return nil
}

// sink chooses the log command and its options.
func (r *round) sink(kind string) []string {
	maybe := func(argv *[]string, words ...string) bool {
		yes := r.rng.IntN(2) == 0
		if yes {
			*argv = append(*argv, words...)
		}
		return yes
	}
	if kind == "dsyslog" {
		r.limit = 7000 // the rest of a longer one would be a message of its own
		r.daemon = listen(r.path("socket"), r.limit)
		return []string{filepath.Join(bin, "dsyslog"), "--socket", r.path("socket"), "soak"}
	}
	r.limit, r.order = longest, map[string][]string{}
	size := []string{"20k", "300k", "4m"}[r.rng.IntN(3)]
	if size == "20k" {
		r.limit = 20000 // a longer line would be cut at -s
	}
	argv := []string{filepath.Join(bin, "dlog"), "-m", "0", "-s", size}
	maybe(&argv, "-b")
	if maybe(&argv, "-t") {
		r.stamp = len("2026-11-20/16:27:33 ")
	}
	maybe(&argv, "-z")
	maybe(&argv, "-T", "700ms")
	return append(argv, r.logs("log"))
}

func (r *round) start(logger []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	messages, err := os.Create(r.path("messages"))
	if err != nil {
		return err
	}
	defer messages.Close()
	r.words, r.sinkPath = strings.Join(logger, " "), []byte(logger[0])
	argv := append([]string{"-n", "-1", "-v", "--min-uptime", "0", self, marker, r.path("ledger"), strconv.Itoa(r.limit), "--"}, logger...)
	r.dmon = exec.Command(filepath.Join(bin, "dmon"), argv...)
	r.dmon.Stderr = messages
	r.dmon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return r.dmon.Start()
}

// end has the generator succeed, and waits for everything to be gone.
func (r *round) end() error {
	atomic.StoreUint32(&r.ledger.stop, 1)
	over := make(chan error, 1)
	go func() { over <- r.dmon.Wait() }()
	select {
	case err := <-over:
		if err != nil {
			return fmt.Errorf("dmon: %w", err)
		}
	case <-time.After(goneTime):
		_ = r.dmon.Process.Kill()
		<-over
		return fmt.Errorf("dmon was not done after %v", goneTime)
	}
	if left := sweep(); left > 0 {
		return fmt.Errorf("%d processes were left", left)
	}
	return nil
}

// pids finds the generator and the log command of now; 0 where there is none.
func (r *round) pids() (command, log int) {
	for _, pid := range stage.Children(r.dmon.Process.Pid) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		words := bytes.Split(line, []byte{0})
		switch {
		case len(words) > 1 && string(words[1]) == marker:
			command = pid
		case bytes.Equal(words[0], r.sinkPath):
			log = pid
		}
	}
	return command, log
}

// complaints are dmon's last messages, and those of the log command.
func (r *round) complaints() string {
	text, _ := os.ReadFile(r.path("messages"))
	return string(text[max(0, len(text)-4000):])
}
