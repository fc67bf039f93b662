package daemon

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestKeptPidFile: a service's user may have a pid file in a directory where it
// can make none. It is written to in place, refused to a second one, and emptied
// in the end; one that is another user's is not taken.
func TestKeptPidFile(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can make such a place
	}
	dir := t.TempDir()
	path := dir + "/x.pid"
	for d := dir; d != "/tmp" && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, path, "4194304\n")
	if err := os.Chown(path, stranger, stranger); err != nil {
		t.Fatal(err)
	}
	c := as(t, stranger, "keep", path)
	in, err1 := c.StdinPipe()
	out, err2 := c.StdoutPipe()
	if err := errors.Join(err1, err2, c.Start()); err != nil {
		t.Fatal(err)
	}
	var b [100]byte
	n, _ := out.Read(b[:])
	if string(b[:n]) != "<nil>\n" || strings.TrimSpace(mustRead(t, path)) != strconv.Itoa(c.Process.Pid) {
		t.Errorf("%q, it holds %q", b[:n], mustRead(t, path))
	}
	var running *RunningError
	if _, err := LockPidFile(path); !errors.As(err, &running) || running.Pid != c.Process.Pid {
		t.Errorf("the second: %v", err)
	}
	in.Close()
	rest, _ := io.ReadAll(out)
	if err := c.Wait(); err != nil || string(rest) != "<nil>\n" || mustRead(t, path) != "" {
		t.Errorf("%v, %q, in the end it holds %q", err, rest, mustRead(t, path))
	}

	write(t, path, "12\n")
	if err := errors.Join(os.Chown(path, stranger-1, stranger-1), os.Chmod(path, 0o666)); err != nil {
		t.Fatal(err)
	}
	said, _ := as(t, stranger, "lock", path).CombinedOutput()
	if !strings.Contains(string(said), "belongs to user 65533, and cannot be replaced") || mustRead(t, path) != "12\n" {
		t.Errorf("%q, it holds %q", said, mustRead(t, path))
	}
}

// TestWrittenInPlace: who reads while a longer number is overwritten finds it or
// ours, and no mixture.
func TestWrittenInPlace(t *testing.T) {
	path := t.TempDir() + "/x.pid"
	const old = "9999999999\n"
	write(t, path, old)
	end := make(chan bool)
	bad := make(chan string, 1)
	go func() {
		defer close(bad)
		for {
			select {
			case <-end:
				return
			default:
			}
			text, err := os.ReadFile(path)
			if one := strings.TrimRight(string(text), "\n") + "\n"; err != nil || one != old && one != ourLine() {
				bad <- string(text)
				return
			}
		}
	}()
	for range 3000 {
		write(t, path+".next", old)
		if err := os.Rename(path+".next", path); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &PidFile{fd: int(f.Fd())}
		p.info.Size = int64(len(old))
		if err := p.write(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	close(end)
	if text, ok := <-bad; ok {
		t.Errorf("read %q", text)
	}
}

// The kernel's own files are none to write a number to.
func TestPseudoFiles(t *testing.T) {
	for path, want := range map[string]bool{"/proc/self/comm": true, "/proc/sys/kernel/pid_max": true, t.TempDir(): false} {
		fd, err := unix.Open(path, unix.O_RDONLY, 0)
		if err != nil {
			continue // another system
		}
		if pseudo(fd) != want {
			t.Errorf("%s: %v", path, !want)
		}
		unix.Close(fd)
	}
}
