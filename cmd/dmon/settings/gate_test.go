package settings

import (
	"fmt"
	"strings"
	"testing"
)

// gates are the options of a command line as --explain says them, or the error.
func gates(args ...string) string {
	s, err := Parse(append(args, "true"))
	if err != nil {
		return err.Error()
	}
	return strings.Join(s.Gate.words(), "; ")
}

// tiny is the least number that there is: half of it is none.
var tiny = "0." + strings.Repeat("0", 323) + "5"

func TestGateOptions(t *testing.T) {
	for _, row := range []struct{ args, want string }{
		{"", ""},
		{"-L 4", "paused while the 1-minute load average is above 4, resumed below 2"},
		{"-L 4 -l 3.5 --load-window 15 --load-of Others", "paused while the 15-minute load average of others is above 4, resumed below 3.5"},
		{"--load-of others", "--load-of means nothing without --load-high"},
		{"-L 4 --load-of mine", `--load-of: "mine" is none of all, others`},
		{"--pressure cpu=20", "paused while the cpu pressure is above 20%, resumed below 10%, when enough processors are idle"},
		{"--pressure IO=20%:5% --pressure memory=0.5:0.25", "paused while the io pressure is above 20%, resumed below 5%; paused while the memory pressure is above 0.5%, resumed below 0.25%"},
		{"--pressure io=20 --pressure io=30", "paused while the io pressure is above 30%, resumed below 15%"},
		{"--pressure cpu", `--pressure: "cpu" is not RESOURCE=HIGH[:LOW], like cpu=20:5`},
		{"--pressure disk=3", `--pressure: "disk" is none of cpu, io, memory`},
		{"--pressure cpu=20:20", `--pressure: "cpu=20:20": LOW is not below HIGH`},
		{"--pressure cpu=", `--pressure: "" is not a percentage above 0 and below 100`},
		{"--pressure cpu=20:", `--pressure: "" is not a percentage above 0 and below 100`},
		{"--pressure cpu=0", `--pressure: "0" is not a percentage above 0 and below 100`},
		{"--pressure cpu=100", `--pressure: "100" is not a percentage above 0 and below 100`},
		{"--pressure cpu=1e1", `--pressure: "1e1" is not a percentage above 0 and below 100`},
		{"--pressure cpu=20:1x", `--pressure: "1x" is not a percentage above 0 and below 100`},
		{"--min-memory 512m", "paused while less than 512m of the memory is available, resumed a tenth above"},
		{"--min-memory 7.5%", "paused while less than 7.5% of the memory is available, resumed a tenth above"},
		{"--min-memory 0", `--min-memory: "0": less than nothing is never available`},
		{"--min-memory 100%", `--min-memory: "100%" is not a percentage above 0 and below 100`},
		{"--min-memory -5", `--min-memory: "-5" is not a SIZE: a SIZE is bytes, or a number with k, m, g or t (times 1024), like 4096, 16m or 1.5GiB`},
		{"--min-memory 95%", "paused while less than 95% of the memory is available, resumed a quarter of the rest above"},
		{"--pressure cpu=20 --pause-after 30s --max-pause 1h", "paused while the cpu pressure is above 20%, resumed below 10%, when enough processors are idle; paused only when that was so for 30s; paused for 1h at most, then it works for as long as before"},
		{"--pause-after 0 --max-pause 0", ""},
		{"--pause-after 30s", "--pause-after means nothing without a gate"},
		{"--max-pause 30s", "--max-pause means nothing without a gate"},
		{"-L 0", `-L, --load-high: "0" is not a limit: a number above 0, or one with x for times the number of CPUs, like 4, 0.5 or 2.5x`},
		{"-L 4 -l 0", `-l, --load-low: "0" is not a limit: a number above 0, or one with x for times the number of CPUs, like 4, 0.5 or 2.5x`},
		{"-L 4 -l 0x", `-l, --load-low: "0x" is not a limit: a number above 0, or one with x for times the number of CPUs, like 4, 0.5 or 2.5x`},
		{"--pressure cpu=20:0", `--pressure: "0" is not a percentage above 0 and below 100`},
		{"--pressure io=" + tiny, `--pressure: "io=` + tiny + `": no pressure is below half of that`},
		{"-L " + tiny, "--load-high 5e-324: the load is never below half of that"},
		{"--pressure help", "cpu\nio\nmemory"},
	} {
		if got := gates(strings.Fields(row.args)...); got != row.want {
			t.Errorf("%s:\n got %q\nwant %q", row.args, got, row.want)
		}
	}
}

// FuzzPressure: what is accepted is a gate that can close and open.
func FuzzPressure(f *testing.F) {
	for _, s := range []string{"cpu=20", "io=5:1", "memory=99.9%:0.1%", "cpu", "cpu=", "cpu=1:2", "=3", "cpu=NaN", "cpu=1_0", "cpu=.:."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var list []pressureLimit
		if addPressure(&list, s) != nil {
			if list != nil {
				t.Errorf("%q: an error, and %v", s, list)
			}
			return
		}
		p := list[0]
		again := []pressureLimit(nil)
		if !(0 < p.low && p.low < p.high && p.high < 100) {
			t.Errorf("%q: %v", s, p)
		}
		if err := addPressure(&again, fmt.Sprintf("%s=%.17f:%.17f", p.resource, p.high, p.low)); err == nil && again[0].resource != p.resource {
			t.Errorf("%q: %v, then %v", s, p, again[0])
		}
	})
}

// FuzzMemoryFloor: what is accepted is some memory, in one of two ways.
func FuzzMemoryFloor(f *testing.F) {
	for _, s := range []string{"1", "512m", "5%", "0", "%", "1.5%", "9999999t", "1e3%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parseMemoryFloor(s)
		if err == nil && !(m.bytes > 0 && m.percent == 0 || m.bytes == 0 && m.percent > 0 && m.percent < 100) {
			t.Errorf("%q: %+v", s, m)
		}
	})
}
