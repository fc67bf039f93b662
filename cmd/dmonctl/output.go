package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// output is a file that a process has open: by its name, and by the link of /proc,
// which leads to that file and no other, whatever becomes of the name.
type output struct{ path, link string }

// outputOf finds the file that process pid writes its output to: what the log
// command has open for writing, or the standard output of the command.
func outputOf(pid int, logger bool) (best output) {
	base := "/proc/" + strconv.Itoa(pid)
	if !logger {
		return regular(base + "/fd/1")
	}
	fds, _ := filepath.Glob(base + "/fd/*")
	newest := time.Time{}
	for _, fd := range fds {
		out := regular(fd)
		if out.path == "" || filepath.Base(out.path) == "lock" || !writable(base, filepath.Base(fd)) {
			continue
		}
		info, err := os.Stat(fd)
		if err == nil && (best.path == "" || info.ModTime().After(newest)) {
			best, newest = out, info.ModTime()
		}
	}
	return best
}

// regular is the regular file behind a link of /proc, nothing for anything else, a
// file without a name too.
func regular(link string) output {
	info, err := os.Stat(link)
	if err != nil || !info.Mode().IsRegular() {
		return output{}
	}
	path, err := os.Readlink(link)
	if err != nil || strings.HasSuffix(path, " (deleted)") {
		return output{}
	}
	return output{path, link}
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

// openPlain opens a regular file, and waits for nobody if it is something else by now:
// then it is not there.
func openPlain(path string) (*os.File, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if errors.Is(err, syscall.ENXIO) { // a socket
		err = os.ErrNotExist
	}
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "read", Path: path, Err: os.ErrNotExist}
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
