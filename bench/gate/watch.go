//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"dmon/bench/stage"
)

// sampleEvery is how fine the picture is, and the count of pauses.
const sampleEvery = 50 * time.Millisecond

// sample is what there was to see at one time.
type sample struct {
	at       time.Duration // since the begin
	load     float64
	pressure float64 // percent of the last second
	front    bool    // the foreground job works
	paused   []bool  // each background job; one that waits to be started is
}

// watcher looks at the machine and at the jobs until it is stopped.
type watcher struct {
	board   *board
	jobs    [][2]int // the slots of each background job
	began   time.Time
	mu      sync.Mutex
	front   bool
	samples []sample
	stopped chan bool
	over    chan bool
}

func watch(b *board, jobs [][2]int) *watcher {
	w := &watcher{board: b, jobs: jobs, began: time.Now(), stopped: make(chan bool), over: make(chan bool)}
	go w.run()
	return w
}

func (w *watcher) run() {
	defer close(w.over)
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	type stall struct {
		at    time.Time
		total float64
	}
	var stalls []stall
	for {
		now := time.Now()
		stalls = append(stalls, stall{now, stalled()})
		for len(stalls) > 2 && now.Sub(stalls[1].at) >= time.Second {
			stalls = stalls[1:]
		}
		s := sample{at: now.Sub(w.began), load: loadNow()}
		if first := stalls[0]; now.After(first.at) {
			s.pressure = min(100, 100*(stalls[len(stalls)-1].total-first.total)/now.Sub(first.at).Seconds())
		}
		for _, j := range w.jobs {
			s.paused = append(s.paused, w.isPaused(j))
		}
		w.mu.Lock()
		s.front = w.front
		w.samples = append(w.samples, s)
		w.mu.Unlock()
		select {
		case <-w.stopped:
			return
		case <-tick.C:
		}
	}
}

// isPaused reports whether none of a job's processes may run.
func (w *watcher) isPaused(job [2]int) bool {
	for n := job[0]; n < job[1]; n++ {
		if pid := w.board.slot(n).pid; pid != 0 && state(pid) != 'T' && !frozen(pid) {
			return false
		}
	}
	return true
}

// groups is where control groups are, the first place that is there.
var groups = func() string {
	const beside = "/sys/fs/cgroup/unified"
	if _, err := os.Stat(beside); err == nil {
		return beside
	}
	return "/sys/fs/cgroup"
}()

// frozen reports whether the process is in a control group that stands still.
func frozen(pid int64) bool {
	text, _ := os.ReadFile("/proc/" + strconv.FormatInt(pid, 10) + "/cgroup")
	_, path, _ := strings.Cut("\n"+string(text), "\n0::")
	path, _, _ = strings.Cut(path, "\n")
	events, _ := os.ReadFile(groups + path + "/cgroup.events")
	return strings.Contains(string(events), "frozen 1")
}

func (w *watcher) setFront(on bool) {
	w.mu.Lock()
	w.front = on
	w.mu.Unlock()
}

func (w *watcher) end() []sample {
	close(w.stopped)
	<-w.over
	return w.samples
}

func state(pid int64) byte {
	text, err := os.ReadFile("/proc/" + strconv.FormatInt(pid, 10) + "/stat")
	if err != nil {
		return 0
	}
	if i := strings.LastIndexByte(string(text), ')'); i >= 0 && i+2 < len(text) {
		return text[i+2]
	}
	return 0
}

// listen begins to watch what others take of the processors: all but what is
// counted in the slots, which must not be cleared meanwhile.
func (b *board) listen() stage.Noise {
	return stage.Listen(func() time.Duration { return b.used(0, slots) })
}

func loadNow() float64 { return numberIn("/proc/loadavg", 0, "") }

// stalled is for how long tasks have waited for processors, in seconds.
func stalled() float64 { return numberIn("/proc/pressure/cpu", 4, "total=") / 1e6 }

func numberIn(path string, field int, prefix string) float64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	words := strings.Fields(string(text))
	if field >= len(words) {
		return 0
	}
	f, _ := strconv.ParseFloat(strings.TrimPrefix(words[field], prefix), 64)
	return f
}
