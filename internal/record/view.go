package record

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"dmon/internal/place"
	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

// maxRecord bounds what is read of a record, in bytes: it may be a stranger's.
const maxRecord = 64<<10 + 1

// View is a name as one sees it from outside.
type View struct {
	Record
	Lives bool   // the lock is held; without it nothing but the past is known
	Text  string // the record itself
}

// Names lists the names in the home, sorted.
func (h *Home) Names() ([]string, error) {
	first, err := h.dir.Names()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range first {
		if checkPart(name) != nil {
			continue
		}
		d, err := h.own(h.dir, name)
		if err != nil {
			continue // a stranger's, or no directory
		}
		if _, err := d.Stat(lockFile); err == nil {
			names = append(names, name)
		}
		below, _ := d.Names()
		for _, last := range below {
			full := name + "/" + last
			if CheckName(full) != nil {
				continue
			}
			if info, err := d.Stat(last); err == nil && info.Is(unix.S_IFDIR) {
				names = append(names, full)
			}
		}
		d.Close()
	}
	slices.Sort(names)
	return names, nil
}

// Dir opens the directory of a name; the caller closes it. A name that is not
// there is an error with os.ErrNotExist.
func (h *Home) Dir(name string) (*place.Dir, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	above, last, err := h.above(name, false)
	if err != nil {
		return nil, err
	}
	d, err := h.own(above, last)
	if above != h.dir {
		above.Close()
	}
	return d, err
}

// Look reads what is known of a name. The state of one that was not told of its
// end is Lost. It waits for nobody: nothing but regular files is opened.
func (h *Home) Look(name string) (View, error) {
	d, err := h.Dir(name)
	if err != nil {
		return View{}, err
	}
	defer d.Close()
	for {
		v, err := look(d, name)
		// The lock and the record are two things: that it is free is true of the record
		// only if it was so before and after.
		if err != nil || v.State != Lost || !lives(d) {
			return v, err
		}
	}
}

func look(d *place.Dir, name string) (View, error) {
	pid, held := living(d)
	v := View{Lives: held}
	text, err := readFile(d, recordFile)
	switch {
	case errors.Is(err, os.ErrNotExist) && !v.Lives:
		return v, err // it is being removed, or was killed before it said anything
	case errors.Is(err, os.ErrNotExist):
		// It has not said anything yet.
	case err != nil:
		return v, err
	default:
		o, err := varlink.ParseObject(strings.TrimSpace(string(text)))
		if err != nil {
			return v, fmt.Errorf("%s holds no record", d.Path(recordFile))
		}
		v.Record, v.Text = Read(o), string(o)
		if held && pid != 0 && v.Dmon.Pid != pid {
			v = View{Lives: true} // the record is of the one before, still
		}
	}
	v.Name = name
	switch {
	case !v.Lives && v.Text != "" && !ofThisBoot(varlink.Object(v.Text)):
		return v, os.ErrNotExist // a reboot ends all that is known
	case v.State == "":
		v.State = Starting
	case !v.Lives && v.State != Ended:
		v.State = Lost
	}
	return v, nil
}

// lives reports whether the lock of a name is held.
func lives(d *place.Dir) bool {
	_, held := living(d)
	return held
}

// living tells whether the lock of a name is held, and by which process: 0 where
// that has not said so yet.
func living(d *place.Dir) (pid int, held bool) {
	// Not for writing: closing that would wake who watches the directory, us too.
	f, info, err := d.Open(lockFile, unix.O_RDONLY, 0)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	if !info.Regular() || !locked(int(f.Fd())) {
		return 0, false
	}
	return holder(f), true
}

// readFile reads one of the small files in a name's directory.
func readFile(dir *place.Dir, name string) ([]byte, error) {
	f, info, err := dir.Open(name, unix.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, info)
}

func readAll(f *os.File, info place.Info) ([]byte, error) {
	if !info.Regular() {
		return nil, fmt.Errorf("%s is %s", f.Name(), info.Kind())
	}
	return io.ReadAll(io.LimitReader(f, maxRecord))
}

// Forget removes what is kept of a name. It fails with a *Taken where that lives.
func (h *Home) Forget(name string) error {
	d, err := h.Dir(name)
	if err != nil {
		return err
	}
	d.Close()
	e, err := h.claim(name, true)
	if err != nil {
		return err
	}
	e.Release(false)
	return nil
}
