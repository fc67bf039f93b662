package main

import (
	"strings"
	"testing"
	"time"
)

// A day of runs, pauses and restarts becomes lanes and marks; what was asked for
// is no failure.
func TestHistory(t *testing.T) {
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	h := &history{name: "web"}
	for _, line := range []string{
		`{"time":"2026-11-25T00:00:00Z","seq":1,"task":"cmd","event":"start","run":1}`,
		`{"time":"2026-11-25T06:00:00Z","seq":2,"task":"cmd","event":"pause","run":1,"cause":"load 4.21 is above 4.00"}`,
		`{"time":"2026-11-25T12:00:00Z","seq":3,"task":"cmd","event":"resume","run":1}`,
		`{"time":"2026-11-25T18:00:00Z","seq":4,"task":"cmd","event":"exit","run":1,"signal":15,"cause":"request"}`,
		`{"time":"2026-11-25T18:00:00Z","seq":5,"task":"cmd","event":"start","run":2}`,
		`{"time":"2026-11-25T21:00:00Z","seq":6,"task":"cmd","event":"exit","run":2,"code":3,"cause":"exit"}`,
		`{"time":"2026-11-25T21:00:00Z","seq":7,"task":"log","event":"exit","code":1}`,
	} {
		e, ok := parseEvent(line)
		if !ok {
			t.Fatal(line)
		}
		h.add(&e)
	}
	h.stretches[len(h.stretches)-1].to = day.Add(24 * time.Hour)
	if len(h.marks) != 2 || h.marks[0].failed || !h.marks[1].failed {
		t.Errorf("marks %+v", h.marks)
	}
	text := lanes([]*history{h}, day, day.Add(24*time.Hour), 80, false, false)
	lines := strings.Split(text, "\n")
	lane := strings.TrimPrefix(lines[1], "web   ")
	if n := len(lane); n != 74 || strings.Count(lane, "#") < 45 || strings.Count(lane, "=") < 17 || !strings.HasSuffix(lane, ".........") {
		t.Errorf("the lane %q of %d", lane, n)
	}
	if marks := strings.Fields(lines[2]); strings.Join(marks, " ") != "o x" {
		t.Errorf("the marks %q", lines[2])
	}
	for _, line := range lines {
		if len([]rune(line)) > 80 {
			t.Errorf("%q is too long", line)
		}
	}
	if !strings.Contains(text, "paused for 6h00m: load 4.21") || strings.Count(text, "exit") != 1 {
		t.Errorf("the reasons in\n%s", text)
	}
	if svg := drawing([]*history{h}, day, day.Add(24*time.Hour)); strings.Count(svg, "<rect") < 7 || !strings.Contains(svg, "load 4.21") {
		t.Error("the picture lacks something")
	}
}
