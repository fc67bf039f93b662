//go:build linux

package main

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"dmon/bench/stage"
)

// board is memory that the bench shares with all processes that do work: each
// has a slot in which it counts what it has done. That can be read while the
// process is stopped, and is kept when it is killed.
type board struct {
	path  string
	bytes []byte
}

// slot is what one process tells.
type slot struct {
	pid   int64
	units int64 // of work done
	used  int64 // processor time, in nanoseconds
	_     [5]int64
}

// board layout: a first slot whose pid is not 0 once all are to end, then one
// for each process.
const slots = 64

func makeBoard(dir string) (*board, error) {
	path := dir + "/board"
	if err := os.WriteFile(path, make([]byte, (slots+1)*int(unsafe.Sizeof(slot{}))), 0o600); err != nil {
		return nil, err
	}
	return openBoard(path)
}

func openBoard(path string) (*board, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	bytes, err := syscall.Mmap(int(f.Fd()), 0, (slots+1)*int(unsafe.Sizeof(slot{})), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	return &board{path, bytes}, err
}

func (b *board) slot(n int) *slot {
	return (*slot)(unsafe.Pointer(&b.bytes[(n+1)*int(unsafe.Sizeof(slot{}))]))
}

// clear forgets what the slots tell; nobody may work meanwhile.
func (b *board) clear() { clear(b.bytes) }

// used adds up the processor time of slots from to to, and pids who they are.
func (b *board) used(from, to int) (sum time.Duration) {
	for n := from; n < to; n++ {
		sum += time.Duration(b.slot(n).used)
	}
	return sum
}

// unit is a piece of work: under a millisecond of arithmetic.
func unit(x uint64) uint64 {
	for range 1_000_000 {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

func processTime() int64 {
	var ts [2]int64
	const clockProcess = 2
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockProcess, uintptr(unsafe.Pointer(&ts)), 0)
	return ts[0]*1e9 + ts[1]
}

// spin is a process that works: so many units, for ever where that is 0.
func spin(path, number, units string) int {
	b, err := openBoard(path)
	if err != nil {
		stage.Tell("%v", err)
		return 1
	}
	n, _ := strconv.Atoi(number)
	todo, _ := strconv.ParseInt(units, 10, 64)
	s := b.slot(n)
	s.pid = int64(os.Getpid())
	x := uint64(n)
	for todo == 0 || s.units < todo {
		x = unit(x)
		s.units++
		s.used = processTime()
		if b.slot(-1).pid != 0 {
			break
		}
	}
	if x == 0 { // or else nobody needs the work
		return 2
	}
	return 0
}

// workers starts processes that work in slots from to to and waits for them:
// it is the main process of a job. So the job is a tree.
func workers(path, from, to, units string) int {
	first, _ := strconv.Atoi(from)
	last, _ := strconv.Atoi(to)
	var all []*exec.Cmd
	for n := first; n < last; n++ {
		c := exec.Command(self(), "--spin", path, strconv.Itoa(n), units)
		c.Env = append(os.Environ(), "GOMAXPROCS=1")
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			stage.Tell("%v", err)
			return 1
		}
		all = append(all, c)
	}
	for _, c := range all {
		if c.Wait() != nil {
			return 1
		}
	}
	return 0
}

// job is the words of a command that works in slots from to to.
func (b *board) job(from, to int, units int64) []string {
	return []string{self(), "--work", b.path, strconv.Itoa(from), strconv.Itoa(to), strconv.FormatInt(units, 10)}
}

func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}
