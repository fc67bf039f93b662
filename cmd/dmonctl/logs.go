package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

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
	path := outputOf(pid, t.Log.Pid != 0)
	if path == "" {
		return 0, fmt.Errorf("the output of %s goes to no file (there is neither a log command that writes one, nor --stdout)", t.Name)
	}
	l := &tail{pid: pid, logger: t.Log.Pid != 0, out: c.stdout}
	if err := l.open(path); err != nil {
		return 0, err
	}
	defer l.file.Close()
	if err := l.last(c.lines); err != nil || !c.follow {
		return 0, err
	}
	dir, _, err := place.Of(path)
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

// outputOf finds the file that process pid writes its output to: what the log
// command has open for writing, or the standard output of the command.
func outputOf(pid int, logger bool) string {
	base := "/proc/" + strconv.Itoa(pid)
	if !logger {
		return regular(base + "/fd/1")
	}
	fds, _ := filepath.Glob(base + "/fd/*")
	best, newest := "", time.Time{}
	for _, fd := range fds {
		path := regular(fd)
		if path == "" || filepath.Base(path) == "lock" || !writable(base, filepath.Base(fd)) {
			continue
		}
		info, err := os.Stat(path)
		if err == nil && (best == "" || info.ModTime().After(newest)) {
			best, newest = path, info.ModTime()
		}
	}
	return best
}

// regular is the path of the regular file behind a link of /proc, "" for
// anything else, a file without a name too.
func regular(link string) string {
	info, err := os.Stat(link)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	path, err := os.Readlink(link)
	if err != nil || strings.HasSuffix(path, " (deleted)") {
		return ""
	}
	return path
}

// writable reports whether descriptor fd is open for writing.
func writable(base, fd string) bool {
	text, _ := os.ReadFile(base + "/fdinfo/" + fd)
	for line := range strings.Lines(string(text)) {
		if flags, ok := strings.CutPrefix(line, "flags:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(flags), 8, 64)
			return int(n)&(os.O_WRONLY|os.O_RDWR) != 0
		}
	}
	return false
}

// tail is a log that is read to its end, and on.
type tail struct {
	pid    int
	logger bool
	out    io.Writer
	file   *os.File
	info   os.FileInfo
}

func (l *tail) open(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read the log: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	if l.file != nil {
		l.file.Close()
	}
	l.file, l.info = f, info
	return nil
}

// last prints the last n lines, of rotated files too where the one that is open has
// just begun.
func (l *tail) last(n int) error {
	end := l.info.Size()
	lines, err := lastLines(l.file, end, n)
	if err != nil {
		return err
	}
	before := rotated(l.file.Name(), l.info)
	for i := len(before) - 1; i >= 0 && len(lines) < n; i-- {
		f, err := os.Open(before[i].path)
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
		path := outputOf(l.pid, l.logger)
		if path == "" {
			return nil
		}
		info, err := os.Stat(path)
		if err != nil || os.SameFile(info, l.info) {
			return nil
		}
		// The next one is opened first: while the others are looked for, it may be
		// rotated too, and then is where the next round begins.
		next := &tail{out: l.out}
		switch err := next.open(path); {
		case errors.Is(err, os.ErrNotExist):
			continue // renamed just now
		case err != nil:
			return err
		}
		// What came between the copy and the change of files.
		if _, err := io.Copy(l.out, l.file); err != nil {
			return err
		}
		if err := l.between(path, next.info); err != nil {
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
		if !later || l.open(g.path) != nil {
			continue
		}
		if _, err := io.Copy(l.out, l.file); err != nil {
			return err
		}
	}
	return nil
}
