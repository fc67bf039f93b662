package condition

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// mostLinks is how many links the kernel follows on one way.
const mostLinks = 40

// watch has f hear of everything that its path leads through, and of what is there:
// a directory above that is moved away, a link that is swapped, a file that another
// one is renamed over. What is watched is watched before it is looked at, and
// whoever calls looks at the contents after it, so that nothing changes unheard. It
// is called again when something is in another place. Where it fails f is to be
// looked at now and then.
func (n *notes) watch(f *file) error {
	n.forget(f)
	f.blind, f.elsewhere = false, false
	err := n.follow(f, f.Path, true)
	if err != nil {
		n.forget(f)
		f.blind = true
	}
	return err
}

// follow goes along path, one name after the other.
func (n *notes) follow(f *file, path string, entries bool) error {
	at, rest := ".", path
	if filepath.IsAbs(path) {
		at = "/"
	}
	for links := 0; ; {
		var name string
		rest = strings.TrimLeft(rest, "/")
		if rest == "" {
			return n.arrive(f, at, entries)
		}
		name, rest, _ = strings.Cut(rest, "/")
		next := at + "/" + name
		mask := uint32(moved)
		if name == "." || name == ".." {
			mask = 0
		}
		link, err := n.pass(f, next, mask)
		switch {
		case missing(err):
			return n.await(f, at, name)
		case err != nil:
			return err
		case link == "":
			at = next
			continue
		}
		if links++; links > mostLinks {
			return nil // the kernel gets nowhere either
		}
		if filepath.IsAbs(link) {
			at = "/"
		}
		rest = link + "/" + rest
	}
}

// pass watches one thing on the way, and returns where it leads if it is a link.
func (n *notes) pass(f *file, path string, mask uint32) (link string, err error) {
	if mask != 0 {
		err = n.add(f, path, mask, interest{})
	}
	switch {
	case errors.Is(err, unix.EACCES): // a directory that may be entered and not be read
		f.blind = true
	case err != nil:
		return "", err
	}
	link, err = os.Readlink(path)
	if err != nil {
		if errors.Is(err, unix.EINVAL) {
			return "", nil // it is none
		}
		return "", err
	}
	return link, n.add(f, path, moved|links, interest{})
}

// await watches for a name that is missing. It may have come meanwhile.
func (n *notes) await(f *file, dir, name string) error {
	err := n.add(f, dir, entries, interest{names: []string{name}})
	if err != nil {
		if errors.Is(err, unix.EACCES) || missing(err) || errors.Is(err, unix.ENOTDIR) {
			f.blind = true
			return nil
		}
		return err
	}
	if _, err := os.Lstat(dir + "/" + name); err == nil {
		f.elsewhere = true
	}
	return nil
}

// arrive watches what the path has led to, and with a directory the links in it.
func (n *notes) arrive(f *file, path string, inside bool) error {
	l, err := lookAt(path)
	switch {
	case missing(err):
		f.elsewhere = true
		return nil
	case err != nil:
		return err
	case silent(path):
		f.blind = true
	}
	if !l.directory() {
		return n.add(f, path, moved|links|writing, interest{})
	}
	if !inside {
		return nil
	}
	if err := n.add(f, path, moved|entries|writing, interest{all: true}); err != nil {
		return err
	}
	list, err := os.ReadDir(path)
	if err != nil {
		return nil // it cannot be compared with anything either
	}
	for _, e := range list {
		if e.Type()&os.ModeSymlink == 0 || !counts(e.Name()) {
			continue
		}
		if err := n.follow(f, path+"/"+e.Name(), false); err != nil {
			return err
		}
	}
	return nil
}

// silent reports whether path is in a file system whose changes, by others or by
// the kernel, nobody is told of.
func silent(path string) bool {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return false
	}
	switch uint32(st.Type) { //nolint:gosec // some are larger than an int32
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC,
		unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC, unix.CODA_SUPER_MAGIC, unix.V9FS_MAGIC, unix.FUSE_SUPER_MAGIC, vboxsf,
		unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC, unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC:
		return true
	}
	return false
}

// vboxsf is VirtualBox's magic number, which x/sys lacks.
const vboxsf = 0x786f4256
