package daemon

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// A process has no lock of fcntl(2) against itself, so another one asks.
const other = "DAEMON_TEST_OTHER"

func init() {
	how, ok := os.LookupEnv(other)
	if !ok {
		return
	}
	how, path, _ := strings.Cut(how, " ")
	switch how {
	case "lock":
		p, err := LockPidFile(path)
		if err == nil {
			err = p.Remove()
		}
		fmt.Println(err)
	case "keep":
		p, err := LockPidFile(path)
		fmt.Println(err)
		_, _ = os.Stdin.Read(make([]byte, 1))
		fmt.Println(p.Remove())
	case "note":
		_, err := OpenCommandPid(path, nil)
		fmt.Println(err)
	case "race":
		race(path)
	case "flock", "shared", "fcntl", "open":
		hold(how, path)
	case "annoy":
		for os.Getppid() != 1 {
			if fd, err := unix.Open(path, unix.O_RDONLY, 0); err == nil {
				_ = unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
				_ = unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &unix.Flock_t{Type: unix.F_RDLCK})
				unix.Close(fd)
			}
		}
	}
	os.Exit(0)
}

// hold has a reader's lock, says so, and lives until its input ends.
func hold(how, path string) {
	fd, err := unix.Open(path, unix.O_RDONLY, 0)
	switch how {
	case "flock":
		err = errors.Join(err, unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB))
	case "shared":
		err = errors.Join(err, unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB))
	case "fcntl":
		err = errors.Join(err, unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &unix.Flock_t{Type: unix.F_RDLCK}))
	}
	fmt.Println(err)
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// race takes the pid file over and over; a directory beside it can be made by one only.
func race(path string) {
	taken := 0
	for range 60 {
		p, err := LockPidFile(path)
		var running *RunningError
		if errors.As(err, &running) {
			continue
		}
		if err == nil {
			taken++
			err = unix.Mkdir(path+".held", 0o755)
		}
		if text, rerr := os.ReadFile(path); err == nil && (rerr != nil || string(text) != ourLine()) {
			err = fmt.Errorf("the holder reads %q, %v", text, rerr)
		}
		if err == nil {
			err = unix.Rmdir(path + ".held")
		}
		if err == nil && taken%2 == 0 {
			// As if killed: stale.
			if err = os.WriteFile(path, []byte("4194304\n"), 0o644); err == nil {
				p.close()
				continue
			}
		}
		if err = errors.Join(err, p.Remove()); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("taken", taken > 0)
}

// as runs the other process; uid -1 is ours.
func as(t *testing.T, uid int, how, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), other+"="+how+" "+path)
	if uid >= 0 {
		// It is executed by number: the way to its file is not a stranger's to go.
		f, err := os.Open(self)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		c.ExtraFiles, c.Path = []*os.File{f}, "/proc/self/fd/3"
		c.SysProcAttr = credential(uid)
	}
	return c
}

