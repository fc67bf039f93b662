package logfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

var (
	errHurried   = errors.New("told to stop")
	errNameless  = errors.New("a file without a name cannot get one here")
	errBusy      = errors.New("it is still written to")
	errDifferent = errors.New("its contents are not those of the file without .gz")
)

// quiet is how long a file has to be left alone where the system does not say
// whether somebody has it open.
const quiet = 2 * time.Second

// buffers are what compressing needs, too much to make it anew for each file.
type buffers [2][]byte

func (s *buffers) two() (a, b []byte) {
	if s[0] == nil {
		s[0], s[1] = make([]byte, 32<<10), make([]byte, 32<<10)
	}
	return s[0], s[1]
}

// compress replaces the plain ones of files by compressed ones.
func (r *round) compress(files []old) []old {
	r.files = files
	for i := range files {
		f := &files[i]
		if !f.plain || r.hurried() {
			continue
		}
		switch err := r.replace(f); {
		case err == nil:
		case errors.Is(err, errHurried), errors.Is(err, errBusy):
			r.again = true
		case f.zip:
			r.fail(f.name, "%s is left alone, and so is the file without %s: %w", r.dir.Path(f.name+gz), gz, err)
		default:
			r.fail(f.name, "cannot compress an old file: %w", err)
		}
	}
	return slices.DeleteFunc(files, func(f old) bool { return f.name == "" })
}

