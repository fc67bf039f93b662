//go:build linux

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	sys "syscall"

	"dmon/bench/stage"
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
	defer file.Close() // also keeps it open: its number alone would not
	fd := int(file.Fd())
	if err := sys.SetNonblock(fd, false); err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for {
		if _, err := sys.Read(fd, buf); err != nil {
			return err
		}
	}
}

var syslogTools = []tool{
	{"dsyslog", "", "", func(o *options, socket string) []string {
		return []string{filepath.Join(o.bin, "dsyslog"), "--socket", socket, "bench"}
	}},
	{"logger", "", "logger", func(_ *options, socket string) []string {
		return []string{"logger", "-u", socket, "-t", "bench"}
	}},
}

// toDaemon runs one beside a syslog daemon whose socket has a queue of that
// length.
func toDaemon(o *options, queue string, one func(dir, socket string) (usage, error)) (usage, error) {
	return inDir(o.dir, func(dir string) (usage, error) {
		socket := filepath.Join(dir, "log")
		daemon := exec.Command("/proc/self/exe", "receive", socket, queue)
		daemon.SysProcAttr = &sys.SysProcAttr{Cloneflags: sys.CLONE_NEWNET}
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
		u, err := one(dir, socket)
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
		return u, err
	})
}

func syslog(o *options) error {
	const length, count = 100, 400_000
	for _, queue := range []string{"10", "512"} {
		results := rounds(o, syslogTools, func(t tool) (usage, error) {
			return toDaemon(o, queue, func(dir, socket string) (usage, error) {
				return feed(t.argv(o, socket), dir, "generate", strconv.Itoa(length), strconv.Itoa(length*count))
			})
		})
		table := &stage.Table{Title: fmt.Sprintf("Syslog: messages of %d bytes to a socket with a queue of %s", length, queue),
			Head: []string{"", "messages/s", "CPU us each", "dsyslog is faster by"}}
		for i, t := range syslogTools {
			rate := median(results[i], func(u usage) float64 { return count / u.wall.Seconds() })
			cpu := median(results[i], func(u usage) float64 { return float64(u.cpu.Microseconds()) / count })
			table.Add(row(t, results[i], fmt.Sprintf("%.0f k", rate/1e3), fmt.Sprintf("%.2f", cpu), faster(results, i))...)
		}
		table.Write(os.Stdout)
	}
	return nil
}
