package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"dmon/internal/place"
	"dmon/internal/proc"
	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// Last words are the end of what a run has written, read from where that went: nothing
// is copied for them while all goes well.
const (
	wordsLines = 20
	wordsBytes = 4096
	// wordsPatience is how long the log command may take to write what is in the pipe.
	wordsPatience = time.Second
	// wordsSlack is how far the clock of a file system may be behind ours.
	wordsSlack = time.Second
)

// lastWords keeps those of one run.
type lastWords struct {
	run    int // of text; 0: of none
	text   string
	latest int      // run that has ended
	file   *os.File // that the log command wrote to at that time; nil: it wrote to none
}

// noteEnd is told of events, where last words are asked for. A log command may be gone
// when they are read, and its file is not to be found any more.
func (w *world) noteEnd(e supervise.Event) {
	if e.Kind != supervise.Exited || e.Task != supervise.Cmd {
		return
	}
	w.words.latest = e.Run
	if f := w.children.LogFile(); f != nil {
		w.words.forget()
		w.words.file = f
	}
}

// lastWords are the last words of the run that e is about. They fail with
// supervise.ErrSoon while the log command has more to write.
func (w *world) lastWords(e *supervise.Event) (string, error) {
	l := &w.words
	switch {
	case e.Began.IsZero() || e.Task != supervise.Cmd:
		return "", nil
	case l.run == e.Run:
		return l.text, nil
	}
	if l.file == nil { // it may have had none to write to by then
		l.file = w.children.LogFile()
	}
	if !w.children.LogRests() && time.Since(e.Time) < wordsPatience {
		return "", supervise.ErrSoon
	}
	l.run, l.text = e.Run, w.readWords(l.file, e.Began.Add(-wordsSlack))
	if l.run >= l.latest {
		l.forget()
	}
	return l.text, nil
}

func (l *lastWords) forget() {
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
}

// readWords reads the end of the first of the files that output may have gone to that
// was written since the run began: errors first.
func (w *world) readWords(log *os.File, began time.Time) string {
	cmd := &w.opts.Cmd
	named := func(path string) func() (*os.File, error) {
		return func() (*os.File, error) { return openWords(path) }
	}
	own := func(fd int) func() (*os.File, error) {
		return func() (*os.File, error) { return openOwn(fd) }
	}
	from := []func() (*os.File, error){named(cmd.Open[2])}
	switch {
	case log != nil:
		from = append(from, func() (*os.File, error) { return duplicate(log) })
	case w.pipe != nil:
		// It is gone, and was too quick for us: what it was told to write to may be there.
		for _, word := range w.opts.Log.Argv[1:] {
			from = append(from, named(word))
		}
	}
	from = append(from, named(cmd.Open[1]))
	if cmd.Open[2] == "" && cmd.Stdio[2] != proc.SameAsStdout {
		from = append(from, own(unix.Stderr))
	}
	if cmd.Open[1] == "" && w.pipe == nil {
		from = append(from, own(unix.Stdout))
	}
	for _, open := range from {
		if text := words(began, open); text != "" {
			return text
		}
	}
	return ""
}

// words returns what a file ends with, "" if it was not written since then or cannot
// be read.
func words(since time.Time, open func() (*os.File, error)) string {
	f, err := open()
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.ModTime().Before(since) {
		return ""
	}
	return endOf(f, info.Size())
}

var errNoWords = errors.New("nothing to be read")

// openWords opens a file of --stdout or --stderr, if it is still the user's own.
func openWords(path string) (*os.File, error) {
	if path == "" {
		return nil, errNoWords
	}
	d, name, err := place.Follow(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	f, info, err := d.Open(name, unix.O_RDONLY, 0)
	if err == nil && (!info.Regular() || !d.Ours() && info.Links > 1) {
		f.Close()
		return nil, errNoWords
	}
	return f, err
}

// openOwn opens what our own stream goes to, which the command has from us.
func openOwn(fd int) (*os.File, error) {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, errNoWords
	}
	return os.OpenFile("/dev/fd/"+string(rune('0'+fd)), os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
}

func duplicate(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// ours are our own messages, which go where the command's errors may.
func ours(line []byte) bool { return bytes.HasPrefix(line, []byte("dmon: ")) }

// endOf is the last lines of the size bytes of f, made text.
func endOf(f io.ReaderAt, size int64) string {
	from := max(0, size-wordsBytes)
	b := make([]byte, size-from)
	n, err := f.ReadAt(b, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return ""
	}
	b = bytes.TrimRight(b[:n], "\n\x00")
	if i := bytes.IndexByte(b, '\n'); from > 0 && i >= 0 {
		b = b[i+1:] // it is the end of a line
	}
	lines := slices.DeleteFunc(bytes.Split(b, []byte{'\n'}), ours)
	lines = lines[max(0, len(lines)-wordsLines):]
	return strings.ToValidUTF8(string(bytes.Join(lines, []byte{'\n'})), "\uFFFD")
}
