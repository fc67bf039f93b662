package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/logfile"
	"dmon/internal/sinks"
	"dmon/logpipe"
)

// TestF81Model lets everything go wrong in random orders and looks for lines
// that are missing, cut, mixed or in the wrong order.
func TestF81Model(t *testing.T) {
	seeds := 400
	if s := os.Getenv("MODEL_SEEDS"); s != "" {
		fmt.Sscan(s, &seeds)
	}
	for _, allow := range []string{
		"kill full eio size", "kill full rename open size alrm", "full eio size time hup alrm term", "kill full eio rename open turn", "move zip torn hup size",
		"move zip remove kill full open", "writer full size eio alrm", "writer move zip kill full eio size", "kill named size full open rename",
		"kill full eio rename open size time hup alrm term move zip torn remove writer turn",
	} {
		t.Run(strings.ReplaceAll(allow, " ", "-"), func(t *testing.T) {
			t.Parallel()
			sig := sinks.NewSignals()
			for seed := range uint64(seeds) {
				if runModel(t, seed, allow, sig); t.Failed() {
					return
				}
			}
		})
	}
}

func newModel(t *testing.T, seed uint64, allow string, sig *sinks.Signals) *model {
	dir, err := os.MkdirTemp("/dev/shm", "model")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	r := rand.New(rand.NewPCG(seed, 7))
	m := &model{t: t, r: r, dir: dir, path: dir + "/log", inodes: map[uint64]*inode{}, faults: 1 + r.IntN(8), allow: allow, sig: sig}
	m.calls = logfile.System()
	m.calls.Open, m.calls.Write, m.calls.Truncate, m.calls.Sync, m.calls.Rename = m.open, m.write, m.truncate, m.sync, m.rename
	return m
}

func runModel(t *testing.T, seed uint64, allow string, sig *sinks.Signals) {
	m := newModel(t, seed, allow, sig)
	defer os.RemoveAll(m.dir)
	o := &options{file: m.path}
	o.timestamp = m.r.IntN(2) == 0
	if o.buffered = m.r.IntN(3) == 0; o.buffered {
		m.allow = strings.ReplaceAll(m.allow, "eio", "")
	}
	if m.r.IntN(2) == 0 {
		o.prefix = "p: "
	}
	if strings.Contains(allow, "size") && m.r.IntN(2) == 0 {
		o.maxSize = int64(120 + m.r.IntN(600))
	}
	if strings.Contains(allow, "time") && m.r.IntN(2) == 0 {
		o.maxTime = time.Microsecond
	}
	if strings.Contains(allow, "turn") && m.r.IntN(2) == 0 {
		m.turns = func(now time.Time) (last, next time.Time) {
			if m.r.IntN(4) == 0 {
				return now, now // a clock that is set every other moment
			}
			return now.Add(-time.Hour), now.Add(time.Hour)
		}
	}
	var lines []string
	for i := range 1 + m.r.IntN(40) {
		l := fmt.Sprintf("line %04d ---------- %s\n", i, strings.Repeat(string(rune('a'+i%26)), m.r.IntN(60)))
		lines = append(lines, l)
		m.pipe = append(m.pipe, l...)
	}
	var left *logpipe.Left
	for range 60 {
		err := m.life(o)
		switch {
		case err == nil && len(m.pipe) == 0:
			if problem := m.judge(o, lines); problem != "" {
				t.Errorf("seed %d, %s: %s\n  %s", seed, allow, problem, strings.Join(m.log, "\n  "))
			}
			return
		case err == nil || errors.Is(err, errKilled) || errors.As(err, &left):
		default:
			t.Fatalf("seed %d: %v\n  %s", seed, err, strings.Join(m.log, "\n  "))
		}
	}
	t.Fatalf("seed %d: does not end\n  %s", seed, strings.Join(m.log, "\n  "))
}

// judge returns what is wrong with what everybody has seen.
func (m *model) judge(o *options, lines []string) string {
	next, seen := 0, map[int]bool{}
	for _, k := range append(m.files, kept{name: m.path}) {
		text, lost := k.text, [][2]int64(nil)
		if !k.gone {
			var st unix.Stat_t
			if unix.Stat(k.name, &st) == nil && m.inodes[st.Ino] != nil {
				lost = m.inodes[st.Ino].lost
			}
			text, _ = os.ReadFile(k.name)
		}
		from := int64(0)
		for _, line := range bytes.SplitAfter(text, []byte("\n")) {
			to := from + int64(len(line))
			n, problem := m.lineOf(o, lines, string(line), k.name == m.path)
			switch {
			case problem != "":
				return fmt.Sprintf("%s in %s: %q", problem, filepath.Base(k.name), text)
			case n < 0 || within(lost, from, to):
			case n > next && m.eios == 0: // what is written again may be behind what was not lost
				return fmt.Sprintf("line %d is wanted, and here is %q in %s", next, line, filepath.Base(k.name))
			default:
				seen[n], next = true, n+1
			}
			from = to
		}
	}
	if len(seen) != len(lines) {
		return fmt.Sprintf("%d lines of %d", len(seen), len(lines))
	}
	return ""
}

func within(lost [][2]int64, from, to int64) bool {
	for _, l := range lost {
		if l[0] < to && from < l[1] {
			return true
		}
	}
	return false
}

// lineOf says which line of the input a line is, -1 for one that may stand
// there without being one.
func (m *model) lineOf(o *options, lines []string, line string, last bool) (int, string) {
	text, ended := strings.CutSuffix(line, "\n")
	if text == "another's line" || text == "somebody's half" || line == "" {
		return -1, ""
	}
	if o.timestamp {
		if len(text) >= 20 && text[4] == '-' && text[10] == '/' {
			text = text[20:]
		} else if (m.kills == 0 || len(text) >= 20) && (ended || last) {
			return -1, fmt.Sprintf("no time in front of %q", line)
		} else {
			text = ""
		}
	}
	whole := text
	text = strings.TrimPrefix(text, o.prefix)
	for n, l := range lines {
		if ended && l == text+"\n" && whole == o.prefix+text {
			return n, ""
		}
	}
	// A process that was killed leaves a part of a line, which its successor
	// completes where it can: nobody wrote behind it or moved it away, and it
	// is long enough to be told from another's.
	for _, l := range lines {
		short := len(whole) < 16+len(o.prefix) && !o.timestamp
		if strings.HasPrefix(o.prefix+l, whole) && (!ended && !last || m.kills > 0 && (short || m.others > 0 || len(m.files) > 0)) {
			return -1, ""
		}
	}
	return -1, fmt.Sprintf("a broken line %q", line)
}
