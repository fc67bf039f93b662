//go:build linux

// Gate measures what it costs a foreground job that another job runs in the
// background, and what the background job gets, under several rules that keep
// it out of the way: dmon's gates and those of its peers. It prints markdown
// tables and draws a picture. bench/README.md says how to read them.
package main

import (
	"flag"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"dmon/bench/stage"
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
		stage.Tell("%v", err)
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
	stage.WaitForCalm(calm)
	minutes := 11 * time.Minute
	if b.quick {
		minutes = 3 * time.Minute
	}
	parts := []stage.Part{{Name: "beside", Takes: minutes, Run: b.besides}, {Name: "crowd", Takes: 2 * time.Minute, Run: b.crowds}, {Name: "idle", Takes: 20 * time.Second, Run: b.idle}}
	for i, p := range parts {
		stage.Tell("%s, part %d of %d, takes about %s", p.Name, i+1, len(parts), stage.Roughly(p.Takes))
		if err := p.Run(); err != nil {
			stage.Tell("%v", err)
			return 1
		}
	}
	stage.Report(os.Stdout, 100*b.noisiest)
	if svg != "" {
		if err := os.WriteFile(svg, []byte(b.picture()), 0o666); err != nil {
			stage.Tell("%v", err)
			return 1
		}
	}
	return 0
}

func (b *bench) heard(s stage.Noise) float64 {
	o := s.Others()
	b.noisiest = max(b.noisiest, o)
	return o
}
