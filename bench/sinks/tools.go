//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// tool is a log command: argv makes its command line for a log, or a socket, in
// dir. It needs a program of that name; "" is one of ours.
type tool struct {
	name, note, needs string
	argv              func(o *options, dir string) []string
}

func (t tool) label() string {
	if t.note == "" {
		return t.name
	}
	return t.name + " (" + t.note + ")"
}

const (
	cronologEnd = 3

	fileSize  = "16777215"
	keepFiles = "10"
)

func shell(script string) func(*options, string) []string {
	return func(o *options, dir string) []string { return []string{"sh", "-c", script, "sh", dir} }
}

func dlog(args ...string) func(*options, string) []string {
	return func(o *options, dir string) []string {
		return append(append([]string{filepath.Join(o.bin, "dlog")}, args...), filepath.Join(dir, "log"))
	}
}

// tools write timestamps and rotate at 16 MB, keeping 10 files, unless their
// note says otherwise.
var tools = []tool{
	{"dlog -b -t", "", "", dlog("-b", "-t", "-s", fileSize, "-m", keepFiles)},
	{"dlog -b", "no stamps", "", dlog("-b", "-s", fileSize, "-m", keepFiles)},
	{"multilog", "", "multilog", shell(`exec multilog t s` + fileSize + ` n` + keepFiles + ` "$1/m"`)},
	{"s6-log", "", "s6-log", shell(`exec s6-log T s` + fileSize + ` n` + keepFiles + ` "$1/s"`)},
	{"svlogd", "", "svlogd", shell(`mkdir "$1/v" && printf 's` + fileSize + `\nn` + keepFiles + `\n' >"$1/v/config" && exec svlogd -tt -b 65536 "$1/v"`)},
	{"rotatelogs", "no stamps", "rotatelogs", shell(`exec rotatelogs -n ` + keepFiles + ` "$1/log" 16M`)},
	{"cronolog", "no stamps, no rotation", "cronolog", shell(`exec cronolog "$1/log"`)},
	{"ts", "no rotation", "ts", shell(`exec ts '%Y-%m-%d/%H:%M:%S' >"$1/log"`)},
	{"cat", "no stamps, no rotation", "cat", shell(`exec cat >"$1/log"`)},
}

// feed runs argv with what feeder writes on its standard input, to the end.
func feed(argv []string, dir string, feeder ...string) (usage, error) {
	var u usage
	r, w, err := os.Pipe()
	if err != nil {
		return u, err
	}
	sink := exec.Command(argv[0], argv[1:]...)
	sink.Stdin, sink.Dir = r, dir
	var said bytes.Buffer
	sink.Stderr = &said
	source := exec.Command("/proc/self/exe", feeder...)
	source.Stdout = w
	source.Stderr = os.Stderr
	start := time.Now()
	if err = sink.Start(); err == nil {
		err = source.Start()
	}
	r.Close()
	w.Close()
	if err != nil {
		return u, err
	}
	stop, peak := make(chan struct{}), make(chan int64)
	go watchPeak(sink.Process.Pid, stop, peak)
	if err := source.Wait(); err != nil {
		return u, err
	}
	err = sink.Wait()
	u.wall = time.Since(start)
	close(stop)
	u.peak = <-peak
	// cronolog calls the end of its input an error.
	if err != nil && (said.Len() > 0 || sink.ProcessState.ExitCode() != cronologEnd) {
		return u, fmt.Errorf("%q: %w: %s", argv, err, said.String())
	}
	ru := sink.ProcessState.SysUsage().(*syscall.Rusage)
	u.cpu = sink.ProcessState.UserTime() + sink.ProcessState.SystemTime()
	u.switches = ru.Nvcsw + ru.Nivcsw
	return u, nil
}

// watchPeak reads the peak memory of a process as long as it lives. What
// wait4(2) would say includes memory of the process that started it.
func watchPeak(pid int, stop <-chan struct{}, result chan<- int64) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var peak int64
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		for line := range bytes.Lines(status) {
			if value, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
				n, _ := strconv.ParseInt(string(bytes.Fields(value)[0]), 10, 64)
				peak = max(peak, n)
			}
		}
		select {
		case <-stop:
			result <- peak
			return
		case <-tick.C:
		}
	}
}

// inDir runs f in a new directory under parent, which it removes.
func inDir(parent string, f func(dir string) (usage, error)) (usage, error) {
	dir, err := os.MkdirTemp(parent, "sinks")
	if err != nil {
		return usage{}, err
	}
	defer os.RemoveAll(dir)
	return f(dir)
}

// generate LENGTH BYTES writes lines of that length, BYTES in all, as fast as
// it can, in writes of 64 KiB.
func generate(args []string) error {
	length, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	total, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	line := append(bytes.Repeat([]byte{'x'}, length-1), '\n')
	chunk := bytes.Repeat(line, (64<<10+length-1)/length)
	for total > 0 {
		n, err := os.Stdout.Write(chunk[:min(int64(len(chunk)), total)])
		if err != nil {
			return err
		}
		total -= int64(n)
	}
	return nil
}

func throughput(o *options) error {
	for _, length := range []int{100, 1000} {
		results := rounds(o, tools, func(t tool) (usage, error) {
			total := o.bytes
			if t.name == "ts" {
				total /= 10 // it would take all the time
			}
			u, err := inDir(o.dir, func(dir string) (usage, error) {
				return feed(t.argv(o, dir), dir, "generate", strconv.Itoa(length), strconv.FormatInt(total, 10))
			})
			// As if all had read the same.
			scale := float64(o.bytes) / float64(total)
			u.wall, u.cpu = time.Duration(float64(u.wall)*scale), time.Duration(float64(u.cpu)*scale)
			return u, err
		})
		table := &stage.Table{
			Title: fmt.Sprintf("Lines of %d bytes through a pipe, %d MB to memory, medians of %d rounds", length, o.bytes/1e6, o.runs),
			Head:  []string{"", "MB/s", "lines/s", "CPU s/GB", "peak MB", "dlog -b -t is faster by"},
		}
		for i, t := range tools {
			speed := median(results[i], func(u usage) float64 { return float64(o.bytes) / 1e6 / u.wall.Seconds() })
			cpu := median(results[i], func(u usage) float64 { return u.cpu.Seconds() / float64(o.bytes) * 1e9 })
			peak := median(results[i], func(u usage) float64 { return float64(u.peak) / 1e3 })
			table.Add(row(t, results[i], fmt.Sprintf("%.0f", speed), fmt.Sprintf("%.0f k", speed*1e3/float64(length)),
				fmt.Sprintf("%.2f", cpu), fmt.Sprintf("%.1f", peak), faster(results, i))...)
		}
		table.Write(os.Stdout)
	}
	return nil
}
