package place

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const stranger = 65534

// stage is a directory of ours and in it one of a stranger's, with the files
// that he would like to reach. Only root can give files away.
func stage(t *testing.T) (ours, his string) {
	t.Helper()
	ours, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	his = filepath.Join(ours, "his")
	for _, d := range []string{"his", "private", "his/sub", "his/roots", "open"} {
		must(t, os.Mkdir(filepath.Join(ours, d), 0o755))
	}
	must(t, os.Chmod(filepath.Join(ours, "open"), 0o777|os.ModeSticky))
	must(t, os.WriteFile(filepath.Join(ours, "private", "file"), []byte("secret"), 0o600))
	if os.Geteuid() == 0 {
		give(t, his, filepath.Join(his, "sub"))
	}
	return ours, his
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func give(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		must(t, os.Lchown(p, stranger, stranger))
	}
}

func link(t *testing.T, owner int, to, at string) {
	t.Helper()
	must(t, os.Symlink(to, at))
	if os.Geteuid() == 0 {
		must(t, os.Lchown(at, owner, owner))
	}
}

// TestF57WayOthersLead walks ways that a stranger leads, and ways that he has
// no hand in.
func TestF57WayOthersLead(t *testing.T) {
	ours, his := stage(t)
	link(t, stranger, ours+"/private", his+"/away")
	link(t, stranger, "../private", his+"/up")
	link(t, stranger, "sub", his+"/same")
	link(t, stranger, ours+"/private/file", his+"/tofile")
	link(t, 0, ours+"/private", his+"/moved")
	link(t, 0, ours+"/private", ours+"/mine")
	link(t, stranger, "../private", ours+"/open/trap")
	link(t, stranger, "../his/sub", ours+"/open/own")
	link(t, 0, "../private", ours+"/open/good")
	link(t, 0, "loop", ours+"/loop")
	as := func(root, user string) string {
		if os.Geteuid() == 0 {
			return root
		}
		return user // to himself nobody is a stranger
	}
	for _, row := range []struct{ path, want string }{
		{"private/x", ""}, {"mine/x", ""}, {"his/x", ""}, {"his/sub/x", ""}, {"his/same/x", ""}, {"open/good/x", ""},
		{"private/../private/x", ""}, {"his/../private/x", ""}, {".//private/./x", ""}, {"his/tofile", ""},
		{"his/away/x", as("led", "")}, {"his/up/x", as("led", "")}, {"his/roots/x", as("led", "")}, {"his/moved/x", as("led", "")},
		{"open/trap/x", as("led", "")}, {"open/own/x", as("led", "")}, {"his/away/../x", as("led", "")},
		{"loop/x", "too many levels of symbolic links"}, {"private/file/x", "not a directory"}, {"nowhere/x", "no such file or directory"},
		{"private/", "is a directory"}, {"private/..", "is a directory"}, {"", "no such file or directory"},
	} {
		path := row.path
		if path != "" {
			path = ours + "/" + path
		}
		d, name, err := Of(path)
		d.Close()
		if got := refusal(err); got != row.want || err == nil && name != filepath.Base(path) {
			t.Errorf("Of(%s) = %q, %v; want %q", row.path, name, err, row.want)
		}
	}
}

func refusal(err error) string {
	var led *Led
	var path *os.PathError
	switch {
	case errors.As(err, &led):
		return "led"
	case errors.As(err, &path):
		return path.Err.Error()
	case err != nil:
		return err.Error()
	}
	return ""
}

// TestF57LastLink follows a link at the end of the way only for its owner.
func TestF57LastLink(t *testing.T) {
	ours, his := stage(t)
	link(t, stranger, ours+"/private/file", his+"/tofile")
	link(t, stranger, "sub/file", his+"/inside")
	link(t, stranger, "target", ours+"/open/trap")
	link(t, 0, "private/file", ours+"/mine")
	link(t, 0, "mine", ours+"/twice")
	for _, row := range []struct{ path, want, name string }{
		{"mine", "", "file"}, {"twice", "", "file"}, {"private/file", "", "file"}, {"private/new", "", "new"}, {"his/inside", "", "file"},
		{"his/tofile", "led", ""}, {"open/trap", "led", ""},
	} {
		d, name, err := Follow(ours + "/" + row.path)
		d.Close()
		if os.Geteuid() != 0 && row.want != "" {
			continue // to himself nobody is a stranger
		}
		if got := refusal(err); got != row.want || err == nil && name != row.name {
			t.Errorf("Follow(%s) = %q, %v; want %q, %q", row.path, name, err, row.name, row.want)
		}
	}
}

