package logfile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/gzipped"
	"dmon/internal/place"
)

// stranger owns the directory in which root keeps a log.
const stranger = 65534

// trap is a directory of a stranger's, and beside it a file of ours that he
// would like to have changed.
func trap(t *testing.T) (his, victim string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	his, victim = dir+"/his", dir+"/victim"
	must(t, os.Mkdir(his, 0o755))
	create(t, victim, "secret\n", 0o600)
	must(t, os.Chown(his, stranger, stranger))
	return his, victim
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func unharmed(t *testing.T, what, victim string) {
	t.Helper()
	info, err := os.Lstat(victim)
	if err != nil || info.Mode() != 0o600 || read(victim) != "secret\n" {
		t.Errorf("%s: the victim is %v, %v, %q", what, info, err, read(victim))
	}
	var st unix.Stat_t
	if unix.Stat(victim, &st) != nil || int(st.Uid) != os.Getuid() {
		t.Errorf("%s: the victim was given to %d", what, st.Uid)
	}
}

// plants are what a stranger can put at a name.
var plants = map[string]func(victim, at string) error{
	"link":      func(victim, at string) error { return lchown(os.Symlink(victim, at), at) },
	"relative":  func(_, at string) error { return lchown(os.Symlink("../victim", at), at) },
	"hard link": os.Link,
	"FIFO":      func(_, at string) error { return lchown(unix.Mkfifo(at, 0o666), at) },
	"directory": func(_, at string) error { return lchown(os.Mkdir(at, 0o777), at) },
}

func lchown(err error, at string) error {
	if err != nil {
		return err
	}
	return os.Lchown(at, stranger, stranger)
}

// asRoot says whether there are strangers: to himself nobody is one.
func asRoot() bool { return os.Getuid() == 0 }

func TestF57PlantedAtTheName(t *testing.T) {
	if !asRoot() {
		return
	}
	for what, plant := range plants {
		his, victim := trap(t)
		must(t, plant(victim, his+"/log"))
		if f, err := Open(his+"/log", Options{MaxSize: 10}); err == nil {
			t.Errorf("%s: was opened", what)
			f.Close(atOnce())
		}
		unharmed(t, what, victim)
	}
}

// Whatever call it is before which the stranger puts his plant at the name.
func TestF57PlantedBetweenTwoCalls(t *testing.T) {
	if !asRoot() {
		return
	}
	for what, plant := range plants {
		for _, when := range []string{"first open", "rotation", "before the new file", "gone"} {
			his, victim := trap(t)
			path := his + "/log"
			system := System()
			calls := System()
			armed := false
			swap := func() {
				if armed {
					_ = os.Remove(path)
					must(t, plant(victim, path))
					armed = false
				}
			}
			calls.Rename = func(d *place.Dir, from, to string) error {
				if when == "rotation" {
					swap()
				}
				err := system.Rename(d, from, to)
				if when == "before the new file" {
					swap()
				}
				return err
			}
			calls.Open = func(d *place.Dir, name string, flags int, mode uint32) (int, place.Info, error) {
				if when == "first open" && name == "log" {
					swap()
				}
				return system.Open(d, name, flags, mode)
			}
			create(t, path, "", 0o600)
			armed = when == "first open"
			f, err := Open(path, Options{MaxSize: 10, Calls: calls})
			if when == "first open" {
				if err == nil {
					f.Close(atOnce())
				}
				unharmed(t, what+", "+when, victim)
				continue
			}
			must(t, err)
			armed = true
			if when == "gone" {
				swap()
			}
			for i := range 4 {
				_, _ = f.Write(fmt.Appendf(nil, "line %d\n", i))
				_, _ = f.Sync()
			}
			f.Close(atOnce())
			unharmed(t, what+", "+when, victim)
		}
	}
}

// Old files and temporary names of a stranger's making are let alone.
func TestF57PlantedAmongOldFiles(t *testing.T) {
	if !asRoot() {
		return
	}
	for what, plant := range plants {
		for named := range 2 {
			his, victim := trap(t)
			d, _, err := place.Of(his + "/log")
			must(t, err)
			t.Cleanup(d.Close)
			create(t, his+"/"+at(5), "ours\n", 0o600)
			for _, name := range []string{at(1), at(2) + gz, at(3) + tmp, at(5) + tmp, at(6)} {
				must(t, plant(victim, his+"/"+name))
			}
			create(t, his+"/"+at(4), "ours\n", 0o600)
			r, _ := lister(t, d, Keep{Files: 1, Compress: new(gzipped.Packer)})
			r.keeper.named = named == 1
			r.sweep(time.Now())
			unharmed(t, what, victim)
			for _, name := range []string{at(1), at(2) + gz, at(3) + tmp, at(6)} {
				if _, err := os.Lstat(his + "/" + name); err != nil {
					t.Errorf("%s: %s is gone", what, name)
				}
			}
			if _, err := os.Lstat(his + "/" + at(4)); err == nil {
				t.Errorf("%s: our own old file was not removed", what)
			}
		}
	}
}

// A directory that is exchanged leads nobody to files elsewhere.
func TestF57DirectoryExchanged(t *testing.T) {
	if !asRoot() {
		return
	}
	his, victim := trap(t)
	root := filepath.Dir(victim)
	must(t, os.Mkdir(his+"/sub", 0o755))
	must(t, os.Lchown(his+"/sub", stranger, stranger))
	must(t, os.Mkdir(root+"/logs", 0o700))
	for i := range 3 {
		create(t, root+"/logs/"+at(i), "precious\n", 0o600)
	}
	f, err := Open(his+"/sub/log", Options{MaxSize: 10, Keep: Keep{Files: 1}})
	must(t, err)
	must(t, os.Rename(his+"/sub", his+"/away"))
	must(t, lchown(os.Symlink(root+"/logs", his+"/sub"), his+"/sub"))
	for i := range 6 {
		_, _ = f.Write(fmt.Appendf(nil, "line %d\n", i))
		_, _ = f.Sync()
	}
	f.Close(nil)
	if left, _ := os.ReadDir(root + "/logs"); len(left) != 3 {
		t.Errorf("of 3 files elsewhere there are %v", left)
	}
}

// What people use is not refused.
func TestDirectoriesOfOthersAreUsed(t *testing.T) {
	if !asRoot() {
		return
	}
	his, victim := trap(t)
	root := filepath.Dir(victim)
	group := root + "/group"
	must(t, os.Mkdir(group, 0o775))
	must(t, os.Chmod(group, 0o775))
	must(t, os.Chown(group, 0, 4))
	must(t, os.Mkdir(root+"/data", 0o755))
	must(t, os.Symlink("data/log", root+"/mine"))
	must(t, os.Symlink(root+"/data/log", group+"/mine"))
	create(t, his+"/owned", "", 0o644)
	must(t, os.Chown(his+"/owned", stranger, stranger))
	for _, path := range []string{his + "/log", his + "/owned", group + "/log", root + "/mine", group + "/mine", root + "/log"} {
		f, err := Open(path, Options{MaxSize: 20})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for i := range 4 {
			_, err := f.Write(fmt.Appendf(nil, "line %d\n", i))
			must(t, err)
		}
		f.Close(atOnce())
	}
	// The links are there still, and the old files beside what they name.
	for _, link := range []string{root + "/mine", group + "/mine"} {
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is %v, %v", link, info, err)
		}
	}
	if old, _ := filepath.Glob(root + "/data/log.*"); len(old) == 0 {
		t.Error("no old files beside the file")
	}
}
