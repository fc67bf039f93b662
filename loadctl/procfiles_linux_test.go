package loadctl

import (
	"bytes"
	"fmt"
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

// However long the machine has been up, half a second more is half a second.
func FuzzProcessors(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Add(uint64(1)<<63/uint64(tick)-2, uint64(1)<<63/uint64(tick)-2) // a duration wraps in between
	f.Fuzz(func(t *testing.T, busy, idle uint64) {
		const most = 1<<50 - 50
		busy, idle = busy%most, idle%most
		before, err := parseProcessors(fmt.Appendf(nil, "cpu  %d 2 3 %d 5 6 7 8 9 10\n", busy, idle))
		after, err2 := parseProcessors(fmt.Appendf(nil, "cpu  %d 2 3 %d 5 6 7 8 9 10\n", busy+50, idle+50))
		if err != nil || err2 != nil || after.busy-before.busy != 50*tick || after.idle-before.idle != 50*tick {
			t.Errorf("%v, %v, %v, %v", before, after, err, err2)
		}
	})
}

func FuzzProcessorsGarbled(f *testing.F) {
	f.Add([]byte("cpu  1 2 3 4 5 6 7 8 9 10\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		words := bytes.Fields(bytes.SplitN(text, []byte("\n"), 2)[0])
		_, err := parseProcessors(text)
		if plain := len(words) > 4 && !bytes.ContainsFunc(bytes.Join(words[1:min(len(words), 9)], nil), func(c rune) bool { return c < '0' || c > '9' }); !plain && err == nil {
			t.Errorf("%q is taken for times", text)
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
