package logfile

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"
)

// Write appends p: whole lines, or pieces of a long one that the next Write
// continues. With an error, the n bytes that stand in the file are whole lines,
// where what was behind them could be taken back.
func (f *File) Write(p []byte) (n int, err error) {
	f.prepare(time.Now())
	for n < len(p) {
		k := f.fit(p[n:])
		switch {
		case f.at.end == Cut && p[n] == '\n':
			// The line ended where it was cut, and has its newline.
			k, f.at.end = 1, Whole
			f.accepted++
		case k > 0:
			if k, err = f.append(p[n : n+k]); err != nil {
				return n + k, err
			}
		case f.at.end == Within:
			if err := f.cut(); err != nil {
				return n, err
			}
		default:
			f.full(time.Now())
		}
		n += k
	}
	return n, nil
}

// WriteAll appends p, all of it to one file, and leaves nothing of it there if that
// fails.
func (f *File) WriteAll(p []byte) error {
	f.prepare(time.Now())
	if err := f.hold(); err != nil {
		return err
	}
	if f.o.MaxSize > 0 && f.between() && f.fit(p) < len(p) && f.at.size > 0 {
		f.full(time.Now())
	}
	n, err := 0, error(nil)
	before := f.at
	for n == 0 && err == nil {
		before = f.at
		n, err = f.append(p)
	}
	if err == nil || n == 0 {
		return err
	}
	f.accepted -= n
	if f.hold() != nil || !f.retract(before) {
		f.Abandon()
	}
	f.release()
	return err
}

// append writes p, before anybody who keeps to our lock writes anything. 0
// without an error says that it has to be tried again, in another file.
func (f *File) append(p []byte) (n int, err error) {
	if err := f.hold(); err != nil {
		return 0, err
	}
	f.makeRoom(len(p))
	if f.at.end == Torn {
		start := f.at
		if _, err = f.write([]byte{'\n'}); err != nil {
			f.at = start
			f.release()
			return 0, err
		}
	}
	if f.at.size == 0 {
		f.begun(time.Now())
	}
	start := f.at
	n, err = f.write(p)
	if err != nil {
		n = f.wholeLines(start, p, n)
	}
	// Who takes a file away and reads it finds what was there while it had its
	// name. What came later he may never see.
	if now := time.Now(); n > 0 && f.named && !now.Before(f.adrift) && f.moved(now) {
		n = f.stray(start, n, now)
	}
	f.accepted += n
	f.size.Store(f.at.size)
	if err != nil || f.at.end != Within {
		f.release()
	}
	return n, err
}

// write is write(2); with an error, n bytes were written nevertheless.
func (f *File) write(p []byte) (n int, err error) {
	if f.lost != nil {
		return 0, f.lost
	}
	for n < len(p) {
		m, err := f.call.Write(f.fd, p[n:])
		if err == unix.EINTR {
			continue
		}
		if err == nil && m <= 0 {
			// Nothing defines this; call it full rather than trying for ever.
			err = unix.ENOSPC
		}
		if err != nil {
			return n, err
		}
		f.at = f.at.behind(p[n : n+m])
		n += m
	}
	return n, nil
}

// wholeLines takes the part of a line at the end of the n bytes of p that were
// written from start back out of the file, so that there is no half line in it
// while nothing can be written, and returns how much of p stands there now.
func (f *File) wholeLines(start position, p []byte, n int) int {
	whole := bytes.LastIndexByte(p[:n], '\n') + 1
	if n == whole {
		return n
	}
	if end, err := unix.Seek(f.fd, 0, unix.SEEK_CUR); err == nil && f.named && end != f.at.size {
		// Others who know no lock have written in front of ours.
		f.at.change++
		start.size, start.change = start.size+end-f.at.size, f.at.change
		f.at.size = end
	}
	back := start
	if whole > 0 {
		back = start.behind(p[:whole])
	}
	if f.retract(back) {
		return whole
	}
	return n
}

// fit says how much of p may go into the file as it is, whole lines if any are
// in it; 0 means that the file is full.
func (f *File) fit(p []byte) int {
	limit := f.o.MaxSize
	if limit <= 0 || !f.named || f.at.size+int64(len(p)) <= limit || f.failed != nil {
		return len(p)
	}
	if time.Now().Before(f.after) {
		return len(p) // it was tried a moment ago
	}
	first := bytes.IndexByte(p, '\n') + 1
	if f.at.end == Within {
		// A line goes on in its file for as long as it is not too long itself.
		if first == 0 {
			first = len(p)
		}
		return int(max(0, min(int64(first), limit-1-f.at.line)))
	}
	if room := limit - f.at.size; room > 0 {
		if n := bytes.LastIndexByte(p[:room], '\n') + 1; n > 0 {
			return n
		}
	}
	if f.at.size > 0 {
		return 0
	}
	return int(max(1, min(int64(len(p)), limit-1)))
}

// cut ends a line that is as long as a file may be, and begins a new file.
func (f *File) cut() error {
	if _, err := f.append([]byte{'\n'}); err != nil {
		return err
	}
	f.accepted-- // nobody asked for it
	f.at.end = Cut
	f.full(time.Now())
	return nil
}

// full rotates a file that has no room left, or lets some time pass before the
// next attempt.
func (f *File) full(now time.Time) {
	old, end := f.info, f.at.end
	f.rotateNow(now)
	if old.Same(f.info) && f.at.size > 0 {
		f.after = now.Add(f.o.Retry)
	} else if f.at.size == 0 && end == Cut {
		f.at.end, f.settled.end = Cut, Cut
	}
}
