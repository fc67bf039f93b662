//go:build linux

// Gate measures what it costs a foreground job that another job runs in the
// background, and what the background job gets, under several rules that keep
// it out of the way: dmon's gates and those of its peers. It prints markdown
// tables and draws a picture. bench/README.md says how to read them.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

var cpus = runtime.NumCPU()

// Jobs die with the thread that started them, so that must be one that stays.
func init() { runtime.LockOSThread() }

// bench is one run.
type bench struct {
	dmon      string
	dir       string
	board     *board
	high, low float64 // limits of the load average, as tight as they go
	front     time.Duration
	units     int64 // of the foreground job, for each processor
	alone     time.Duration
	quick     bool
	lanes     []lane
	noisiest  float64
}

func main() {
	if len(os.Args) > 5 && os.Args[1] == "--work" {
		os.Exit(workers(os.Args[2], os.Args[3], os.Args[4], os.Args[5]))
	}
	if len(os.Args) > 4 && os.Args[1] == "--spin" {
		os.Exit(spin(os.Args[2], os.Args[3], os.Args[4]))
	}
	b := &bench{front: 15 * time.Second}
	var svg string
	flag.StringVar(&b.dmon, "dmon", "bin/dmon", "the dmon to measure")
	flag.StringVar(&svg, "svg", "", "draw the picture into this file")
	flag.BoolVar(&b.quick, "quick", false, "shorter, and rough: the rules by load average are left out")
	calm := flag.Duration("calm", 0, "before it begins wait up to this long for other work to end")
	flag.Parse()
	os.Exit(b.main(svg, *calm))
}

func (b *bench) main(svg string, calm time.Duration) (status int) {
	dir, err := os.MkdirTemp("", "dmon-gate-")
	if err == nil {
		defer os.RemoveAll(dir)
		b.dir = dir
		b.board, err = makeBoard(dir)
	}
	if err != nil {
		tell("%v", err)
		return 1
	}
	defer killAll(b.board)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		s := <-signals
		killAll(b.board)
		os.RemoveAll(dir)
		os.Exit(128 + int(s.(syscall.Signal)))
	}()
	// A load that the background job makes alone must not close a gate.
	b.high, b.low = float64(cpus)+0.25, float64(cpus)/2
	waitForCalm(b.board, calm)
	for _, step := range []func() error{b.besides, b.crowds, b.idle} {
		if err := step(); err != nil {
			tell("%v", err)
			return 1
		}
	}
	fmt.Printf("Other work took up to %.0f %% of the processors in a part of this run.\n", 100*b.noisiest)
	if b.noisiest > 0.1 {
		fmt.Println("**Too much: measure again when it is quiet.**")
	}
	if svg != "" {
		if err := os.WriteFile(svg, []byte(b.picture()), 0o666); err != nil {
			tell("%v", err)
			return 1
		}
	}
	return 0
}

// waitForCalm returns when other work took less than a tenth of the machine
// for two seconds, or after limit.
func waitForCalm(b *board, limit time.Duration) {
	for end := time.Now().Add(limit); time.Now().Before(end); {
		s := b.begin()
		pause(2 * time.Second)
		if s.others() < 0.1 {
			return
		}
	}
}

func (b *bench) heard(s span) float64 {
	o := s.others()
	b.noisiest = max(b.noisiest, o)
	return o
}
