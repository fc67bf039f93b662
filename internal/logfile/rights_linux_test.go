package logfile

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/gzipped"
	"dmon/internal/place"
)

// acl makes an access list: tag, permissions and id of each entry.
func acl(entries ...[3]uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, uint16(e[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(e[1]))
		b = binary.LittleEndian.AppendUint32(b, e[2])
	}
	return b
}

const nobodyEntry = ^uint32(0)

// One of our own may read; the group may not, although the mode shows a mask.
var listed = acl([3]uint32{1, 6, nobodyEntry}, [3]uint32{2, 4, 1000}, [3]uint32{4, 0, nobodyEntry},
	[3]uint32{0x10, 4, nobodyEntry}, [3]uint32{0x20, 0, nobodyEntry})

// TestF82RightsAtEachMoment looks at the new file at each call that could show it
// to anybody: it may never be read by more than the old one.
func TestF82RightsAtEachMoment(t *testing.T) {
	umask := unix.Umask(0)
	defer unix.Umask(umask)
	for _, mode := range []os.FileMode{0o600, 0o640, 0o644, 0o604, 0o200} {
		for _, list := range [][]byte{nil, listed} {
			for _, named := range []bool{false, true} {
				for _, inherited := range []bool{false, true} {
					rotateAndLook(t, mode, list, named, inherited)
				}
			}
		}
	}
}

func rotateAndLook(t *testing.T, mode os.FileMode, list []byte, named, inherited bool) {
	what := fmt.Sprintf("mode %o, list %v, named %v, inherited %v", mode, list != nil, named, inherited)
	_, dir := stage(t)
	path := dir + "/log"
	create(t, path, "", mode)
	if list != nil {
		must(t, unix.Setxattr(path, aclName, list, 0))
	}
	if inherited {
		must(t, unix.Setxattr(dir, "system.posix_acl_default", acl([3]uint32{1, 7, nobodyEntry}, [3]uint32{2, 7, 1001},
			[3]uint32{4, 7, nobodyEntry}, [3]uint32{0x10, 7, nobodyEntry}, [3]uint32{0x20, 7, nobodyEntry}), 0))
	}
	old := rightsAt(t, path)
	calls, system := System(), System()
	calls.Open = func(d *place.Dir, name string, flags int, m uint32) (int, place.Info, error) {
		if named && flags&unix.O_TMPFILE == unix.O_TMPFILE {
			return -1, place.Info{}, unix.EOPNOTSUPP
		}
		fd, info, err := system.Open(d, name, flags, m)
		if err == nil && flags&unix.O_CREAT != 0 {
			noMore(t, what+" when it was made", old, rightsNow(t, fd))
		}
		return fd, info, err
	}
	calls.Link = func(fd int, d *place.Dir, name string) error {
		noMore(t, what+" when it got its name", old, rightsNow(t, fd))
		return system.Link(fd, d, name)
	}
	f, err := Open(path, Options{MaxSize: 10, Calls: calls, Keep: Keep{Compress: new(gzipped.Packer)}})
	must(t, err)
	for i := range 3 {
		_, err := f.Write(fmt.Appendf(nil, "line %d\n", i))
		must(t, err)
	}
	same(t, what+", rotated", old, rightsAt(t, path))
	must(t, os.Rename(path, path+".moved"))
	f.checked = time.Time{} // what the name stands for is asked anew
	_, err = f.Write([]byte("line 4\n"))
	must(t, err)
	same(t, what+", moved away by others", old, rightsAt(t, path))
	f.Close(nil)
	zips, _ := filepath.Glob(path + ".*.gz")
	if len(zips) == 0 {
		t.Errorf("%s: nothing was compressed", what)
	}
	for _, zip := range zips {
		same(t, what+", compressed", old, rightsAt(t, zip))
	}
}

func rightsAt(t *testing.T, path string) *rights {
	t.Helper()
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	must(t, err)
	defer unix.Close(fd)
	return rightsNow(t, fd)
}

func rightsNow(t *testing.T, fd int) *rights {
	t.Helper()
	r, err := rightsOf(fd)
	must(t, err)
	return r
}

func same(t *testing.T, what string, old, now *rights) {
	t.Helper()
	if old.mode != now.mode || string(old.acl) != string(now.acl) || old.uid != now.uid || old.gid != now.gid {
		t.Errorf("%s: %o %x became %o %x", what, old.mode, old.acl, now.mode, now.acl)
	}
}

// noMore: nobody but the owner may do what he could not do with the old file.
func noMore(t *testing.T, what string, old, now *rights) {
	t.Helper()
	if now.group()&^old.group() != 0 || now.mode&0o7&^(old.mode&0o7) != 0 ||
		now.acl != nil && string(now.acl) != string(old.acl) && now.mode&0o70 != 0 {
		t.Errorf("%s: %o %x, when the old one has %o %x", what, now.mode, now.acl, old.mode, old.acl)
	}
}

// Where the owner or the group cannot be kept, nobody gains by that.
func TestF82RightsThatCannotBeGiven(t *testing.T) {
	for _, c := range []struct{ mode, want uint32 }{{0o640, 0o600}, {0o644, 0o644}, {0o660, 0o600}, {0o604, 0o600}, {0o664, 0o644}} {
		r := &rights{uid: uint32(os.Getuid()), gid: 54321, mode: c.mode}
		if got := r.without(); got != c.want {
			t.Errorf("%o without its group is %o, want %o", c.mode, got, c.want)
		}
	}
}

// A process was killed between the rename and the new file: the next one gives
// that the rights of the old.
func TestF82KilledBeforeTheNewFile(t *testing.T) {
	_, dir := stage(t)
	create(t, dir+"/"+at(1), "old\n", 0o600)
	create(t, dir+"/"+at(2)+gz, "old\n", 0o640)
	open(t, dir+"/log", Options{MaxSize: 10, Tidy: true})
	if r := rightsAt(t, dir+"/log"); r.mode != 0o640 {
		t.Errorf("the new file has mode %o", r.mode)
	}
}
