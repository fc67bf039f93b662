package loadctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v3/common"
	"github.com/shirou/gopsutil/v3/load"
)

// Window is what a load average is taken over, in minutes.
type Window int

// The windows that kernels keep.
const (
	OneMinute      Window = 1
	FiveMinutes    Window = 5
	FifteenMinutes Window = 15
)

// loadEvery is how often the kernel computes its load averages, but for one
// tick. Between two of its turns they stand still: sampling more often costs
// wake-ups and tells nothing.
const loadEvery = 5 * time.Second

// LoadAverage returns a sampler of the kernel's load average over w. root is
// where /proc is mounted, "" for the usual place; it matters on Linux only.
func LoadAverage(root string, w Window) Sampler {
	if root == "" {
		root = "/proc"
	}
	env := common.EnvMap{common.HostProcEnvKey: root}
	return &loadAverage{
		window: w,
		file:   filepath.Join(root, "loadavg"),
		ctx:    context.WithValue(context.Background(), common.EnvKey, env),
	}
}

type loadAverage struct {
	window Window
	file   string
	ctx    context.Context // of no call: it is how the library takes its root
}

func (l *loadAverage) Name() string {
	if l.window == OneMinute {
		return "load"
	}
	return fmt.Sprintf("%d-minute load", l.window)
}

func (l *loadAverage) Every() time.Duration { return loadEvery }

func (l *loadAverage) Average() Average { return averageOver(l.window) }

func (l *loadAverage) Sample() (float64, error) {
	v, err := l.sample()
	if err == nil && !(v >= 0 && v <= math.MaxFloat64) {
		err = fmt.Errorf("%v is none", v)
	}
	if err != nil {
		return 0, fmt.Errorf("cannot read the load average: %w", err)
	}
	return v, nil
}

func (l *loadAverage) sample() (v float64, err error) {
	// Where the file is missing or garbled the library answers with sysinfo(2).
	// In a container that is another machine's load: a gate that changes what
	// it looks at without a word is worse than one that says it is blind.
	if runtime.GOOS == "linux" {
		if err := checkLoadFile(l.file); err != nil {
			return 0, err
		}
	}
	// And where the file is short the library runs off its end, which the
	// check leaves time for, if hardly any.
	defer func() {
		if recover() != nil {
			err = &fs.PathError{Op: "read", Path: l.file, Err: errCutShort}
		}
	}()
	avg, err := load.AvgWithContext(l.ctx)
	if err != nil {
		return 0, err
	}
	switch l.window {
	case OneMinute:
		return avg.Load1, nil
	case FiveMinutes:
		return avg.Load5, nil
	case FifteenMinutes:
		return avg.Load15, nil
	default:
		return 0, fmt.Errorf("no kernel keeps one over %d minutes", l.window)
	}
}

var (
	errCutShort = errors.New("cut short")
	errGarbled  = errors.New("not three numbers")
)

// checkLoadFile reports why the library would not take its answer from file.
func checkLoadFile(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 3 {
		return &fs.PathError{Op: "read", Path: file, Err: errCutShort}
	}
	for _, f := range fields[:3] {
		if _, err := strconv.ParseFloat(f, 64); err != nil {
			return &fs.PathError{Op: "read", Path: file, Err: errGarbled}
		}
	}
	return nil
}
