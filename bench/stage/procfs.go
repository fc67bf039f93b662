//go:build linux

package stage

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

// Children returns the child processes of pid, zombies included.
func Children(pid int) []int {
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

// Descendants returns pid's whole tree without pid itself.
func Descendants(pid int) []int {
	var found []int
	for _, child := range Children(pid) {
		found = append(found, child)
		found = append(found, Descendants(child)...)
	}
	return found
}

// Runs says whether process pid executes the file that is described by info.
func Runs(pid int, info os.FileInfo) bool {
	exe, err := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	return err == nil && os.SameFile(exe, info)
}

// Kilobytes reads "Name:   123 kB" lines, as in smaps_rollup, status and
// Meminfo; plain numbers ("Threads: 5") come out too.
func Kilobytes(text []byte) map[string]int64 {
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

// Footprint is what processes take, in kB, shared pages by their share.
type Footprint struct {
	Processes, Threads, RSS, PSS, Private, Anonymous, Tables int64
}

// FootprintOf adds up the processes pids.
func FootprintOf(pids []int) (Footprint, error) {
	var sum Footprint
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
		mem, st := Kilobytes(rollup), Kilobytes(status)
		sum.Processes++
		sum.Threads += st["Threads"]
		sum.RSS += mem["Rss"]
		sum.PSS += mem["Pss"]
		sum.Private += mem["Private_Dirty"]
		sum.Anonymous += mem["Anonymous"]
		sum.Tables += st["VmPTE"]
	}
	return sum, nil
}

// Activity is what a thread has done since it began.
type Activity struct {
	Switches int64 // context switches, voluntary and not
	CPU      int64 // nanoseconds on a processor
}

// Activities returns the threads of the processes pids by thread id.
func Activities(pids []int) map[int]Activity {
	found := map[int]Activity{}
	for _, pid := range pids {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		for _, task := range tasks {
			tid, _ := strconv.Atoi(filepath.Base(task))
			status, err1 := os.ReadFile(filepath.Join(task, "status"))
			sched, err2 := os.ReadFile(filepath.Join(task, "schedstat"))
			if err1 != nil || err2 != nil {
				continue
			}
			st := Kilobytes(status)
			found[tid] = Activity{
				Switches: st["voluntary_ctxt_switches"] + st["nonvoluntary_ctxt_switches"],
				CPU:      firstNumber(sched),
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

// Since returns what happened between two readings. A thread that began in
// between counts from its beginning; one that ended is lost.
func Since(before, after map[int]Activity) Activity {
	var sum Activity
	for tid, a := range after {
		b := before[tid]
		sum.Switches += a.Switches - b.Switches
		sum.CPU += a.CPU - b.CPU
	}
	return sum
}

// Meminfo returns /proc/meminfo in kB.
func Meminfo() (map[string]int64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil, fmt.Errorf("cannot read the machine's memory: %w", err)
	}
	return Kilobytes(text), nil
}
