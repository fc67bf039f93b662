package proc

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

const stranger = 65534

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// TestF57WayInChild: the walk of a child judges as that of internal/place does, and
// gets to the same file.
func TestF57WayInChild(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("only root can give files away")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	t.Chdir(dir)
	for _, d := range []string{"his", "his/sub", "his/roots", "private", "open", "deep/er"} {
		must(t, os.MkdirAll(d, 0o755))
	}
	must(t, os.Chmod("open", 0o777|os.ModeSticky), os.Chown("his", stranger, stranger), os.Chown("his/sub", stranger, stranger))
	must(t, os.WriteFile("private/file", nil, 0o600))
	for at, to := range map[string]string{
		"his/away": dir + "/private", "his/up": "../private", "his/same": "sub", "his/tofile": dir + "/private/file", "his/fine": "sub/new",
		"open/trap": "../private", "open/own": "../his/sub", "open/last": "target",
	} {
		must(t, os.Symlink(to, at), os.Lchown(at, stranger, stranger))
	}
	for at, to := range map[string]string{
		"his/moved": "../private", "mine": "private", "abs": dir + "/private/", "open/good": "../private", "loop": "loop", "last": "mine/file",
		"new": "private/new", "dots": "deep/er/../../private/./file", "far": strings.Repeat("./", 2000) + "private",
	} {
		must(t, os.Symlink(to, at))
	}
	var pipe [2]int
	must(t, unix.Pipe2(pipe[:], unix.O_CLOEXEC))
	paths := []string{
		"private/file", "private/none", "./private//file", "mine/file", "abs/file", "last", "new", "dots", "far/file", "deep/er/../../private/file",
		"his/away/file", "his/up/file", "his/same/x", "his/tofile", "his/fine", "his/moved/file", "his/roots/x", "his/sub/../x", "his/../private/file",
		"open/trap/file", "open/own/x", "open/good/file", "open/last", "open/x", "loop/x", "loop", "private/file/x", "nowhere/x", "private/", "/",
		"/proc/self/cwd/private/file", "/dev/null", "/proc/self/comm", strings.Repeat("x", 300), dir + "/../" + filepath.Base(dir) + "/last",
	}
	w := newWay(0, true)
	for _, path := range paths {
		ptr, err := syscall.BytePtrFromString(path)
		must(t, err)
		got := w.walk(ptr)
		var last string
		if got >= wayHere {
			last = string(w.text[w.side][w.pos:w.end])
		}
		want, name, dirInfo := byPlace(path)
		if got >= wayHere && w.led && w.owner != w.by {
			got = wayLed // as openLast says
		}
		if word(got) != want || want == "there" && last != name {
			t.Errorf("%.60q: %s %q, and place says %s %q", path, word(got), last, want, name)
		}
		if w.at != cwd {
			if want == "there" {
				must(t, w.same(dirInfo, path))
			}
			closeRaw(w.at)
		}
	}
}

func (w *way) same(info place.Info, path string) error {
	if errno := w.stat(w.at); errno != 0 {
		return errno
	}
	if w.st.Ino != info.Ino {
		return errors.New("another directory for " + path)
	}
	return nil
}

func byPlace(path string) (what, name string, dir place.Info) {
	d, name, err := place.Follow(path)
	if err == nil {
		defer d.Close()
		if len(name) > 255 {
			return unix.ENAMETOOLONG.Error(), "", dir
		}
		return "there", name, d.Info()
	}
	var led *place.Led
	var errno syscall.Errno
	if errors.As(err, &led) {
		return "led", "", dir
	}
	errors.As(err, &errno)
	return errno.Error(), "", dir
}

func word(e syscall.Errno) string {
	switch e {
	case wayLed:
		return "led"
	case wayHere, wayFile, wayLink:
		return "there"
	}
	return e.Error()
}
