package logfile

import (
	"bytes"
	"io"

	"golang.org/x/sys/unix"
)

// End says how a file ends. A File alone knows, and changes it with each byte.
type End int

// The ways to end.
const (
	Whole  End = iota // with a newline, or it is empty
	Within            // within a line of ours that the next Write continues
	Torn              // within a line that nobody continues: a newline comes first
	Cut               // with a newline that a line longer than MaxSize got; its rest is next
)

// position is how far a file goes and how it ends there.
type position struct {
	size   int64
	line   int64 // length of the line that the file ends within
	end    End
	change int // how often something happened that nothing is to be taken back across
}

// behind returns the position behind p.
func (at position) behind(p []byte) position {
	at.size += int64(len(p))
	if i := bytes.LastIndexByte(p, '\n'); i >= 0 {
		at.line = int64(len(p) - i - 1)
	} else {
		at.line += int64(len(p))
	}
	at.end = Whole
	if at.line > 0 {
		at.end = Within
	}
	return at
}

// Ends says how the file ends.
func (f *File) Ends() End { return f.at.end }

// Exchanges is another number whenever the file was exchanged for another one, or
// has been written to by others.
func (f *File) Exchanges() int { return f.at.change }

// Continue says that the next Write continues the line that the file was found
// to end within when Exchanges was that. It refuses where the file does not end
// so any more.
func (f *File) Continue(exchanges int) bool {
	if f.hold() != nil || f.at.change != exchanges || f.at.end != Torn {
		f.release()
		return false
	}
	f.at.end = Within
	return true
}

// Abandon says that the next Write does not continue the line under way.
func (f *File) Abandon() {
	switch f.at.end {
	case Within:
		f.at.end = Torn
	case Cut:
		f.at.end = Whole
	}
}

// foundEnd is how a file of that size ends that others have written to.
func (f *File) foundEnd(size int64) End {
	var last [1]byte
	if size > 0 {
		if _, err := f.ReadAt(last[:], size-1); err == nil && last[0] != '\n' {
			return Torn
		}
	}
	return Whole
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, at int64) (n int, err error) { return preader(f.fd).ReadAt(p, at) }

// preader is a descriptor that is read without the runtime's poller.
type preader int

// ReadAt implements io.ReaderAt.
func (fd preader) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		m, err := unix.Pread(int(fd), p[n:], at+int64(n))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return n, err
		}
		if m <= 0 {
			return n, io.EOF
		}
		n += m
	}
	return n, nil
}

// retract takes what stands behind pos off the file, and says whether it could:
// not where others have written behind it, or where it is no file.
func (f *File) retract(pos position) bool {
	if pos.change != f.at.change {
		return false
	}
	if pos.size == f.at.size {
		f.at = pos
		return true
	}
	var st unix.Stat_t
	if !f.named || unix.Fstat(f.fd, &st) != nil || st.Size != f.at.size {
		return false
	}
	if f.call.Truncate(f.fd, pos.size) != nil {
		return false
	}
	f.at = pos
	return true
}
