package loadctl

import (
	"testing"
	"time"
)

// The kernel that runs the test has all three files, in its own form.
func TestFilesOfThisMachine(t *testing.T) {
	read := func(name ...string) []byte {
		f := newProcFile("", name...)
		text, err := f.head()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if p, err := parseProcessors(read("stat")); err != nil || p.idle+p.busy < time.Second {
		t.Errorf("%v, %v", p, err)
	}
	if m, err := parseMemory(read("meminfo")); err != nil || m.available <= 0 || m.available > m.total {
		t.Errorf("%v, %v", m, err)
	}
	for _, r := range []Resource{CPU, IO, Memory} {
		if _, err := parseStalls(read("pressure", string(r))); err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
}

func TestParsers(t *testing.T) {
	p, err := parseProcessors([]byte("cpu  1 2 3 40 50 6 7 8 900 900\ncpu0 1\n"))
	if err != nil || p.idle != 900*time.Millisecond || p.busy != 270*time.Millisecond {
		t.Errorf("%v, %v", p, err)
	}
	if p, err := parseProcessors([]byte("cpu 1 2 3 4")); err != nil || p.idle != 40*time.Millisecond {
		t.Errorf("an old kernel's: %v, %v", p, err)
	}
	s, err := parseStalls([]byte("some avg10=12.34 avg60=0.00 avg300=0.00 total=5\nfull"))
	if err != nil || s.recent != 12.34 || s.total != 5*time.Microsecond {
		t.Errorf("%v, %v", s, err)
	}
	for _, text := range []string{
		"", "some", "full avg10=0.00 avg60=0.00 avg300=0.00 total=0", "some avg10=x avg60=0 avg300=0 total=1",
		"some avg10=-1 avg60=0 avg300=0 total=1", "some avg10=NaN avg60=0 avg300=0 total=1", "some avg10=1 avg60=0 avg300=0 total=-1",
		"some avg60=1 avg10=0 avg300=0 total=1", "some avg10=1 avg60=0 avg300=0 avg10=1",
	} {
		if s, err := parseStalls([]byte(text)); err == nil {
			t.Errorf("%q: %v", text, s)
		}
	}
	for _, text := range []string{"", "cpu 1 2 3", "cpu0 1 2 3 4", "cpu 1 2 -3 4", "cpu 1 2 3 x"} {
		if p, err := parseProcessors([]byte(text)); err == nil {
			t.Errorf("%q: %v", text, p)
		}
	}
	for _, text := range []string{"", "MemTotal: 1 kB", "MemTotal: 0 kB\nMemAvailable: 0 kB", "MemTotal: x\nMemAvailable: 1", "MemTotal: 1\nMemAvailable: -1"} {
		if m, err := parseMemory([]byte(text)); err == nil {
			t.Errorf("%q: %v", text, m)
		}
	}
}

func FuzzStalls(f *testing.F) {
	f.Add([]byte("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseStalls(text); err == nil && !(s.recent >= 0 && s.recent <= 100 && s.total >= 0) {
			t.Errorf("%q: %v", text, s)
		}
	})
}

func FuzzProcessors(f *testing.F) {
	f.Add([]byte("cpu  1 2 3 4 5 6 7 8 9 10\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := parseProcessors(text); err == nil && (p.idle < 0 || p.busy < 0) {
			t.Errorf("%q: %v", text, p)
		}
	})
}

func FuzzMemory(f *testing.F) {
	f.Add([]byte("MemTotal: 5 kB\nMemAvailable: 4 kB\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if m, err := parseMemory(text); err == nil && (m.total <= 0 || m.available < 0) {
			t.Errorf("%q: %v", text, m)
		}
	})
}
