//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// background is a job that was started in a session of its own, as another
// user's would be: the kernel shares processors out between sessions first.
type background struct{ cmd *exec.Cmd }

func launch(dir, name string, argv []string) (*background, error) {
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c := exec.Command(argv[0], argv[1:]...)
	c.Stdout, c.Stderr = log, log
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if err := c.Start(); err != nil {
		return nil, err
	}
	running[c.Process.Pid] = true
	return &background{c}, nil
}

// running are the leaders of sessions that have to be ended.
var running = map[int]bool{}

// stop ends the job: what works is killed first, and does not ask any gate.
func (g *background) stop(b *board, from, to int) {
	for n := from; n < to; n++ {
		if pid := b.slot(n).pid; pid != 0 {
			syscall.Kill(int(pid), syscall.SIGKILL)
		}
	}
	g.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan bool)
	go func() { g.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
	}
	syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
	<-done
	delete(running, g.cmd.Process.Pid)
}

// killAll leaves nothing behind, whatever has happened.
func killAll(b *board) {
	b.slot(-1).pid = 1
	for n := range slots {
		if pid := b.slot(n).pid; pid != 0 {
			syscall.Kill(int(pid), syscall.SIGKILL)
		}
	}
	for pid := range running {
		syscall.Kill(-pid, syscall.SIGKILL)
	}
}

// rule is what keeps a background job out of the way.
type rule struct {
	name  string
	wrap  func(b *bench, argv []string) []string // the command in front of the job's
	load  bool                                   // it goes by a load average
	prime float64                                // what that is to be before: what the background job alone makes of it
	first bool                                   // its turn comes first
	watch func(b *bench, job *background, end <-chan bool)
}

// original is what the program in C does: it compares the load average of the
// last minute with its limits each second.
func original(b *bench, job *background, end <-chan bool) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	closed := false
	for {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		load := loadNow()
		switch {
		case !closed && load > b.high:
			syscall.Kill(-job.cmd.Process.Pid, syscall.SIGSTOP)
			closed = true
		case closed && load < b.low:
			syscall.Kill(-job.cmd.Process.Pid, syscall.SIGCONT)
			closed = false
		}
	}
}

func (b *bench) rules() []rule {
	front := func(words string) func(*bench, []string) []string {
		return func(b *bench, argv []string) []string {
			return append(strings.Fields(words), argv...)
		}
	}
	limits := fmt.Sprintf("-L %.2f -l %.2f", b.high, b.low)
	own := float64(cpus)
	return []rule{
		{name: "nothing"},
		{name: "nice 19", wrap: front("nice -n 19")},
		{name: "loadwatch", wrap: front(fmt.Sprintf("loadwatch -d 1 -h %.2f -l %.2f --", b.high, b.low)), load: true, prime: own},
		{name: "rule of the C original", watch: original, load: true, prime: own},
		{name: "dmon -L", wrap: front(b.dmon + " -n -v -m 0 " + limits), load: true, prime: own},
		{name: "dmon -L --load-of others", wrap: front(b.dmon + " -n -v -m 0 -L 0.5 -l 0.25 --load-of others"), load: true, prime: 0.2, first: true},
		{name: "dmon --pressure cpu", wrap: front(b.dmon + " -n -v -m 0 --pressure cpu=20")},
	}
}
