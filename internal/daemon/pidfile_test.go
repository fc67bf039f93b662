package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

func ourLine() string { return strconv.Itoa(os.Getpid()) + "\n" }

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPidFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	for _, before := range []string{"", "1\n", "no number", strings.Repeat("long ", 1000)} {
		if before != "" {
			if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p, err := LockPidFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if text := mustRead(t, path); text != ourLine() {
			t.Errorf("after %.10q it holds %.30q", before, text)
		}
		// A second one is refused and told who holds it; the file stays as it is.
		_, err = LockPidFile(path)
		var running *RunningError
		if !errors.As(err, &running) || running.Pid != os.Getpid() || running.Path != path {
			t.Errorf("the second lock: %v", err)
		}
		if text := mustRead(t, path); text != ourLine() {
			t.Errorf("after a refusal it holds %q", text)
		}
		if err := p.Remove(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("after Remove: %v", err)
		}
	}
	var none *PidFile
	if err := none.Remove(); err != nil {
		t.Errorf("removing none: %v", err)
	}
}

func TestRunningError(t *testing.T) {
	for pid, want := range map[int]string{7: "already running as process 7 (x is locked)", 0: "already running (x is locked)"} {
		if got := (&RunningError{Path: "x", Pid: pid}).Error(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// Somebody who removes the file of a dmon that runs, and somebody who removes
// the directory, do no harm at the end.
func TestPidFileGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := LockPidFile(dir + "/x.pid")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := p.Remove(); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
}

// The file that came after one that was removed is another dmon's, and stays.
func TestPidFileSucceeded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	first, err := LockPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second, err := LockPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the second file: %v", err)
	}
	if err := second.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the second file is left")
	}
}

func TestPidFileRefused(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mkfifo(dir+"/fifo", 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"loop": "loop", "link": "target", "lost": "no/such"} {
		if err := os.Symlink(to, dir+"/"+link); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]error{
		dir: unix.EISDIR, dir + "/no/such": unix.ENOENT, dir + "/loop": unix.ELOOP, dir + "/lost": unix.ENOENT,
		dir + "/fifo": nil, "/dev/null": nil,
	} {
		p, err := LockPidFile(path)
		if err == nil {
			t.Errorf("%s was taken: %v", path, p)
			continue
		}
		if want != nil && !errors.Is(err, want) || want == nil && !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", path, err)
		}
	}
	// A link to a file is as good as the file.
	p, err := LockPidFile(dir + "/link")
	if err != nil {
		t.Fatal(err)
	}
	if text := mustRead(t, dir+"/target"); text != ourLine() {
		t.Errorf("the file behind the link holds %q", text)
	}
	if err := p.Remove(); err != nil {
		t.Error(err)
	}
}

// F32: many at once, all the time: never two hold it, and one always can.
func TestF32PidFileRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	var holders, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 300 {
				p, err := LockPidFile(path)
				var running *RunningError
				if errors.As(err, &running) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				taken.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold it", n)
				}
				if text, err := os.ReadFile(path); err != nil || string(text) != ourLine() {
					t.Errorf("the holder reads %q, %v", text, err)
				}
				holders.Add(-1)
				if err := p.Remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() == 0 {
		t.Error("nobody ever held it")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in the end: %v", err)
	}
}

// Whoever reads a pid that is replaced finds the old one or the new one.
func TestWritePid(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/c.pid"
	if err := CheckPid(path); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("the check left %v", entries)
	}
	if err := WritePid(path, 1000000); err != nil {
		t.Fatal(err)
	}
	over := make(chan bool)
	go func() {
		defer close(over)
		for n := range 2000 {
			if err := WritePid(path, 1000000+n); err != nil {
				t.Error(err)
			}
		}
	}()
	for reading := true; reading; {
		select {
		case <-over:
			reading = false
		default:
		}
		if text := mustRead(t, path); len(text) != 8 || text[7] != '\n' {
			t.Fatalf("read %q", text)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left: %v", entries)
	}
	for _, bad := range []string{dir, dir + "/no/such", "/dev/null/x"} {
		if CheckPid(bad) == nil || WritePid(bad, 1) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
