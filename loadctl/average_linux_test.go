package loadctl

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The figures are none that a machine running tests has by chance: were the
// file passed over, its own load would show.
func TestLoadAverageFile(t *testing.T) {
	const short = "cannot read the load average: read ROOT/loadavg: cut short"
	const garbled = "cannot read the load average: read ROOT/loadavg: not three numbers"
	for _, row := range []struct{ text, want string }{
		{"1000.52 2000.31 3000.20 2/345 6789\n", "1000.52"},
		{"1000.52 2000.31 3000.20", "1000.52"},
		{"0.00 0.00 0.00 1/1 1\n", "0"},
		{"1e3 1 1", "1000"},
		{"", short}, {"\n", short}, {"1000.52\n", short}, {"1000.52 2000.31\n", short},
		{"busy 1 1 1/1 1\n", garbled}, {"1 1 x\n", garbled}, {"1 1,5 1\n", garbled}, {"1 1e999 1\n", garbled},
		{"-1.00 1 1\n", "cannot read the load average: -1 is none"},
		{"NaN 1 1\n", "cannot read the load average: NaN is none"},
		{"inf 1 1\n", "cannot read the load average: +Inf is none"},
	} {
		root := rootWith(t, "loadavg", row.text)
		v, err := LoadAverage(root, OneMinute).Sample()
		if got := oneLiner(root, v, err); got != row.want {
			t.Errorf("%q: got %s, want %s", row.text, got, row.want)
		}
	}
}

func TestLoadAverageWindows(t *testing.T) {
	root := rootWith(t, "loadavg", "1000.52 2000.31 3000.20 2/345 6789\n")
	for w, want := range map[Window]float64{OneMinute: 1000.52, FiveMinutes: 2000.31, FifteenMinutes: 3000.20} {
		if v, err := LoadAverage(root, w).Sample(); v != want || err != nil {
			t.Errorf("window %d: %v, %v, want %v", w, v, err, want)
		}
	}
}

// gopsutil would ask sysinfo(2) instead, which knows nothing of root.
func TestLoadAverageWithoutFile(t *testing.T) {
	root := t.TempDir()
	v, err := LoadAverage(root, OneMinute).Sample()
	want := "cannot read the load average: open ROOT/loadavg: no such file or directory"
	if got := oneLiner(root, v, err); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// gopsutil would look where this variable points, and the gate of a service
// must not hang on who started it.
func TestLoadAverageIgnoresEnvironment(t *testing.T) {
	t.Setenv("HOST_PROC", rootWith(t, "loadavg", "4000.00 4000.00 4000.00 1/1 1\n"))
	if v, err := LoadAverage("", OneMinute).Sample(); v >= 4000 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// The file may be cut between the check and the library's own read. A panic
// there would take the supervisor with it.
func TestLoadAverageCutInBetween(t *testing.T) {
	checked := rootWith(t, "loadavg", "1 2 3 1/1 1\n")
	s := LoadAverage(rootWith(t, "loadavg", "1 2\n"), OneMinute).(*loadAverage)
	s.file = filepath.Join(checked, "loadavg")
	if v, err := s.Sample(); err == nil || !strings.HasSuffix(err.Error(), "cut short") {
		t.Errorf("got %v, %v", v, err)
	}
}

// FuzzLoadAverage: whatever the file holds, the sample is the number at its
// beginning or an error.
func FuzzLoadAverage(f *testing.F) {
	for _, text := range []string{"0.52 0.31 0.20 2/345 6789\n", "", "1", "1 2", "NaN 1 1", "1 1 1e999", "0x1p4 1 1", "-0 1 1", "1_0 1 1", "\xff 1 1"} {
		f.Add([]byte(text))
	}
	file := filepath.Join(f.TempDir(), "loadavg")
	s := LoadAverage(filepath.Dir(file), OneMinute)
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
		v, err := s.Sample()
		if err != nil {
			if v != 0 {
				t.Errorf("%q: %v beside the error %v", text, v, err)
			}
			return
		}
		first, _ := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
		if v != first || v < 0 || math.IsInf(v, 0) {
			t.Errorf("%q: got %v", text, v)
		}
	})
}

func TestCPUs(t *testing.T) {
	const tail = "intr 1 2 3\nctxt 5\nbtime 1\ncpufreq 1\n"
	for _, row := range []struct{ text, want string }{
		{"cpu  1 2 3\ncpu0 1 2 3\n" + tail, "1"},
		{"cpu  1 2 3\ncpu0 1 2\ncpu1 1 2\ncpu7 1 2\n" + tail, "3"},
		{"cpu  1 2 3\ncpu0 1 2\nintr " + strings.Repeat("0 ", 100_000) + "\n", "1"},
		{"cpu  1 2 3\n" + tail, "cannot count the processors: ROOT/stat names none"},
		{tail, "cannot count the processors: ROOT/stat names none"},
		{"", "cannot count the processors: ROOT/stat names none"},
	} {
		root := rootWith(t, "stat", row.text)
		n, err := CPUs(root)
		if got := oneLiner(root, n, err); got != row.want {
			t.Errorf("%.40q: got %s, want %s", row.text, got, row.want)
		}
	}
	root := t.TempDir()
	n, err := CPUs(root)
	if got, want := oneLiner(root, n, err), "cannot count the processors: open ROOT/stat: no such file or directory"; got != want {
		t.Errorf("no file: got %s, want %s", got, want)
	}
}
