//go:build linux

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// receive SOCKET QUEUE is a syslog daemon that reads and forgets messages until
// it is killed. It has a network namespace of its own, so that QUEUE, the length of
// the socket's queue, is nobody else's.
func receive(args []string) error {
	if err := os.WriteFile("/proc/sys/net/unix/max_dgram_qlen", []byte(args[1]), 0); err != nil {
		return err
	}
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: args[0], Net: "unixgram"})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	file, err := c.File() // blocking, as a daemon in C would have it
	if err != nil {
		return err
	}
	fd := int(file.Fd())
	if err := syscall.SetNonblock(fd, false); err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for {
		if _, err := syscall.Read(fd, buf); err != nil {
			return err
		}
	}
}

var syslogTools = []tool{
	{"dsyslog", "", func(o *options, socket string) []string {
		return []string{filepath.Join(o.bin, "dsyslog"), "--socket", socket, "bench"}
	}},
	{"logger", "", func(o *options, socket string) []string {
		return []string{"logger", "-u", socket, "-t", "bench"}
	}},
}

func syslog(o *options) error {
	const length, count = 100, 400_000
	for _, queue := range []string{"10", "512"} {
		results, err := inTurn(o.runs, len(syslogTools), func(i int) (usage, error) {
			return inDir(o.dir, func(dir string) (usage, error) {
				socket := filepath.Join(dir, "log")
				daemon := exec.Command("/proc/self/exe", "receive", socket, queue)
				daemon.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
				daemon.Stderr = os.Stderr
				ready, err := daemon.StdoutPipe()
				if err == nil {
					err = daemon.Start()
				}
				if err != nil {
					return usage{}, err
				}
				if n, _ := ready.Read(make([]byte, 6)); n == 0 {
					return usage{}, fmt.Errorf("no daemon: %w", daemon.Wait())
				}
				u, err := feed(syslogTools[i].argv(o, socket), dir, "generate", strconv.Itoa(length), strconv.Itoa(length*count))
				_ = daemon.Process.Kill()
				_ = daemon.Wait()
				return u, err
			})
		})
		if err != nil {
			return err
		}
		var rows [][]string
		for i, t := range syslogTools {
			rate := func(u usage) float64 { return count / u.wall.Seconds() }
			var ratios []float64
			for round := range results[i] {
				ratios = append(ratios, rate(results[0][round])/rate(results[i][round]))
			}
			rows = append(rows, []string{t.name, fmt.Sprintf("%.0f k", median(results[i], rate)/1e3),
				fmt.Sprintf("%.2f", median(results[i], func(u usage) float64 { return float64(u.cpu.Microseconds()) / count })),
				fmt.Sprintf("%.2f", median(ratios, func(r float64) float64 { return r }))})
		}
		table(fmt.Sprintf("Syslog: messages of %d bytes to a socket with a queue of %s", length, queue),
			[]string{"", "messages/s", "CPU us each", "dsyslog is faster by"}, rows)
	}
	return nil
}
