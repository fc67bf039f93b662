package settings

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

func TestParseLadder(t *testing.T) {
	for text, want := range map[string]supervise.Ladder{
		"TERM":          {{Signal: syscall.SIGTERM}},
		"TERM/10s/KILL": {{Signal: syscall.SIGTERM, Wait: 10 * time.Second}, {Signal: syscall.SIGKILL}},
		"hup:main/0/9":  {{Signal: syscall.SIGHUP, Target: supervise.Main}, {Signal: syscall.SIGKILL}},
		"INT:Children/1m/TERM:tree/2/KILL:MAIN": {
			{Signal: syscall.SIGINT, Target: supervise.Children, Wait: time.Minute},
			{Signal: syscall.SIGTERM, Wait: 2 * time.Second},
			{Signal: syscall.SIGKILL, Target: supervise.Main},
		},
	} {
		got, err := parseLadder(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}

func TestParseBackoff(t *testing.T) {
	for text, want := range map[string]supervise.Backoff{
		"0":       {Min: 0, Max: 30 * time.Second},
		"5s":      {Min: 5 * time.Second, Max: 30 * time.Second},
		"1m":      {Min: time.Minute, Max: time.Minute},
		"1s:1s":   {Min: time.Second, Max: time.Second},
		"10ms:1h": {Min: 10 * time.Millisecond, Max: time.Hour},
		"0:0":     {},
	} {
		got, err := parseBackoff(text)
		if err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}

func TestParseStatuses(t *testing.T) {
	set, err := parseStatuses("0,255,TERM,sighup,5")
	if err != nil || !maps.Equal(set.Codes, map[int]bool{0: true, 255: true, 5: true}) ||
		!maps.Equal(set.Signals, map[syscall.Signal]bool{syscall.SIGTERM: true, syscall.SIGHUP: true}) {
		t.Errorf("the set is %v, %v", set, err)
	}
	set, err = parseStatuses("3-5,250-255,int")
	if err != nil || len(set.Codes) != 9 || !set.Codes[4] || set.Codes[6] || !set.Codes[255] || len(set.Signals) != 1 {
		t.Errorf("ranges are %v, %v", set, err)
	}
	if set, err := parseStatuses("Any"); err != nil || len(set.Codes) != 256 || len(set.Signals) != 64 || set.Codes[256] {
		t.Errorf("any is %v, %v", set, err)
	}
	// A number is an exit status and never a signal.
	if set, err := parseStatuses("15"); err != nil || len(set.Signals) != 0 || !set.Codes[15] {
		t.Errorf("15 is %v, %v", set, err)
	}
	if set, err := parseStatuses(""); err != nil || len(set.Codes)+len(set.Signals) != 0 {
		t.Errorf("the empty list is %v, %v", set, err)
	}
}

func TestParseIOPriority(t *testing.T) {
	for text, want := range map[string]int{
		"realtime": 1<<13 | 4, "best-effort:7": 2<<13 | 7, "2:0": 2 << 13, "idle": 3 << 13, "3": 3 << 13, "REALTIME:1": 1<<13 | 1,
	} {
		if got, err := parseIOPriority(text); err != nil || *got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}

func TestAddLimit(t *testing.T) {
	var list []proc.Limit
	for _, s := range []string{"core=0", "cpu=1ms", "files=7", "vmem=2k", "CORE=unlimited", "cpu=0"} {
		if err := addLimit(&list, s); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, l := range list {
		got = append(got, l.Name+"="+strconv.FormatUint(l.Value, 10))
	}
	// The last word on one limit counts; the kernel counts whole seconds.
	if want := "files=7 vmem=2048 core=18446744073709551615 cpu=0"; strings.Join(got, " ") != want {
		t.Errorf("the limits are %q, not %q", got, want)
	}
	list = nil
	if err := addLimit(&list, "cpu=1ms"); err != nil || list[0].Value != 1 {
		t.Errorf("a millisecond of processor time is %v, %v", list, err)
	}
}

// judged reports whether err is nil, and fails where it is not one to print.
func judged(t *testing.T, s string, err error) bool {
	t.Helper()
	var answer *cli.Answer
	switch {
	case err == nil:
		return true
	case errors.As(err, &answer) && strings.Contains(s, "help"):
	case strings.ContainsRune(err.Error(), '\n'), strings.HasSuffix(err.Error(), "."):
		t.Errorf("%q: said %q", s, err)
	}
	return false
}

func fuzzSeeds(f *testing.F, more ...string) {
	for _, s := range append(more, "", "help", ":", "/", ",", "=", "1s", "TERM", "-1", "0", "\x00", "\xff", "9223372036854775807") {
		f.Add(s)
	}
}

func FuzzParseLadder(f *testing.F) {
	fuzzSeeds(f, "TERM/10s/KILL", "hup:main/1m/INT:children/0/9", "TERM//", "TERM/1s", "1/1/1/1/1")
	f.Fuzz(func(t *testing.T, s string) {
		ladder, err := parseLadder(s)
		if !judged(t, s, err) {
			return
		}
		if len(ladder) != strings.Count(s, "/")/2+1 {
			t.Errorf("%q has %d steps", s, len(ladder))
		}
		for _, r := range ladder {
			if r.Signal < 1 || r.Signal > 64 || r.Signal == syscall.SIGSTOP || r.Wait < 0 || !slices.Contains(targets, r.Target) {
				t.Errorf("%q has the step %v", s, r)
			}
		}
		if ladderWords(ladder) == "" {
			t.Errorf("%q has no words", s)
		}
	})
}

func FuzzParseBackoff(f *testing.F) {
	fuzzSeeds(f, "1s:30s", "5s:1s", "1:2:3", "40s")
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := parseBackoff(s); judged(t, s, err) && (b.Min < 0 || b.Max < b.Min) {
			t.Errorf("%q is %v", s, b)
		}
	})
}

func FuzzParseGiveUp(f *testing.F) {
	fuzzSeeds(f, "5/1m", "0/1", "1/0", "5/1m/2")
	f.Fuzz(func(t *testing.T, s string) {
		if g, err := parseGiveUp(s); judged(t, s, err) && (g.Failures < 1 || g.Window <= 0) {
			t.Errorf("%q is %v", s, g)
		}
	})
}

func FuzzParseStatuses(f *testing.F) {
	fuzzSeeds(f, "0,3,TERM", "1-3", "3-1", "any", "-1", "1-", "256", "0x1", "007", "+1", "15")
	f.Fuzz(func(t *testing.T, s string) {
		set, err := parseStatuses(s)
		if !judged(t, s, err) {
			return
		}
		if (len(set.Codes)+len(set.Signals) == 0) != (s == "") {
			t.Errorf("%q is %v", s, set)
		}
		for code := range set.Codes {
			if code < 0 || code > 255 {
				t.Errorf("%q has the status %d", s, code)
			}
		}
		if statusWords(set) == "" {
			t.Errorf("%q has no words", s)
		}
	})
}

func FuzzParseIOPriority(f *testing.F) {
	fuzzSeeds(f, "idle", "best-effort:7", "2:0", "idle:0", "realtime:")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parseIOPriority(s)
		if !judged(t, s, err) {
			return
		}
		if class, level := *p>>13, *p&(1<<13-1); class < 1 || class > 3 || level > 7 || class == 3 && level != 0 {
			t.Errorf("%q is class %d, level %d", s, class, level)
		}
	})
}

func FuzzAddLimit(f *testing.F) {
	fuzzSeeds(f, "core=0", "vmem=1.5g", "cpu=1h", "rttime=1ms", "FILES=unlimited", "files=1=2")
	f.Fuzz(func(t *testing.T, s string) {
		before := []proc.Limit{{Resource: -1, Name: "other"}}
		list := slices.Clone(before)
		err := addLimit(&list, s)
		if !judged(t, s, err) {
			if !slices.Equal(list, before) {
				t.Errorf("%q was refused and taken: %v", s, list)
			}
			return
		}
		if len(list) != 2 || list[0] != before[0] || !strings.EqualFold(list[1].Name, s[:strings.IndexByte(s, '=')]) {
			t.Errorf("%q is %v", s, list)
		}
	})
}
