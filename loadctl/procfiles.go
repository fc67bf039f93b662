package loadctl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// procFile is a file of the kernel's that is read again and again.
type procFile struct {
	path string
	buf  []byte
}

func newProcFile(root string, name ...string) procFile {
	if root == "" {
		root = "/proc"
	}
	return procFile{path: filepath.Join(append([]string{root}, name...)...), buf: make([]byte, 1024)}
}

// head returns what stands at the start of the file, a kilobyte at most, which
// is good until the next call.
func (f *procFile) head() ([]byte, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	n, err := file.Read(f.buf)
	if n > 0 {
		return f.buf[:n], nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = &fs.PathError{Op: "read", Path: f.path, Err: errCutShort}
	}
	return nil, err
}

func (f *procFile) garbled(what string) error {
	return &fs.PathError{Op: "read", Path: f.path, Err: errors.New(what)}
}

// stalls is a line of /proc/pressure: how much of the last ten seconds, in
// percent, some task was held up, and for how long in all.
type stalls struct {
	recent float64
	total  time.Duration
}

// parseStalls reads the line "some avg10=0.00 avg60=0.00 avg300=0.00 total=0".
func parseStalls(text []byte) (s stalls, err error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	words := bytes.Fields(line)
	if len(words) < 5 || string(words[0]) != "some" {
		return s, errors.New("no line of pressure")
	}
	recent, ok1 := bytes.CutPrefix(words[1], []byte("avg10="))
	total, ok2 := bytes.CutPrefix(words[len(words)-1], []byte("total="))
	if !ok1 || !ok2 {
		return s, errors.New("no line of pressure")
	}
	if s.recent, err = strconv.ParseFloat(string(recent), 64); err != nil || !(s.recent >= 0 && s.recent <= 100) {
		return s, fmt.Errorf("%q is no percentage", recent)
	}
	us, err := strconv.ParseUint(string(total), 10, 53) // 285 years
	if err != nil {
		return s, fmt.Errorf("%q is no time", total)
	}
	s.total = time.Duration(us) * time.Microsecond
	return s, nil
}

// tick is the unit of times in /proc/stat, whatever the kernel's own is.
const tick = 10 * time.Millisecond

// processors is what all processors together have done since boot. Only the
// difference of two is of use: a duration holds 292 years, which a thousand
// processors have behind them in four months, and wraps; differences do not mind.
type processors struct{ idle, busy time.Duration }

// parseProcessors reads the line "cpu user nice system idle iowait irq softirq
// steal guest guest_nice". Waiting for a disk is idle: the processor is free.
// Guests are in user and nice already.
func parseProcessors(text []byte) (p processors, err error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	words := bytes.Fields(line)
	if len(words) < 5 || string(words[0]) != "cpu" {
		return p, errors.New("no line of processors")
	}
	for i, w := range words[1:min(len(words), 9)] {
		n, err := strconv.ParseUint(string(w), 10, 50)
		if err != nil {
			return p, fmt.Errorf("%q is no time", w)
		}
		if d := time.Duration(n) * tick; i == 3 || i == 4 {
			p.idle += d
		} else {
			p.busy += d
		}
	}
	return p, nil
}

// memory is what /proc/meminfo says, in bytes.
type memory struct{ total, available int64 }

func parseMemory(text []byte) (m memory, err error) {
	found := 0
	for line := range bytes.Lines(text) {
		words := bytes.Fields(line)
		if len(words) < 2 {
			continue
		}
		var to *int64
		switch string(words[0]) {
		case "MemTotal:":
			to = &m.total
		case "MemAvailable:":
			to = &m.available
		default:
			continue
		}
		kilobytes, err := strconv.ParseInt(string(words[1]), 10, 53)
		if err != nil || kilobytes < 0 {
			return memory{}, fmt.Errorf("%q is no size", words[1])
		}
		*to = kilobytes << 10
		found++
	}
	if found != 2 || m.total == 0 {
		return memory{}, errors.New("no total and available memory")
	}
	return m, nil
}
