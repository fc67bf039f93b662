package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
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

// told makes a history of events; each is "SECONDS event members", of cmd.
func told(t *testing.T, day time.Time, lines ...string) *history {
	t.Helper()
	h := &history{name: "x"}
	for i, line := range lines {
		var seconds int
		var kind string
		if _, err := fmt.Sscan(line, &seconds, &kind); err != nil {
			t.Fatal(err)
		}
		_, members, _ := strings.Cut(line, " {")
		at := day.Add(time.Duration(seconds) * time.Second).Format(time.RFC3339Nano)
		e, ok := parseEvent(fmt.Sprintf(`{"time":%q,"seq":%d,"task":"cmd","event":%q%s}`, at, i+1, kind, members))
		if !ok {
			t.Fatal(line)
		}
		h.add(&e)
	}
	return h
}

// Whatever a cause holds, the lines stay lines and the picture is XML; so it is when
// the clock is set back.
func TestHostileHistory(t *testing.T) {
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	h := told(t, day, "0 start", `100 pause {,"cause":"</title></text><script>\u0001\u001b[2J\n\u0000&\"'\ufffe]]>"`, "50 resume", "40 start",
		`-500 exit {,"code":3,"cause":"a\u0007b"`, `10 hold {,"cause":"load\r\n"`, "900 start")
	h.stretches[len(h.stretches)-1].to = day
	for _, width := range []int{40, 80, 200} {
		text := lanes([]*history{h}, day, day.Add(time.Minute), width, false, true)
		if strings.ContainsAny(text, "\x01\x1b\x07\r\x00") {
			t.Errorf("control characters in\n%q", text)
		}
		for line := range strings.Lines(text) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width && !strings.Contains(line, "waiting   ") {
				t.Errorf("%q has %d columns", line, n)
			}
		}
		if !strings.Contains(text, "held for") {
			t.Errorf("no word of the hold in\n%s", text)
		}
	}
	h.name = "a<b>&\x01\xff" // no name, but a user may be called anything
	d := xml.NewDecoder(strings.NewReader(drawing([]*history{h}, day, day.Add(time.Minute))))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Fatal("a script")
		}
	}
}

// One whose dmon was killed is not shown as if it had run on, or ended then.
func TestLostHistory(t *testing.T) {
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	h := told(t, day, "0 start", "10 start", "20 exit", "30 start")
	var what []string
	for _, s := range h.stretches {
		what = append(what, s.what)
	}
	if got := strings.Join(what, " "); got != "lost up waiting up" {
		t.Errorf("it was %s", got)
	}
	if lines := h.reasons(); len(lines) != 2 || !strings.Contains(lines[0], "lost within 10s") {
		t.Errorf("the reasons are %q", lines)
	}
}
