//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dmon/bench/stage"
)

const crowd = 8

// crowds is part (b): several jobs that all want a processor, each under a
// gate of its own.
func (b *bench) crowds() error {
	length := 45 * time.Second
	if b.quick {
		length = 20 * time.Second
	}
	fmt.Printf("## %d gated jobs of one process each on %d processors, for %.0f s\n\n", crowd, cpus, length.Seconds())
	fmt.Println("| kept away by | pauses a minute | work done | other work |")
	fmt.Println("|---|--:|--:|--:|")
	limits := fmt.Sprintf("-h %.2f -l %.2f", b.high, b.low)
	for _, r := range []struct{ name, words string }{
		{"loadwatch", "loadwatch -d 1 " + limits + " --"},
		{"dmon --pressure cpu", b.dmon + " -n -v -m 0 --pressure cpu=20"},
	} {
		stage.Tell("%d jobs under %s", crowd, r.name)
		if _, err := stage.Find(strings.Fields(r.words)[0]); err != nil {
			fmt.Printf("| %s | %v | | |\n", r.name, err)
			continue
		}
		if err := b.crowd(r.name, strings.Fields(r.words), length); err != nil {
			return err
		}
	}
	fmt.Println()
	return nil
}

func (b *bench) crowd(name string, words []string, length time.Duration) error {
	b.board.clear()
	var slotsOf [][2]int
	var jobs []*background
	defer func() {
		for n, j := range jobs {
			j.stop(b.board, n, n+1)
		}
	}()
	s := b.board.listen()
	for n := range crowd {
		j, err := launch(b.dir, "crowd"+strconv.Itoa(n), append(words[:len(words):len(words)], b.board.job(n, n+1, 0)...))
		if err != nil {
			return err
		}
		jobs, slotsOf = append(jobs, j), append(slotsOf, [2]int{n, n + 1})
	}
	w := watch(b.board, slotsOf)
	stage.Pause(length)
	noise := b.heard(s)
	samples := w.end()
	pauses := 0
	for i := 1; i < len(samples); i++ {
		for n := range crowd {
			if samples[i].paused[n] && !samples[i-1].paused[n] {
				pauses++
			}
		}
	}
	done := float64(b.board.used(0, crowd)) / float64(length) / float64(cpus) / (1 - min(noise, 0.99))
	rate := float64(pauses) / length.Minutes()
	fmt.Printf("| %s | %.0f | %.0f %% | %.0f %% |\n", name, rate, 100*min(1, done), 100*noise)
	b.lanes = append(b.lanes, lane{fmt.Sprintf("%d jobs, %s", crowd, name), []string{
		fmt.Sprintf("%.0f pauses a minute", rate), fmt.Sprintf("%.0f %% of the work possible", 100*min(1, done))}, samples})
	return nil
}

// idle is part (c): the cost of a gate while nothing happens.
func (b *bench) idle() error {
	length := 15 * time.Second
	fmt.Printf("## A gate over a job that sleeps, for %.0f s\n\n", length.Seconds())
	fmt.Println("| gate | context switches a minute | processor time a minute |")
	fmt.Println("|---|--:|--:|")
	rows := []struct{ name, words string }{
		{"none", ""}, {"-L", "-L 1000"}, {"-L --load-of others", "-L 1000 --load-of others"},
		{"--pressure cpu", "--pressure cpu=99"}, {"--min-memory", "--min-memory 1m"},
	}
	var jobs []*background
	defer func() {
		for _, j := range jobs {
			j.stop(b.board, 0, 0)
		}
	}()
	for _, r := range rows {
		j, err := launch(b.dir, "idle", append(strings.Fields(b.dmon+" -n -m 0 "+r.words), "sleep", "1000"))
		if err != nil {
			return err
		}
		jobs = append(jobs, j)
	}
	stage.Tell("gates over jobs that sleep")
	stage.Pause(3 * time.Second)
	var before []map[int]stage.Activity
	for _, j := range jobs {
		before = append(before, stage.Activities([]int{j.cmd.Process.Pid}))
	}
	stage.Pause(length)
	for i, j := range jobs {
		did := stage.Since(before[i], stage.Activities([]int{j.cmd.Process.Pid}))
		perMinute := float64(time.Minute) / float64(length)
		fmt.Printf("| %s | %.0f | %.1f ms |\n", rows[i].name, float64(did.Switches)*perMinute,
			float64(did.CPU)/1e6*perMinute)
	}
	fmt.Println()
	return nil
}