// TestF57WayIsMade makes what is missing of a way, but not where a stranger could
// choose what that is.
func TestF57WayIsMade(t *testing.T) {
	ours, his := stage(t)
	link(t, 0, "private/a/b/file", ours+"/dangling")
	link(t, stranger, ours+"/private/c/file", his+"/trap")
	link(t, stranger, ours+"/private/d", ours+"/open/trap")
	for _, row := range []struct{ path, want, made string }{
		{"new/x", "", "new"}, {"new/er/x", "", "new/er"}, {"./open/../new2/./x", "", "new2"}, {"dangling", "", "private/a/b"},
		{"his/new/x", "led", ""}, {"his/trap", "led", ""}, {"open/trap/x", "led", ""},
		{"private/file/y/x", "not a directory", ""}, {"new3/", "is a directory", ""},
	} {
		if os.Geteuid() != 0 && row.want == "led" {
			continue // to himself nobody is a stranger
		}
		d, _, err := FollowMaking(ours+"/"+row.path, 0o750)
		d.Close()
		if got := refusal(err); got != row.want {
			t.Errorf("FollowMaking(%s): %v; want %q", row.path, err, row.want)
		}
		if info, err := os.Stat(ours + "/" + row.made); err != nil || row.made != "" && info.Mode().Perm() != 0o750 {
			t.Errorf("FollowMaking(%s) made %v, %v", row.path, info, err)
		}
	}
	for _, not := range []string{"private/c", "private/d", "his/new"} {
		if _, err := os.Lstat(ours + "/" + not); err == nil && os.Geteuid() == 0 {
			t.Errorf("%s was made", not)
		}
	}
}

// TestF57OpenName leaves alone what is planted at the name itself.
func TestF57OpenName(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/file", []byte("x"), 0o644))
	must(t, os.Symlink("file", dir+"/link"))
	must(t, syscall.Mkfifo(dir+"/fifo", 0o644))
	d, _, err := Of(dir + "/any")
	must(t, err)
	defer d.Close()
	if _, _, err := d.Open("link", unix.O_RDWR|unix.O_TRUNC, 0); !errors.Is(err, unix.ELOOP) && !errors.Is(err, unix.EMLINK) {
		t.Errorf("opening a link: %v", err)
	}
	if _, _, err := d.Create("link", 0o644); !errors.Is(err, os.ErrExist) {
		t.Errorf("creating at a link: %v", err)
	}
	f, info, err := d.Open("fifo", unix.O_RDONLY, 0) // must not wait
	must(t, err)
	f.Close()
	if !info.Is(unix.S_IFIFO) || info.Regular() || info.Kind() != "a FIFO" {
		t.Errorf("a FIFO is %+v", info)
	}
	now, err := d.Replace("file", []byte("new\n"), 0o644)
	must(t, err)
	named, err := d.Stat("file")
	must(t, err)
	if b, _ := os.ReadFile(dir + "/file"); string(b) != "new\n" || !named.Same(now) || named.Size != 4 {
		t.Errorf("replaced by %q, %+v, said %+v", b, named, now)
	}
	must(t, os.Mkdir(dir+"/sub", 0o755))
	if _, err := d.Replace("sub", nil, 0o644); err == nil {
		t.Error("a directory was replaced")
	}
	names, err := d.Names()
	must(t, err)
	if len(names) != 4 {
		t.Errorf("a temporary was left: %v", names)
	}
	must(t, errors.Join(d.Link("file", "two"), d.Rename("two", "three"), d.Unlink("three"), d.Sync()))
}

// TestStaysInTheDirectory: what is done to a name is done where the walk ended,
// whatever has its name by now.
func TestStaysInTheDirectory(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(dir+"/a", 0o755))
	must(t, os.Mkdir(dir+"/b", 0o755))
	d, name, err := Of(dir + "/a/file")
	must(t, err)
	defer d.Close()
	must(t, os.Rename(dir+"/a", dir+"/gone"))
	must(t, os.Symlink("b", dir+"/a"))
	_, err = d.Replace(name, []byte("x"), 0o644)
	must(t, err)
	if _, err := os.Stat(dir + "/gone/file"); err != nil {
		t.Error(err)
	}
	if names, _ := os.ReadDir(dir + "/b"); len(names) != 0 {
		t.Errorf("led to %v", names)
	}
}