// replace puts a compressed file of the same time and rights into the place of
// a plain one. Until that is complete, compared and on the disk it has no name,
// or one that the next sweep removes; the plain one goes last, and not while
// anybody can still write to it.
func (r *round) replace(f *old) error {
	from, info, err := r.dir.Open(f.name, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer from.Close()
	if !info.Regular() || judge(r.dir, info) != nil {
		return errNotOurs
	}
	if r.busy(from) {
		return errBusy
	}
	if f.zip {
		err = r.compareNamed(f.name+gz, from)
	} else {
		err = r.make(f, from)
	}
	if err != nil {
		return err
	}
	now, err := r.dir.Stat(f.name)
	if err != nil || !now.Same(info) || now.Size != info.Size || r.busy(from) {
		return errBusy // what came meanwhile is not in there
	}
	if err := r.call.Unlink(r.dir, f.name); err != nil {
		return err
	}
	f.plain, f.size = false, f.size-f.plainSize
	return nil
}

// busy says that somebody may still write to a file.
func (r *round) busy(from *os.File) bool {
	busy, sure := written(int(from.Fd()))
	if sure {
		return busy
	}
	var st unix.Stat_t
	return unix.Fstat(int(from.Fd()), &st) != nil || time.Since(modified(&st)) < quiet
}

// compareNamed compares the compressed file name with what it is said to be of.
func (r *round) compareNamed(name string, from *os.File) error {
	to, info, err := r.dir.Open(name, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer to.Close()
	if !info.Regular() || judge(r.dir, info) != nil {
		return errNotOurs
	}
	if busy, sure := written(int(to.Fd())); busy && sure {
		return errBusy // another program is at work
	}
	if err := r.compare(to, from); err != nil {
		return err
	}
	return r.settle(to)
}

// settle brings a compressed file and its name to the disk, whatever else may
// be in memory only: the plain one, which goes, may have been there.
func (r *round) settle(to *os.File) error {
	if err := r.call.Sync(int(to.Fd())); err != nil {
		return err
	}
	_ = r.dir.Sync() // not every file system can
	return nil
}

// make makes the compressed file.
func (r *round) make(f *old, from *os.File) error {
	to, temporary, err := r.temporary(f.name + tmp)
	if err != nil {
		return err
	}
	defer to.Close()
	if err = r.fill(to, from); err == nil {
		if err = r.compare(to, from); err == nil {
			if err = r.fits(f, to); err == nil {
				err = r.publish(to, temporary, f.name+gz)
			}
		}
	}
	if err != nil {
		if temporary != "" {
			_ = r.call.Unlink(r.dir, temporary)
		}
		if err == errNameless {
			_, err = from.Seek(0, io.SeekStart)
			return errors.Join(err, r.make(f, from))
		}
		return err
	}
	f.zip = true
	if info, err := r.dir.Stat(f.name + gz); err == nil {
		f.size += info.Size
	}
	return r.settle(to)
}

// fits makes room for the two files that f is for a moment, at the cost of
// older ones, where all have to keep to a total.
func (r *round) fits(f *old, to *os.File) error {
	var st unix.Stat_t
	if r.Total <= 0 || unix.Fstat(int(to.Fd()), &st) != nil {
		return nil
	}
	for i := range r.files {
		r.seen.Store(sum(r.files) + st.Size - r.turned) // what lines have to leave room for
		older := &r.files[i]
		switch {
		case r.size.Load()+r.old() <= r.Total:
			return nil
		case older == f:
			return errHurried // it is next to go itself
		}
		r.remove(*older)
		*older = old{}
	}
	return nil
}

// temporary makes a file without a name where the file system can do that, or
// else one of that name, which must not be there.
func (r *round) temporary(name string) (f *os.File, temporary string, err error) {
	if nameless != 0 && !r.named {
		if fd, _, err := r.call.Open(r.dir, ".", unix.O_RDWR|nameless, 0o600); err == nil {
			return os.NewFile(uintptr(fd), r.dir.Path(name)), "", nil
		}
	}
	fd, _, err := r.call.Open(r.dir, name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return nil, "", err
	}
	return os.NewFile(uintptr(fd), r.dir.Path(name)), name, nil
}

// publish gives the file its name, and never takes another's.
func (r *round) publish(to *os.File, temporary, name string) error {
	if temporary != "" {
		return r.call.Rename(r.dir, temporary, name)
	}
	err := r.call.Link(int(to.Fd()), r.dir, name)
	if err != nil && !exists(err) {
		// A file without a name cannot get one here, in want of /proc for
		// instance. The next attempt does without.
		r.keeper.named = true
		return errNameless
	}
	return err
}

// fill writes the compressed file, with the rights and the time of the plain one.
func (r *round) fill(to, from *os.File) error {
	var st unix.Stat_t
	if err := unix.Fstat(int(from.Fd()), &st); err != nil {
		return err
	}
	z := r.Compress.Pack(to, modified(&st))
	if err := r.copy(z, from); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	rights, err := rightsOf(int(from.Fd()))
	if err != nil {
		return err
	}
	rights.give(int(to.Fd()))
	if err := setTimes(int(to.Fd()), time.Now(), modified(&st)); err != nil {
		return err
	}
	return r.call.Sync(int(to.Fd()))
}

// copy is io.Copy that can be hurried.
func (r *round) copy(to io.Writer, from io.Reader) error {
	buf, _ := r.buffers.two()
	for {
		if r.hurried() {
			return errHurried
		}
		n, err := from.Read(buf)
		if _, werr := to.Write(buf[:n]); werr != nil {
			return werr
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// compare reads both files from the beginning and makes sure that the one is
// the other compressed.
func (r *round) compare(compressed, plain *os.File) error {
	for _, f := range []*os.File{compressed, plain} {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	unpacked, err := r.Compress.Unpack(compressed)
	if err != nil {
		return errDifferent
	}
	a, b := r.buffers.two()
	for {
		if r.hurried() {
			return errHurried
		}
		n, err := fillBuffer(unpacked, a)
		m, perr := fillBuffer(plain, b)
		switch {
		case perr != nil && perr != io.EOF:
			return perr
		case n != m || err != perr || !bytes.Equal(a[:n], b[:m]):
			return errDifferent
		case err == io.EOF:
			return nil // which the reader says only where the checksum is right
		}
	}
}

// fillBuffer reads until buf is full. The error is io.EOF where the input ended
// as it should, with or without something read.
func fillBuffer(from io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = from.Read(buf[n:])
		n += m
	}
	return n, err
}
