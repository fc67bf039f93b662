package condition

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// look is how a file looks from outside: what differs here may differ inside.
type look struct {
	dev, ino         uint64
	kind             uint32 // S_IFREG and so on
	size             int64  // bytes
	written, changed int64  // when its contents, and its inode, changed last; nanoseconds
}

func (l look) regular() bool   { return l.kind == unix.S_IFREG }
func (l look) directory() bool { return l.kind == unix.S_IFDIR }

// lookAt follows links.
func lookAt(path string) (look, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return look{}, &os.PathError{Op: "look at", Path: path, Err: err}
	}
	return look{
		dev: uint64(st.Dev), ino: st.Ino, kind: uint32(st.Mode) & unix.S_IFMT, size: st.Size, //nolint:unconvert // other types elsewhere
		written: st.Mtim.Nano(), changed: st.Ctim.Nano(),
	}, nil
}

// missing reports whether err says that nothing has that name.
func missing(err error) bool { return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) }

// Of a file that is larger than whole only the ends and the time of writing count:
// to read it again and again would be work that somebody notices.
const (
	whole = 64 << 20
	end   = 1 << 20
)

// printOf is a number for what is in a file.
func (c *Contents) printOf(path string, l look) (uint64, error) {
	// It may be another file by now, and must be no FIFO to wait for.
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	h := empty
	if l.size <= whole {
		return h.read(c.buffer(), io.LimitReader(f, whole))
	}
	h.add(uint64(l.written))
	if _, err := h.read(c.buffer(), io.NewSectionReader(f, 0, end)); err != nil {
		return 0, err
	}
	return h.read(c.buffer(), io.NewSectionReader(f, l.size-end, end))
}

// buffer is to read by; rest gives it back.
func (c *Contents) buffer() []byte {
	if c.buf == nil {
		c.buf = make([]byte, 32<<10)
	}
	return c.buf
}

func (c *Contents) rest() { c.buf = nil }

// printOfAll is a number for how all entries look, in whatever order.
func printOfAll(list map[string]entry) (sum uint64) {
	for name, e := range list {
		h := empty
		h.bytes([]byte(name))
		for _, n := range []uint64{e.dev, e.ino, uint64(e.kind), uint64(e.size), uint64(e.written), uint64(e.changed)} {
			h.add(n)
		}
		sum += uint64(h)
	}
	return sum
}

// print64 is a number for all that was added to it, in the manner of FNV-1a, but
// eight bytes at a time: it tells a change from none, and is no proof against anybody.
// The packages of Go for that cost each start of dmon more than it is worth.
type print64 uint64

const empty print64 = 14695981039346656037

func (h *print64) add(n uint64) {
	const prime = 1099511628211
	*h = (*h ^ print64(n)) * prime
	*h ^= *h >> 29 // what is high is to matter below, too
}

// bytes adds b, which is followed by nothing or whose length is one of eight's.
func (h *print64) bytes(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		h.add(binary.NativeEndian.Uint64(b))
	}
	var last [8]byte
	if n := copy(last[:], b); n > 0 {
		h.add(binary.NativeEndian.Uint64(last[:]))
		h.add(uint64(n))
	}
}

// read adds all of r.
func (h *print64) read(buf []byte, r io.Reader) (uint64, error) {
	for {
		n, err := io.ReadFull(r, buf)
		h.bytes(buf[:n])
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return uint64(*h), nil
		default:
			return 0, err
		}
	}
}
