//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// children returns the child processes of pid, zombies included.
func children(pid int) []int {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(lists) == 0 {
		return childrenByScan(pid)
	}
	var found []int
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // that thread is gone, and has no children
		}
		for _, word := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(word); err == nil {
				found = append(found, n)
			}
		}
	}
	return found
}

// childrenByScan does the same where the kernel has no children files.
func childrenByScan(pid int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var found []int
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// The name stands in brackets and may hold any byte, so fields
		// are counted from the last bracket: state, then parent.
		rest := text[bytes.LastIndexByte(text, ')')+1:]
		fields := strings.Fields(string(rest))
		if len(fields) < 2 || fields[1] != strconv.Itoa(pid) {
			continue
		}
		if n, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			found = append(found, n)
		}
	}
	return found
}

// descendants returns pid's whole tree without pid itself.
func descendants(pid int) []int {
	var found []int
	for _, child := range children(pid) {
		found = append(found, child)
		found = append(found, descendants(child)...)
	}
	return found
}

// runs says whether process pid executes the file that is described by info.
func runs(pid int, info os.FileInfo) bool {
	exe, err := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	return err == nil && os.SameFile(exe, info)
}

// kilobytes reads "Name:   123 kB" lines, as in smaps_rollup, status and
// meminfo; plain numbers ("Threads: 5") come out too.
func kilobytes(text []byte) map[string]int64 {
	values := map[string]int64{}
	for line := range strings.Lines(string(text)) {
		name, rest, ok := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if !ok || len(fields) == 0 {
			continue
		}
		if n, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
			values[name] = n
		}
	}
	return values
}

// footprint is what processes take, in kB, shared pages by their share.
type footprint struct {
	processes, threads, rss, pss, private, anonymous, tables int64
}

// footprintOf adds up the processes pids.
func footprintOf(pids []int) (footprint, error) {
	var sum footprint
	for _, pid := range pids {
		rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if errors.Is(err, syscall.ESRCH) {
			continue // it has ended and not been waited for: no memory
		}
		if err != nil {
			return sum, fmt.Errorf("cannot read the memory of process %d: %w", pid, err)
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			return sum, fmt.Errorf("cannot read the status of process %d: %w", pid, err)
		}
		mem, st := kilobytes(rollup), kilobytes(status)
		sum.processes++
		sum.threads += st["Threads"]
		sum.rss += mem["Rss"]
		sum.pss += mem["Pss"]
		sum.private += mem["Private_Dirty"]
		sum.anonymous += mem["Anonymous"]
		sum.tables += st["VmPTE"]
	}
	return sum, nil
}

// activity is what a thread has done since it began.
type activity struct {
	switches int64 // context switches, voluntary and not
	cpu      int64 // nanoseconds on a processor
}

// activities returns the threads of the processes pids by thread id.
func activities(pids []int) map[int]activity {
	found := map[int]activity{}
	for _, pid := range pids {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		for _, task := range tasks {
			tid, _ := strconv.Atoi(filepath.Base(task))
			status, err1 := os.ReadFile(filepath.Join(task, "status"))
			sched, err2 := os.ReadFile(filepath.Join(task, "schedstat"))
			if err1 != nil || err2 != nil {
				continue
			}
			st := kilobytes(status)
			found[tid] = activity{
				switches: st["voluntary_ctxt_switches"] + st["nonvoluntary_ctxt_switches"],
				cpu:      firstNumber(sched),
			}
		}
	}
	return found
}

// firstNumber returns the number that text begins with, or 0.
func firstNumber(text []byte) int64 {
	fields := strings.Fields(string(text))
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(fields[0], 10, 64)
	return n
}

// since returns what happened between two readings. A thread that began in
// between counts from its beginning; one that ended is lost.
func since(before, after map[int]activity) activity {
	var sum activity
	for tid, a := range after {
		b := before[tid]
		sum.switches += a.switches - b.switches
		sum.cpu += a.cpu - b.cpu
	}
	return sum
}

// meminfo returns /proc/meminfo in kB.
func meminfo() (map[string]int64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil, fmt.Errorf("cannot read the machine's memory: %w", err)
	}
	return kilobytes(text), nil
}
