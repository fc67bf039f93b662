package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"dmon/internal/place"
)

// logs prints the end of the file that the output of the command goes to, and
// with --follow what comes, over rotations.
func (c *ctl) logs() (int, error) {
	t, err := c.one(c.words[0])
	if err != nil {
		return unknownStatus(err), err
	}
	pid := t.Log.Pid
	if pid == 0 {
		pid = t.Cmd.Pid
	}
	if !t.Lives || pid == 0 {
		return 0, fmt.Errorf("%s is %s: nobody has a log open", t.Name, t.State)
	}
	if !t.has(pid) {
		return 0, fmt.Errorf("%s: process %d, of which its record speaks, is not its own", t.Name, pid)
	}
	l := &tail{name: t, pid: pid, logger: t.Log.Pid != 0, out: c.stdout}
	out, err := l.begin()
	if err != nil {
		return 0, err
	}
	if out.path == "" {
		return 0, fmt.Errorf("the output of %s goes to no file: neither a log command nor --stdout writes one", t.Name)
	}
	defer l.file.Close()
	if err := l.last(c.lines); err != nil || !c.follow {
		return 0, err
	}
	dir, _, err := place.Of(out.path)
	if err != nil {
		return 0, err
	}
	defer dir.Close()
	w, err := watchDir(dir)
	if err != nil {
		return 0, err
	}
	defer w.close()
	w.mind(t.Dmon.Pid)
	return c.goOn(func() (bool, error) {
		now, err := t.home.Look(t.Name)
		over := err != nil || !t.isStill(&now)
		switch {
		case over:
		case now.Log.Pid != 0:
			l.pid = now.Log.Pid
		case now.Cmd.Pid != 0 && !l.logger:
			l.pid = now.Cmd.Pid // another run
		}
		return over, l.more() // after the look: all is written by then
	}, &w)
}

// tail is a log that is read to its end, and on.
type tail struct {
	name   *target
	pid    int
	path   string // that the log has before it is rotated
	logger bool
	out    io.Writer
	file   *os.File
	info   os.FileInfo
}

// begin opens the file that the process has open by now, which may be rotated just
// then; no output where that is none.
func (l *tail) begin() (out output, err error) {
	for range 100 {
		if out = outputOf(l.pid, l.logger); out.path == "" {
			return out, nil
		}
		if err = l.open(out); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	return out, err
}

func (l *tail) open(o output) error {
	f, info, err := openPlain(o.link)
	if err != nil {
		return fmt.Errorf("cannot read the log: %w", err)
	}
	if l.file != nil {
		l.file.Close()
	}
	l.file, l.info, l.path = f, info, o.path
	return nil
}

// openGeneration opens a rotated file, if that is still the one that was found.
func (l *tail) openGeneration(g generation) (*os.File, os.FileInfo, error) {
	f, info, err := openPlain(g.path)
	if err != nil {
		return nil, nil, err
	}
	if !os.SameFile(info, g.info) || !l.name.mayOwn(info) {
		f.Close()
		return nil, nil, os.ErrNotExist
	}
	return f, info, nil
}

// last prints the last n lines, of rotated files too where the one that is open has
// just begun.
func (l *tail) last(n int) error {
	end := l.info.Size()
	lines, err := lastLines(l.file, end, n)
	if err != nil {
		return err
	}
	before := rotated(l.path, l.info)
	for i := len(before) - 1; i >= 0 && len(lines) < n; i-- {
		f, _, err := l.openGeneration(before[i])
		if err != nil {
			continue // removed meanwhile
		}
		more, err := lastLines(f, before[i].info.Size(), n-len(lines))
		f.Close()
		if err == nil {
			lines = append(more, lines...)
		}
	}
	if _, err := l.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	_, err = l.out.Write(bytes.Join(lines, nil))
	return err
}

// lastLines are the last n lines before end.
func lastLines(f *os.File, end int64, n int) ([][]byte, error) {
	const piece = 32 << 10
	var text []byte
	for at := end; at > 0 && bytes.Count(text, []byte("\n")) <= n; {
		size := min(at, piece)
		at -= size
		b := make([]byte, size)
		if _, err := f.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		text = append(b, text...)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if last := len(lines) - 1; last >= 0 && len(lines[last]) == 0 {
		lines = lines[:last]
	}
	return lines[max(0, len(lines)-n):], nil
}

// more prints what has come, and goes on with the next file when the writer has.
func (l *tail) more() error {
	for {
		if info, err := l.file.Stat(); err == nil {
			if at, err := l.file.Seek(0, io.SeekCurrent); err == nil && at > info.Size() {
				_, _ = l.file.Seek(0, io.SeekStart) // it was cut off
			}
		}
		if _, err := io.Copy(l.out, l.file); err != nil {
			return err
		}
		if !l.name.has(l.pid) {
			return nil
		}
		out := outputOf(l.pid, l.logger)
		if out.path == "" {
			return nil
		}
		info, err := os.Stat(out.link)
		if err != nil || os.SameFile(info, l.info) {
			return nil
		}
		// The next one is opened first: while the others are looked for, it may be
		// rotated too, and then is where the next round begins.
		next := &tail{}
		switch err := next.open(out); {
		case errors.Is(err, os.ErrNotExist):
			continue // renamed just now
		case err != nil:
			return err
		}
		// What came between the copy and the change of files.
		if _, err := io.Copy(l.out, l.file); err != nil {
			return err
		}
		// The name may be of the moment in which the file was renamed.
		if !isRotated(out.path, l.path) {
			l.path = out.path
		}
		if err := l.between(l.path, next.info); err != nil {
			return err
		}
		l.file.Close()
		l.file, l.info = next.file, next.info
	}
}

// between prints the files that were written after the one that is open and before
// the young one at path: a logger may rotate twice before anybody looks.
func (l *tail) between(path string, young os.FileInfo) error {
	now, err := l.file.Stat()
	if err != nil {
		return nil
	}
	list := rotated(path, young)
	ours := slices.IndexFunc(list, func(g generation) bool { return os.SameFile(g.info, now) })
	for i, g := range list {
		// Several may have the same time: clocks of files are coarse.
		later := i > ours
		if ours < 0 {
			later = g.info.ModTime().After(now.ModTime())
		}
		if !later {
			continue
		}
		f, info, err := l.openGeneration(g)
		if err != nil {
			continue
		}
		l.file.Close()
		l.file, l.info = f, info
		if _, err := io.Copy(l.out, l.file); err != nil {
			return err
		}
	}
	return nil
}