// elsewhere is what another process of ours says.
func elsewhere(t *testing.T, how, path string) string {
	t.Helper()
	out, err := as(t, -1, how, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// holding starts a reader who has his lock, and ends him with the test.
func holding(t *testing.T, uid int, how, path string) *exec.Cmd {
	t.Helper()
	c := as(t, uid, how, path)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var b [100]byte
	if n, _ := out.Read(b[:]); string(b[:n]) != "<nil>\n" {
		t.Fatalf("%s: %q", how, b[:n])
	}
	t.Cleanup(func() { in.Close(); _ = c.Wait() })
	return c
}

// F32: many at once, all the time, with stale files between: never two hold it,
// and one always can; F59: also with somebody who locks it as a reader can.
func TestF32PidFileRace(t *testing.T) { races(t, false) }

// TestF59RaceAgainstReaders is the same with readers in the way.
func TestF59RaceAgainstReaders(t *testing.T) { races(t, true) }

func races(t *testing.T, annoyed bool) {
	dir := t.TempDir()
	path := dir + "/x.pid"
	if annoyed {
		for range 2 {
			c := as(t, -1, "annoy", path)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
		}
	}
	var wg sync.WaitGroup
	var said [6]string
	for i := range said {
		wg.Go(func() { said[i] = elsewhere(t, "race", path) })
	}
	wg.Wait()
	for _, s := range said {
		if s != "taken true" && s != "taken false" {
			t.Error(s)
		}
	}
	if strings.Join(said[:], " ") == strings.Repeat("taken false ", len(said)-1)+"taken false" {
		t.Error("nobody ever held it")
	}
}

// TestF59ReadersLock: no lock that a reader can have is in the way, and none
// makes him look like the one who runs.
func TestF59ReadersLock(t *testing.T) {
	for _, how := range []string{"flock", "shared", "fcntl"} {
		dir := t.TempDir()
		path := dir + "/x.pid"
		write(t, path, "4194304\n")
		holding(t, -1, how, path)
		p, err := LockPidFile(path)
		if err != nil {
			t.Errorf("%s: %v", how, err)
			continue
		}
		if said := elsewhere(t, "lock", path); !strings.Contains(said, "already running as process "+strconv.Itoa(os.Getpid())) {
			t.Errorf("%s: the second is told %q", how, said)
		}
		if err := p.Remove(); err != nil {
			t.Error(err)
		}
	}
}

// An older dmon, and other programs, have the lock of flock(2) alone.
func TestOldLock(t *testing.T) {
	path := t.TempDir() + "/x.pid"
	write(t, path, "")
	c := holding(t, -1, "flock", path)
	write(t, path, strconv.Itoa(c.Process.Pid)+"\n")
	var running *RunningError
	if _, err := LockPidFile(path); !errors.As(err, &running) || running.Pid != c.Process.Pid {
		t.Errorf("an old dmon is not seen: %v", err)
	}
	if os.Geteuid() != 0 {
		return
	}
	// A stranger whose number the stale file happens to hold is not believed.
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
		t.Fatal(err)
	}
	stale := dir + "/y.pid"
	write(t, stale, "")
	d := holding(t, stranger, "flock", stale)
	write(t, stale, strconv.Itoa(d.Process.Pid)+"\n")
	p, err := LockPidFile(stale)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Remove(); err != nil {
		t.Error(err)
	}
}

// TestF59StrangersFile: a stale file of somebody else's is not kept, because
// he could write another number to it.
func TestF59StrangersFile(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can give files away
	}
	dir := t.TempDir()
	path := dir + "/x.pid"
	write(t, path, "1\n")
	if err := os.Chown(path, stranger, stranger); err != nil {
		t.Fatal(err)
	}
	p, err := LockPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d, name, err := place.Of(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if info, err := d.Stat(name); err != nil || info.Uid != 0 || info.Mode&0o022 != 0 || !info.Same(p.info) {
		t.Errorf("the file is %+v, %v", info, err)
	}
	if err := p.Remove(); err != nil {
		t.Error(err)
	}
}

// TestWritten: while stale numbers of every length are taken over, whoever
// reads finds the old one or ours.
func TestWritten(t *testing.T) {
	path := t.TempDir() + "/x.pid"
	write(t, path, "4194304\n")
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
			if text, err := os.ReadFile(path); err != nil || string(text) != "4194304\n" && string(text) != ourLine() {
				bad <- fmt.Sprintf("read %q, %v", text, err)
				return
			}
		}
	}()
	deadline := time.Now().Add(time.Minute)
	for range 200 {
		p, err := LockPidFile(path)
		if err != nil || time.Now().After(deadline) {
			t.Error(err)
			break
		}
		if err := os.WriteFile(path+".next", []byte("4194304\n"), 0o644); err != nil {
			t.Error(err)
		}
		if err := os.Rename(path+".next", path); err != nil {
			t.Error(err)
		}
		p.close()
	}
	close(end)
	if text, ok := <-bad; ok {
		t.Error(text)
	}
}
