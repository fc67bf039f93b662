package logfile

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/place"
)

// old is a rotated file: plain, compressed, or both where a compression was not
// finished, or is another program's.
type old struct {
	name       string // without the ending of a compressed one; empty for one that is gone
	plain, zip bool
	size       int64 // of both
	plainSize  int64
	modified   time.Time
}

// names are those of what there is of it.
func (o *old) names() (names []string) {
	if o.plain {
		names = append(names, o.name)
	}
	if o.zip {
		names = append(names, o.name+gz)
	}
	return names
}

func sum(files []old) (total int64) {
	for _, f := range files {
		total += f.size
	}
	return total
}

// list returns the rotated files of base in d, oldest first. It removes the
// beginning of a compressed file that a process was killed over.
func list(d *place.Dir, base string, now time.Time) ([]old, error) {
	names, err := d.Names()
	if err != nil {
		return nil, err
	}
	slices.Sort(names) // which is by time, the compressed one behind the plain one
	var files []old
	for _, name := range names {
		unfinished, temporary := strings.CutSuffix(name, tmp)
		if _, ok := rotatedTime(base, unfinished, now); !ok || temporary && strings.HasSuffix(unfinished, gz) {
			continue
		}
		info, modified, err := look(d, name)
		if err != nil {
			continue
		}
		if temporary {
			_ = d.Unlink(name)
			continue
		}
		plain := strings.TrimSuffix(name, gz)
		if n := len(files); n == 0 || files[n-1].name != plain {
			files = append(files, old{name: plain})
		}
		f := &files[len(files)-1]
		f.size += info.Size
		if plain == name {
			f.plain, f.plainSize = true, info.Size
		} else {
			f.zip = true
		}
		if modified.After(f.modified) {
			f.modified = modified
		}
	}
	return files, nil
}

var errNotOurs = errors.New("it is not ours")

// look says what a file is, if it may be ours: a regular one, that has no other
// name where others make names.
func look(d *place.Dir, name string) (place.Info, time.Time, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(d.FD(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return place.Info{}, time.Time{}, err
	}
	info := place.Info{
		Dev: uint64(st.Dev), Ino: st.Ino, Mode: uint32(st.Mode), Links: uint64(st.Nlink),
		Uid: st.Uid, Gid: st.Gid, Size: st.Size,
	}
	if !info.Regular() || judge(d, info) != nil {
		return info, time.Time{}, errNotOurs
	}
	return info, modified(&st), nil
}

// round is one look after everything.
type round struct {
	*keeper
	now    time.Time
	files  []old
	turned int64 // of the keeper, before the look
	told   map[string]bool
	again  bool // something has to be looked at again
}

// fail tells of a failure with an old file, once for as long as it lasts.
func (r *round) fail(name, format string, a ...any) {
	r.again = true
	r.told[name] = true
	if !r.keeper.told[name] {
		r.tell(name, fmt.Errorf(format, a...))
	}
}

// prune removes what is too old or too much, and returns the rest without those
// that cannot be removed. What is too much in bytes is for when they are all
// compressed.
func (r *round) prune(files []old, bytes bool) (rest []old) {
	surplus := 0
	if r.Files > 0 {
		surplus = len(files) - r.Files
	}
	total, limit := r.size.Load()+sum(files), r.Total
	if want := r.want.Load(); want > 0 {
		total, limit = want+sum(files), r.forLines()
	}
	for _, f := range files {
		tooOld := r.Age > 0 && r.now.Sub(f.modified) >= r.Age
		tooMuch := bytes && limit > 0 && total > limit
		if surplus <= 0 && !tooOld && !tooMuch {
			rest = append(rest, f)
			continue
		}
		total -= f.size
		surplus--
		r.remove(f)
	}
	return rest
}

// remove removes an old file.
func (r *round) remove(f old) {
	for _, name := range f.names() {
		if err := r.call.Unlink(r.dir, name); err != nil && !errors.Is(err, os.ErrNotExist) {
			r.fail(f.name, "cannot remove an old file: %w", err)
		}
	}
}
