//go:build linux && soak

package soak

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"dmon/bench/stage"
)

// torment does what may go wrong until the round is over.
func (r *round) torment(stop <-chan os.Signal) {
	deeds := []struct {
		weight int
		do     func(command, log int)
	}{
		{5, func(_, log int) { r.send(log, syscall.SIGKILL, &r.killLog) }},
		{3, func(_, log int) { r.send(log, syscall.SIGTERM, &r.termLog) }},
		{2, func(command, _ int) { r.send(command, syscall.SIGKILL, &r.killCmd) }},
		{1, func(command, _ int) { r.send(command, syscall.SIGTERM, &r.killCmd) }},
		{1, func(_, log int) { r.send(log, syscall.SIGHUP, &r.pokes) }},
		{2, func(_, log int) { r.rotate(log) }},
		{1, func(_, log int) { r.hang(log) }},
		{1, func(int, int) { r.fill() }},
		{1, func(_, log int) { r.move(log) }},
		{2, func(int, int) { r.restart() }},
	}
	sum := 0
	for _, d := range deeds {
		sum += d.weight
	}
	for end := time.Now().Add(*period); time.Now().Before(end); {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(r.rng.IntN(80)) * time.Millisecond):
		}
		pick := r.rng.IntN(sum)
		for _, d := range deeds {
			if pick -= d.weight; pick < 0 {
				d.do(r.pids())
				break
			}
		}
	}
}

// send signals pid, if there is one, and counts it.
func (r *round) send(pid int, sig syscall.Signal, count *int) {
	if pid > 0 && syscall.Kill(pid, sig) == nil {
		*count++
	}
}

// rotate sends ALRM, which ends every other log command.
func (r *round) rotate(log int) {
	if r.daemon == nil {
		r.send(log, syscall.SIGALRM, &r.pokes)
	}
}

// hang stops the log command for a moment.
func (r *round) hang(log int) {
	r.send(log, syscall.SIGSTOP, &r.pokes)
	stage.Pause(time.Duration(r.rng.IntN(300)) * time.Millisecond)
	r.send(log, syscall.SIGCONT, &r.pokes)
}

// fill takes all free space away for a while.
func (r *round) fill() {
	if r.daemon != nil {
		return
	}
	var fs unix.Statfs_t
	if unix.Statfs(r.logs(""), &fs) != nil {
		return
	}
	// A size of 0 would be no limit at all.
	used := max((int64(fs.Blocks)-int64(fs.Bfree))*fs.Bsize, fs.Bsize)
	if r.resize(used) != nil {
		return // more was written meanwhile
	}
	r.full++
	for range 1 + r.rng.IntN(3) {
		stage.Pause(time.Duration(r.rng.IntN(500)) * time.Millisecond)
		// Killed while there is no space it must lose nothing either.
		if _, log := r.pids(); r.rng.IntN(2) == 0 {
			r.send(log, syscall.SIGKILL, &r.killLog)
		}
	}
	if err := r.resize(space); err != nil {
		fmt.Fprintln(os.Stderr, "soak: cannot give the space back:", err)
	}
}

func (r *round) resize(size int64) error {
	return unix.Mount("", r.logs(""), "", unix.MS_REMOUNT, "size="+strconv.FormatInt(size, 10))
}

// move renames the file, and notes which were rotated before: the log command
// stands still meanwhile, so that it is known.
func (r *round) move(log int) {
	if r.daemon != nil || log == 0 || syscall.Kill(log, syscall.SIGSTOP) != nil {
		return
	}
	defer func() { _ = syscall.Kill(log, syscall.SIGCONT) }()
	for end := time.Now().Add(time.Second); !stopped(log); {
		if time.Now().After(end) {
			return
		}
		stage.Pause(time.Millisecond)
	}
	name := fmt.Sprintf("moved%04d", r.moved)
	if os.Rename(r.logs("log"), r.logs(name)) == nil {
		r.moved++
		r.order[name] = r.rotated()
	}
}

func (r *round) restart() {
	if r.daemon != nil {
		r.daemon.restart <- time.Duration(r.rng.IntN(400)-150) * time.Millisecond
		r.restarts++
	}
}
