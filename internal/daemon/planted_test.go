package daemon

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const stranger = 65534

// kinds are what somebody may have put at the name of a pid file, each with a
// part of the refusal. Nothing of it is changed.
var kinds = []struct {
	name string
	make func(dir, path string) error
	want string
}{
	{"link", func(dir, path string) error { return os.Symlink("target", path) }, "a symbolic link, not a regular file"},
	{"link to nothing", func(dir, path string) error { return os.Symlink("new", path) }, "a symbolic link, not a regular file"},
	{"hard link", func(dir, path string) error { return os.Link(dir+"/target", path) }, "has other names too"},
	{"FIFO", func(dir, path string) error { return unix.Mkfifo(path, 0o644) }, "a FIFO, not a regular file"},
	{"directory", func(dir, path string) error { return os.Mkdir(path, 0o755) }, "a directory, not a regular file"},
	{"socket", func(dir, path string) error { return bind(path) }, "a socket, not a regular file"},
	{"text", func(dir, path string) error { return os.WriteFile(path, []byte("12 monkeys\n"), 0o644) }, "something else than a process number"},
	{"much", func(dir, path string) error { return os.WriteFile(path, []byte(strings.Repeat("7", 70)), 0o644) }, "something else"},
	{"padding", func(dir, path string) error { return os.WriteFile(path, []byte(strings.Repeat("\n", 70)), 0o644) }, "something else"},
	{"NUL", func(dir, path string) error { return os.WriteFile(path, []byte("1\x00"), 0o644) }, "something else"},
	{"minus", func(dir, path string) error { return os.WriteFile(path, []byte("-1\n"), 0o644) }, "something else"},
}

func bind(path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Bind(fd, &unix.SockaddrUnix{Name: path})
}

// glance is all that can be seen of a file and of what it leads to.
func glance(t *testing.T, dir string) (all string) {
	t.Helper()
	for _, name := range []string{"x", "target", "new"} {
		var st unix.Stat_t
		if err := unix.Lstat(dir+"/"+name, &st); err != nil {
			all += name + " " + err.Error() + "; "
			continue
		}
		all += name + ": " + strings.Join([]string{number(st.Ino), number(uint64(st.Mode)), number(uint64(st.Uid)), number(uint64(st.Nlink)), number(uint64(st.Size)), number(uint64(st.Mtim.Nano()))}, " ") //nolint:unconvert // other types elsewhere
		if st.Mode&unix.S_IFMT == unix.S_IFREG {
			all += " " + mustRead(t, dir+"/"+name)
		}
	}
	return all
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// TestF57PidFilesPlanted: what is no file with a number is left as it is, by
// both pid files, before the start and between two runs.
func TestF57PidFilesPlanted(t *testing.T) {
	for _, kind := range kinds {
		dir := t.TempDir()
		path := dir + "/x"
		write(t, dir+"/target", "1\n")
		between, err := OpenCommandPid(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := between.Write(17); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Remove(path), kind.make(dir, path)); err != nil {
			t.Fatal(err)
		}
		before := glance(t, dir)
		_, err1 := LockPidFile(path)
		_, err2 := OpenCommandPid(path, nil)
		err3 := between.Write(18)
		for _, err := range []error{err1, err2, err3} {
			if err == nil || !strings.Contains(err.Error(), kind.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("a %s: %v", kind.name, err)
			}
		}
		if err := between.Remove(); err != nil {
			t.Errorf("a %s: %v", kind.name, err)
		}
		if after := glance(t, dir); after != before {
			t.Errorf("a %s was\n%s, is\n%s", kind.name, before, after)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 2 {
			t.Errorf("a %s: left are %v", kind.name, entries)
		}
	}
}

// TestF57SystemFiles: dmon's right to write them is no reason to.
func TestF57SystemFiles(t *testing.T) {
	for _, path := range []string{"/dev/null", "/dev/stdout", "/dev/tty", "/etc/passwd", "/proc/sys/kernel/pid_max", "/proc/self/oom_score_adj"} {
		if _, err := os.Lstat(path); err != nil {
			continue // another system
		}
		before, _ := os.Lstat(path)
		if p, err := LockPidFile(path); err == nil {
			t.Errorf("%s was taken: %v", path, p)
		}
		if _, err := OpenCommandPid(path, nil); err == nil {
			t.Errorf("%s was taken for the command's", path)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) || before.Mode() != after.Mode() {
			t.Errorf("%s is another: %v", path, err)
		}
	}
}

// TestF57TemporaryNames: whoever knows our pid does not know the names that we
// make for a moment, and what is planted at those of the past stays.
func TestF57TemporaryNames(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/target", "1\n")
	for _, name := range []string{"x." + number(uint64(os.Getpid())), "x.tmp", ".x", ".x.lock"} {
		if err := os.Symlink("target", dir+"/"+name); err != nil {
			t.Fatal(err)
		}
	}
	c, err := OpenCommandPid(dir+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Write(1), c.Write(2), c.Remove()); err != nil {
		t.Error(err)
	}
	write(t, dir+"/x", "1\n")
	if _, err := LockPidFile(dir + "/x"); err == nil || !errors.Is(err, unix.ELOOP) {
		t.Errorf("a stale file behind a planted lock: %v", err)
	}
	if text := mustRead(t, dir+"/target"); text != "1\n" {
		t.Errorf("the target holds %q", text)
	}
}

// TestF57TurnOfAnother: another user who makes the file that we take turns by could
// keep us waiting for ever.
func TestF57TurnOfAnother(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/x", "1\n")
	write(t, dir+"/.x.lock", "")
	if err := errors.Join(os.Chmod(dir, 0o777|os.ModeSticky), os.Chmod(dir+"/.x.lock", 0o600), os.Chown(dir+"/.x.lock", 12345, 12345)); err != nil {
		t.Fatal(err)
	}
	if _, err := LockPidFile(dir + "/x"); err == nil || !strings.Contains(err.Error(), ".x.lock is not ours") {
		t.Errorf("got %v", err)
	}
}

// TestPidFileWay: errors on the way to it are the system's.
func TestPidFileWay(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/file", "")
	for path, want := range map[string]error{
		dir + "/no/such": unix.ENOENT, dir + "/file/x": unix.ENOTDIR, "": unix.ENOENT, dir + "/": unix.EISDIR,
		dir + "/" + strings.Repeat("n", 300): unix.ENAMETOOLONG,
	} {
		if _, err := LockPidFile(path); !errors.Is(err, want) {
			t.Errorf("%.40q: %v", path, err)
		}
		if _, err := OpenCommandPid(path, nil); !errors.Is(err, want) {
			t.Errorf("%.40q for the command: %v", path, err)
		}
	}
}
