package main

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/logpipe"
)

// testPatience bounds waits that end by themselves unless something is broken.
const testPatience = 30 * time.Second

// helperVariable makes the test binary a dsyslog.
const helperVariable = "DSYSLOG_TEST_HELPER"

var helperUsed sync.Once

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		os.Unsetenv(helperVariable)
		main()
		os.Exit(0)
	}
	status := m.Run()
	if flag.Lookup("test.run").Value.String() == "" && status == 0 {
		helperUsed.Do(func() {
			fmt.Println("the helper is not used by any test")
			status = 1
		})
	}
	os.Exit(status)
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// process is a running dsyslog.
type process struct {
	*exec.Cmd
	errors lockedBuffer
	done   chan struct{}
}

// startDsyslog starts dsyslog on the read end of p.
func startDsyslog(t *testing.T, p *logpipe.Pipe, args ...string) *process {
	t.Helper()
	helperUsed.Do(func() {})
	end, err := p.ReadEnd()
	if err == nil {
		end, err = unix.FcntlInt(uintptr(end), unix.F_DUPFD_CLOEXEC, 3)
	}
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.NewFile(uintptr(end), "pipe")
	defer stdin.Close()
	d := &process{Cmd: exec.Command(os.Args[0], args...), done: make(chan struct{})}
	d.Env = append(os.Environ(), helperVariable+"=1", "GORACE=atexit_sleep_ms=0")
	d.Stdin, d.Stdout, d.Stderr = stdin, &d.errors, &d.errors
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = d.Wait()
		close(d.done)
	}()
	t.Cleanup(func() {
		_ = d.Process.Kill()
		<-d.done
	})
	return d
}

func (d *process) wantStatus(t *testing.T, want int) {
	t.Helper()
	select {
	case <-d.done:
	case <-time.After(testPatience):
		t.Fatalf("it does not end; it said %q", d.errors.String())
	}
	if got := d.ProcessState.ExitCode(); got != want {
		t.Fatalf("exit status %d, want %d; it said %q", got, want, d.errors.String())
	}
}

func (d *process) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := d.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

func newPipe(t *testing.T) *logpipe.Pipe {
	t.Helper()
	p, err := logpipe.NewPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func put(t *testing.T, p *logpipe.Pipe, s string) {
	t.Helper()
	fd, err := p.WriteEnd()
	for err == nil && len(s) > 0 {
		var n int
		if n, err = unix.Write(fd, []byte(s)); err == nil {
			s = s[n:]
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func closeWrite(t *testing.T, p *logpipe.Pipe) {
	t.Helper()
	if err := p.CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(testPatience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("in vain: %s", what)
		}
	}
}

// daemon is the simplest syslog daemon: it keeps the texts of its messages.
type daemon struct {
	conn *net.UnixConn
	mu   sync.Mutex
	text []string
	raw  []string
	done chan struct{}
}

// listen takes the socket at path; nobody reads it before read is called.
func listen(t *testing.T, path string) *daemon {
	t.Helper()
	_ = os.Remove(path)
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{conn: c, done: make(chan struct{})}
	t.Cleanup(func() { _ = c.Close() })
	return d
}

func (d *daemon) read() *daemon {
	go func() {
		defer close(d.done)
		buf := make([]byte, 1<<20)
		for {
			n, err := d.conn.Read(buf)
			if err != nil {
				return
			}
			_, text, _ := strings.Cut(string(buf[:n]), ": ")
			d.mu.Lock()
			d.text = append(d.text, text)
			d.raw = append(d.raw, string(buf[:n]))
			d.mu.Unlock()
		}
	}()
	return d
}

// waiting is the size of the message to be read next, 0 if there is none.
func (d *daemon) waiting(t *testing.T) (size int) {
	t.Helper()
	raw, err := d.conn.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { size, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// stop ends the daemon as a kill would: what it has not read is lost.
func (d *daemon) stop() {
	_ = d.conn.Close()
	<-d.done
}

func (d *daemon) texts() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.text...)
}

// feed writes count numbered lines into p.
func feed(t *testing.T, p *logpipe.Pipe, count int) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; i < count; i += 10 {
			var lines string
			for j := i; j < min(i+10, count); j++ {
				lines += fmt.Sprintf("line %06d\n", j)
			}
			put(t, p, lines)
		}
	}()
	return done
}

// checkNumbered expects count numbered lines in order, none missing, and
// returns how many came again.
func checkNumbered(t *testing.T, texts []string, count int) (repeated int) {
	t.Helper()
	next := 0
	for _, text := range texts {
		var i int
		if _, err := fmt.Sscanf(text, "line %d", &i); err != nil || len(text) != len("line 000000") {
			t.Fatalf("a broken line: %q", text)
		}
		if i > next {
			t.Fatalf("lines %d to %d are missing", next, i-1)
		}
		repeated += next - i
		next = i + 1
	}
	if next != count {
		t.Fatalf("%d lines of %d", next, count)
	}
	return repeated
}

func socketPath(t *testing.T) string {
	t.Helper()
	// The directory of a test may be too long for a socket.
	dir, err := os.MkdirTemp("", "dsyslog")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "log")
}
