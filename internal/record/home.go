// Package record keeps what is known of each dmon by its name: a lock as long as
// it lives, a record of its state that outlives it, and its last events.
//
// Everything lies in one directory for each user, DIR/NAME/ or
// DIR/CATEGORY/NAME/ below it:
//
//	lock         held for dmon's life; nothing else here is trusted without it
//	control      the socket that dmon answers at
//	record.json  replaced whole at each change
//	events       JSON lines as --write-info has them; events.1 is the one before
package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dmon/internal/place"

	"golang.org/x/sys/unix"
)

// Home is the directory of one user's names. Close it.
type Home struct {
	dir *place.Dir
	uid uint32
}

// The places for it, first what the user chose. They are a function of the user
// alone and never of a session, which ends before its daemons do.
const (
	envDir   = "DMON_DIR"
	shared   = "/run/dmon" // a sticky directory of root's
	fallback = "/tmp"
)

// OpenHome opens the directory of uid's names. With create it is made where it is
// missing; without, a missing one is an error with os.ErrNotExist. One that
// belongs to another user, or that others may write or look into, is refused.
func OpenHome(uid int, create bool) (*Home, error) {
	user := strconv.Itoa(uid)
	if path := os.Getenv(envDir); path != "" {
		return openAt(path, uid, create)
	}
	if create && uid == 0 {
		makeShared()
	}
	below := fallback + "/dmon-" + user
	if !sticky(shared) {
		return openAt(below, uid, create)
	}
	h, err := openAt(shared+"/"+user, uid, false)
	if !errors.Is(err, os.ErrNotExist) {
		return h, err
	}
	// Who had names before root made the directory for all goes on with them where they
	// are: a name would be two otherwise.
	if h, err := openAt(below, uid, false); err == nil {
		if names, _ := h.Names(); len(names) > 0 {
			return h, nil
		}
		h.Close()
	}
	return openAt(shared+"/"+user, uid, create)
}

// SocketDir is where a socket of uid's may lie that his dmon's command writes to; "" is
// nowhere. open means that other users get there too, and none of them can remove it.
func SocketDir(uid int) (dir string, open bool) {
	if uid == 0 {
		if makeShared(); sticky(shared) {
			return shared, true
		}
	}
	h, err := OpenHome(uid, true)
	if err != nil {
		return "", false
	}
	defer h.Close()
	if dir = filepath.Clean(h.Path()); !filepath.IsAbs(dir) {
		return "", false // the command may be elsewhere
	}
	return dir, false
}

// Homes lists the users who may have names here, for root.
func Homes() (uids []int) {
	if os.Getenv(envDir) != "" {
		return nil
	}
	for _, place := range []struct{ dir, prefix string }{{shared, ""}, {fallback, "dmon-"}} {
		uids = append(uids, numbered(place.dir, place.prefix)...)
	}
	slices.Sort(uids)
	return slices.Compact(uids)
}

// numbered are the numbers that entries of dir are named by.
func numbered(dir, prefix string) (list []int) {
	d, _, err := place.Of(dir + "/x")
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Names()
	for _, name := range names {
		text, ok := strings.CutPrefix(name, prefix)
		if n, err := strconv.Atoi(text); ok && err == nil && strconv.Itoa(n) == text {
			list = append(list, n)
		}
	}
	return list
}

// makeShared makes root's directory for all users, and /run for it in an image that
// holds nothing yet; where it cannot, the place below /tmp is what everybody uses.
func makeShared() {
	_ = os.Mkdir(filepath.Dir(shared), 0o755)
	if os.Mkdir(shared, 0o777) == nil {
		_ = os.Chmod(shared, 0o777|os.ModeSticky)
	}
}

// sticky reports whether path is root's, and everybody may make his own things
// in it.
func sticky(path string) bool {
	d, _, err := place.Of(path + "/x")
	if err != nil {
		return false
	}
	defer d.Close()
	const all = 0o1777
	return d.Trusts(d.Info().Uid) && d.Info().Mode&all == all
}

func openAt(path string, uid int, create bool) (*Home, error) {
	above, name, err := place.Of(path)
	if err != nil {
		return nil, err
	}
	defer above.Close()
	dir, err := above.Sub(name)
	if create && errors.Is(err, os.ErrNotExist) {
		if err = above.Mkdir(name, 0o700); err == nil || errors.Is(err, os.ErrExist) {
			dir, err = above.Sub(name)
		}
	}
	if err != nil {
		return nil, err
	}
	info := dir.Info()
	switch {
	case info.Uid != uint32(uid):
		err = fmt.Errorf("%s belongs to user %d", path, info.Uid)
	case info.Mode&0o077 != 0:
		err = fmt.Errorf("%s is open to others (its mode is %#o, not 0700)", path, info.Mode&0o777)
	}
	if err != nil {
		dir.Close()
		return nil, err
	}
	return &Home{dir: dir, uid: uint32(uid)}, nil
}

// Path is where the home is, with a slash at its end.
func (h *Home) Path() string { return h.dir.Path("") }

// Close gives it up.
func (h *Home) Close() {
	if h != nil {
		h.dir.Close()
	}
}

// keepFromAging has whoever clears out /tmp leave the home alone as long as this
// process lives: that is what a shared lock on a directory means to him.
func (h *Home) keepFromAging() (*os.File, error) {
	f, _, err := h.dir.Open(".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
