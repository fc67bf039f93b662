package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// ownCgroup is the directory of the cgroup that we are in. The usual places
// are asked first: a table of mounts can be long.
func ownCgroup() (string, error) {
	files := tree{buf: make([]byte, 1024)}
	text, err := files.read("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	path, ok := unifiedPath(text)
	if !ok {
		return "", errors.New("there are no cgroups of version 2")
	}
	for _, dir := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		var s unix.Statfs_t
		if unix.Statfs(dir, &s) == nil && int64(s.Type) == unix.CGROUP2_SUPER_MAGIC {
			return filepath.Join(dir, path), nil
		}
	}
	if text, err = os.ReadFile("/proc/self/mountinfo"); err != nil {
		return "", err
	}
	for line := range bytes.Lines(text) {
		if dir, ok := mountedAt(string(line), path); ok {
			return dir, nil
		}
	}
	return "", errors.New("no cgroup file system of version 2 is mounted")
}

// unifiedPath is the cgroup of version 2 in a file /proc/PID/cgroup. One above
// the root of our namespace, or one that was removed, is none that we could use.
func unifiedPath(text []byte) (path string, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, found := bytes.CutPrefix(line, []byte("0::/")); found {
			path := "/" + strings.TrimSuffix(string(rest), "\n")
			return path, !strings.HasPrefix(path, "/..") && !strings.HasSuffix(path, " (deleted)")
		}
	}
	return "", false
}

// mountedAt is the directory of a cgroup, if a line of mountinfo has it. A mount
// may begin below the root of the hierarchy.
func mountedAt(line, path string) (dir string, ok bool) {
	head, tail, _ := strings.Cut(line, " - ")
	f := strings.Fields(head)
	if !strings.HasPrefix(tail, "cgroup2 ") || len(f) < 5 {
		return "", false
	}
	below, ok := strings.CutPrefix(path+"/", strings.TrimSuffix(f[3], "/")+"/")
	return filepath.Join(f[4], below), ok
}

// pids are those in the group and in the groups below it, which a member may
// have made. Those of another pid namespace have no number here.
func (g *Group) pids() []int {
	var list []int
	eachBelow(g.path, func(dir string) error {
		text, err := os.ReadFile(dir + "/cgroup.procs")
		for _, f := range bytes.Fields(text) {
			if pid := atoi(f); pid > 0 {
				list = append(list, pid)
			}
		}
		return err
	})
	return list
}

// eachBelow calls do for the groups below dir, and then for dir. It returns
// what dir itself gave.
func eachBelow(dir string, do func(string) error) error {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			_ = eachBelow(dir+"/"+e.Name(), do)
		}
	}
	return do(dir)
}

// Remove removes the group, and empty ones of dmons that were killed. It fails
// where a process is left in it. Nobody may use g after that.
func (g *Group) Remove() error {
	if g == nil {
		return nil
	}
	defer g.close()
	sweep(filepath.Dir(g.path))
	err := eachBelow(g.path, unix.Rmdir)
	if errors.Is(err, unix.EBUSY) && g.wait("populated 0", walkTime) {
		err = eachBelow(g.path, unix.Rmdir)
	}
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return fmt.Errorf("cannot remove cgroup %s, which holds %d processes still: %w", g.path, len(g.pids()), err)
}

// sweep removes the empty groups of dmons that were killed.
func sweep(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "dmon.") {
			continue
		}
		path := parent + "/" + e.Name()
		if fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err == nil {
			// The lock says that its owner lives. One that holds processes would stay
			// anyhow, and who asks for its lock meanwhile shall get it.
			if empty(fd) && unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) == nil {
				_ = unix.Rmdir(path)
			}
			unix.Close(fd)
		}
	}
}

// empty reports whether the group of the directory fd holds no process.
func empty(fd int) bool { return (&Group{fd: fd}).says("populated 0") }
