//go:build linux

package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"dmon/bench/stage"
)

// lane is one row of the picture.
type lane struct {
	title   string
	notes   []string // what came of it, a line each
	samples []sample
}

// slots: the foreground job has the first ones, the background the next.
func (b *bench) frontJob() []string { return b.board.job(0, cpus, b.units) }
func (b *bench) backJob() []string  { return b.board.job(cpus, 2*cpus, 0) }

// result is what came of one rule.
type result struct {
	front   time.Duration // the foreground job
	yielded time.Duration // until the background job was paused; negative: never
	resumed time.Duration // after the end of the foreground job, until it went on; negative: not seen
	share   float64       // of the idle time, that the background job got
	noise   float64
}

// besides is part (a): a fixed amount of work on all processors, beside a job
// that would take them all.
func (b *bench) besides() error {
	if err := b.calibrate(); err != nil {
		return err
	}
	fmt.Printf("## A job of %.1f s on %d processors beside one that never ends\n\n", b.alone.Seconds(), cpus)
	fmt.Println("| kept away by | foreground takes | times | yields after | resumes after | background gets of the idle time | other work |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	fmt.Printf("| (alone) | %.1f s | 1.00 | | | | |\n", b.alone.Seconds())
	rules := b.rules()
	results := make([]*result, len(rules))
	lanes := make([]lane, len(rules))
	// What wants the lowest load average has its turn first, while it is low.
	for _, first := range []bool{true, false} {
		for i, r := range rules {
			if r.first != first || b.quick && r.load {
				continue
			}
			stage.Tell("%s", r.name)
			if r.wrap != nil {
				if _, err := stage.Find(r.wrap(b, nil)[0]); err != nil {
					fmt.Printf("| %s | %v | | | | | |\n", r.name, err)
					continue
				}
			}
			res, samples, err := b.beside(r)
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			results[i], lanes[i] = &res, lane{r.name, res.notes(b.alone), samples}
		}
	}
	for i, res := range results {
		if res == nil {
			continue
		}
		b.lanes = append(b.lanes, lanes[i])
		fmt.Printf("| %s | %.1f s | %.2f | %s | %s | %.0f %% | %.0f %% |\n", rules[i].name, res.front.Seconds(),
			float64(res.front)/float64(b.alone), seconds(res.yielded), seconds(res.resumed), 100*res.share, 100*res.noise)
	}
	fmt.Println()
	return nil
}

func (r *result) notes(alone time.Duration) []string {
	return []string{
		fmt.Sprintf("foreground: %.2f x its time alone", float64(r.front)/float64(alone)),
		fmt.Sprintf("background: %.0f %% of the idle time", 100*r.share),
	}
}

func seconds(d time.Duration) string {
	if d < 0 {
		return "never"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// calibrate finds how much work keeps all processors busy for about as long as
// the foreground job shall take, and how long it takes alone.
func (b *bench) calibrate() error {
	b.units = 300
	took, err := b.inFront()
	if err != nil {
		return err
	}
	b.units = max(100, int64(float64(b.units)*float64(b.front)/float64(took)))
	s := b.board.listen()
	b.alone, err = b.inFront()
	b.heard(s)
	return err
}

// inFront runs the foreground job.
func (b *bench) inFront() (time.Duration, error) {
	for n := range cpus {
		*b.board.slot(n) = slot{}
	}
	began := time.Now()
	argv := b.frontJob()
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	return time.Since(began), nil
}

// beside runs the foreground job beside one that r keeps out of its way.
func (b *bench) beside(r rule) (res result, samples []sample, err error) {
	before, after := 8*time.Second, 30*time.Second
	if r.load {
		// A load average needs longer than a minute to forget.
		prime(b, r.prime)
		after = 90 * time.Second
	}
	b.board.clear()
	argv := b.backJob()
	if r.wrap != nil {
		argv = r.wrap(b, argv)
	}
	job, err := launch(b.dir, "background", argv)
	if err != nil {
		return res, nil, err
	}
	end := make(chan bool)
	over := make(chan bool)
	go func() {
		defer close(over)
		if r.watch != nil {
			r.watch(b, job, end)
		}
	}()
	defer func() {
		close(end)
		<-over
		job.stop(b.board, cpus, 2*cpus)
	}()
	w := watch(b.board, [][2]int{{cpus, 2 * cpus}})
	whole := b.board.listen()
	stage.Pause(before)
	first := b.board.used(cpus, 2*cpus)
	start := time.Since(w.began)
	w.setFront(true)
	res.front, err = b.inFront()
	w.setFront(false)
	stop := time.Since(w.began)
	middle := b.board.used(cpus, 2*cpus)
	stage.Pause(after)
	got := first + b.board.used(cpus, 2*cpus) - middle
	// What others took was not idle.
	res.noise = b.heard(whole)
	idle := float64(before+after) * float64(cpus) * (1 - res.noise)
	res.share = min(1, float64(got)/idle)
	samples = w.end()
	res.yielded, res.resumed = pauseTimes(samples, start, stop)
	return res, samples, err
}

// pauseTimes are from start to the first pause, and from stop to the resume.
func pauseTimes(samples []sample, start, stop time.Duration) (yielded, resumed time.Duration) {
	yielded, resumed = -1, -1
	for _, s := range samples {
		if yielded < 0 && s.at >= start && s.at <= stop && s.paused[0] {
			yielded = s.at - start
		}
		if resumed < 0 && s.at >= stop && !s.paused[0] {
			resumed = s.at - stop
		}
	}
	return yielded, resumed
}

// prime brings the load average of the last minute near to load: with many
// tasks for a moment, or by waiting where it is too high.
func prime(b *bench, load float64) {
	const keeps, turn = 1884.0 / 2048, 5200 * time.Millisecond
	for range 30 {
		now := loadNow()
		switch {
		case now > load+0.15:
			stage.Pause(turn)
		case now < load-0.15:
			b.board.clear()
			n := min(int((load-now*keeps)/(1-keeps)+0.5), slots)
			argv := b.board.job(0, n, 0)
			job, err := launch(b.dir, "prime", argv)
			if err != nil {
				return
			}
			for end := time.Now().Add(turn); loadNow() == now && time.Now().Before(end); {
				stage.Pause(20 * time.Millisecond)
			}
			job.stop(b.board, 0, n)
		default:
			return
		}
	}
}
