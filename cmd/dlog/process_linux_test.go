package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/logpipe"
)

// patience of a test bounds waits that end by themselves unless something is
// broken.
const testPatience = 30 * time.Second

// helperVariable names what the test binary is to be instead of a test.
const helperVariable = "DLOG_TEST_HELPER"

var helpers = map[string]func(){
	"dlog":    main,
	"ondisk":  onDisk,
	"limited": limited,
}

var usedHelpers sync.Map

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		os.Unsetenv(helperVariable)
		helpers[name]()
		os.Exit(0)
	}
	status := m.Run()
	if builtDir != "" {
		_ = os.RemoveAll(builtDir)
	}
	if flag.Lookup("test.run").Value.String() == "" && status == 0 {
		for name := range helpers {
			if _, used := usedHelpers.Load(name); !used {
				fmt.Printf("helper %q is not used by any test\n", name)
				status = 1
			}
		}
	}
	os.Exit(status)
}

// builtDir is where built puts the binary.
var builtDir string

// built is the binary as users have it, for tests in which it is killed or
// traced a lot: the test binary takes much longer to start.
var built = sync.OnceValues(func() (string, error) {
	var err error
	if builtDir, err = os.MkdirTemp("", "dlog-test"); err != nil {
		return "", err
	}
	path := filepath.Join(builtDir, "dlog")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return path, err
})

func binary(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// process is a running dlog.
type process struct {
	*exec.Cmd
	errors lockedBuffer
	out    lockedBuffer
	done   chan struct{} // closed when it has ended
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

// helper prepares the test binary to be what name says.
func helper(name string, args ...string) *exec.Cmd {
	usedHelpers.Store(name, true)
	cmd := exec.Command(os.Args[0], args...)
	// A race detector sleeps a second before its process ends, unless told not to.
	cmd.Env = append(os.Environ(), helperVariable+"="+name, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// start starts cmd on the read end of p, with its errors on record.
func start(t *testing.T, cmd *exec.Cmd, p *logpipe.Pipe) *process {
	t.Helper()
	cmd.Stdin = duplicate(t, p.ReadEnd)
	d := &process{Cmd: cmd, done: make(chan struct{})}
	cmd.Stderr = &d.errors
	if cmd.Stdout == nil {
		cmd.Stdout = &d.out
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(d.done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-d.done
	})
	return d
}

// duplicate returns an end of a pipe as a file of its own, closed by the end
// of the test: a file closes its descriptor when it is collected, which must
// not happen to that of a Pipe.
func duplicate(t *testing.T, end func() (int, error)) *os.File {
	t.Helper()
	fd, err := end()
	if err == nil {
		fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	}
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "pipe")
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func startDlog(t *testing.T, p *logpipe.Pipe, args ...string) *process {
	t.Helper()
	return start(t, helper("dlog", args...), p)
}

// status waits for the end and returns the exit status, 128+n after signal n.
func (d *process) status(t *testing.T) int {
	t.Helper()
	select {
	case <-d.done:
	case <-time.After(testPatience):
		t.Fatalf("it does not end; it said %q", d.errors.String())
	}
	ws := d.ProcessState.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

func (d *process) wantStatus(t *testing.T, want int) {
	t.Helper()
	if got := d.status(t); got != want {
		t.Fatalf("exit status %d, want %d; it said %q", got, want, d.errors.String())
	}
}

func (d *process) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := d.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// term asks to stop and expects that to succeed.
func (d *process) term(t *testing.T) {
	t.Helper()
	d.signal(t, syscall.SIGTERM)
	d.wantStatus(t, 0)
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

// put writes s into the pipe, in one piece as far as the system keeps it so.
func put(t *testing.T, p *logpipe.Pipe, s string) {
	t.Helper()
	if err := write(p, s); err != nil {
		t.Fatal(err)
	}
}

func write(p *logpipe.Pipe, s string) error {
	fd, err := p.WriteEnd()
	for err == nil && len(s) > 0 {
		var n int
		if n, err = unix.Write(fd, []byte(s)); err == nil {
			s = s[n:]
		}
	}
	return err
}

func closeWrite(t *testing.T, p *logpipe.Pipe) {
	t.Helper()
	if err := p.CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until ok says so.
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

func content(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}

func waitContent(t *testing.T, path, want string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("%s holds %.300q", path, content(path))
		}
	}()
	eventually(t, fmt.Sprintf("%s holds %.60q", path, want), func() bool { return content(path) == want })
}

var filling = strings.Repeat("abcdefghij", 13)

// number is line i of a numbered input; all are of different length.
func number(i int) string {
	return fmt.Sprintf("%08d %s\n", i, filling[:10*(1+i%13)])
}

// feed writes count numbered lines into p, and reports how that ended.
func feed(p *logpipe.Pipe, count int) <-chan error {
	done := make(chan error, 1)
	go func() {
		var chunk strings.Builder
		for i := range count {
			chunk.WriteString(number(i))
			if chunk.Len() > 3000 || i == count-1 {
				if err := write(p, chunk.String()); err != nil {
					done <- err
					return
				}
				chunk.Reset()
			}
		}
		done <- nil
	}()
	return done
}

// checkNumbered expects text to be count numbered lines, each whole and in
// order. It returns how many came again, which is only right behind a kill.
func checkNumbered(t *testing.T, text string, count int) (repeated int) {
	t.Helper()
	next := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		if line == "" {
			continue
		}
		var i int
		if _, err := fmt.Sscanf(line, "%08d ", &i); err != nil || line != number(i) {
			t.Fatalf("a broken line after line %d: %q", next-1, line)
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

// rotatedName is the name of path rotated at t.
func rotatedName(path string, t time.Time) string {
	return path + "." + t.UTC().Format("20060102T150405.000000Z")
}

var rotatedPattern = regexp.MustCompile(`^log\.\d{8}T\d{6}\.\d{6}Z(\.gz)?$`)

// rotatedFiles are the rotated files of path, oldest first.
func rotatedFiles(t *testing.T, path string) []string {
	t.Helper()
	names, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// everything is what the rotated files of path and path itself hold.
func everything(t *testing.T, path string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range append(rotatedFiles(t, path), path) {
		all.WriteString(content(name))
	}
	return all.String()
}
