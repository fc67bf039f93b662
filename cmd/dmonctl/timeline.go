package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dmon/internal/cli"
)

// stretch is a time in which one thing was so.
type stretch struct {
	from, to time.Time
	what     string // "up", "paused", "waiting", "down", "lost"
	why      string
}

// mark is an end of a run.
type mark struct {
	at     time.Time
	failed bool
	text   string
}

// history is what the events of a name tell, in order.
type history struct {
	name      string
	stretches []stretch
	marks     []mark
	gaps      bool // older events are gone
}

// historyOf reads the events of t up to now.
func historyOf(t *target, label string, now time.Time) (*history, error) {
	f, came, err := follow(t, 0)
	if err != nil {
		return nil, err
	}
	f.close()
	h := &history{name: label}
	for i := range came {
		h.add(&came[i])
	}
	if len(came) > 0 && came[0].seq > 1 {
		h.gaps = true
	}
	if n := len(h.stretches); n > 0 {
		last := &h.stretches[n-1]
		if last.to.IsZero() {
			last.to = now
			if !t.Lives && last.what != "down" {
				last.what = "lost" // at some time since then
			}
		}
	}
	return h, nil
}

// add takes in one event.
func (h *history) add(e *event) {
	at := e.moment()
	if at.IsZero() || e.task == "log" {
		return
	}
	why, _ := e.Text("cause")
	switch e.kind {
	case "start":
		if n := len(h.stretches); n > 0 && h.stretches[n-1].runs() {
			h.stretches[n-1].what = "lost" // dmon was killed, and this is another one
		}
		h.begin(at, "up", "")
	case "resume":
		h.begin(at, "up", "")
	case "pause":
		h.begin(at, "paused", why)
	case "exit":
		h.begin(at, "waiting", "")
		h.marks = append(h.marks, mark{at, !clean(e), eventWords(e.text)})
	case "hold":
		h.begin(at, "waiting", why)
	case "down", "end":
		h.begin(at, "down", why)
	}
}

// runs reports whether the command was there.
func (s *stretch) runs() bool { return s.what == "up" || s.what == "paused" }

// clean reports whether a run ended with success, as far as an event tells, or
// because somebody or its age wanted it so, which is no failure.
func clean(e *event) bool {
	code, ok := e.Number("code")
	cause, _ := e.Text("cause")
	return ok && code == 0 || slices.Contains([]string{"request", "stop", "age", "changed"}, cause)
}

func (h *history) begin(at time.Time, what, why string) {
	if n := len(h.stretches); n > 0 && h.stretches[n-1].to.IsZero() {
		h.stretches[n-1].to = at
	}
	h.stretches = append(h.stretches, stretch{from: at, what: what, why: why})
}

// timeline draws what the names meant have done, as text as wide as the
// terminal, or as SVG.
func (c *ctl) timeline() (int, error) {
	all, err := c.find(c.words)
	if err != nil {
		return unknownStatus(err), err
	}
	now := time.Now()
	var list []*history
	from, to := now, now
	for _, t := range all {
		h, err := historyOf(t, c.label(t), now)
		if err != nil {
			return 0, fmt.Errorf("cannot read the events of %s: %w", t.Name, err)
		}
		for _, s := range h.stretches { // the clock may have been set back
			from, to = earlier(from, s.from), later(to, s.to)
		}
		list = append(list, h)
	}
	if to.Sub(from) < time.Second {
		from = to.Add(-time.Second)
	}
	if c.output != "" {
		if err := os.WriteFile(c.output, []byte(drawing(list, from, to)), 0o666); err != nil {
			return 0, fmt.Errorf("cannot draw the timeline: %w", err)
		}
		return 0, nil
	}
	width, _ := window(c.stdout)
	if width == 0 {
		width = 80
	}
	_, err = io.WriteString(c.stdout, lanes(list, from, to, max(width, 40), c.coloured(), utf8Locale()))
	return 0, err
}

// utf8Locale reports whether the terminal is to be sent more than ASCII.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// look is how a stretch is drawn: a character, one for ASCII, and a colour.
var look = map[string]struct {
	fine, plain, hue, fill string
}{
	"up":      {"█", "#", "32", "#009e73"},
	"paused":  {"▒", "=", "33", "#e69f00"},
	"waiting": {"·", ".", "2", "#999999"},
	"lost":    {"?", "?", "31", "#cc79a7"},
	"down":    {" ", " ", "", "none"},
}

// legend is what is explained; known says whether it is in the picture.
var legend = []string{"up", "paused", "waiting", "lost"}

// lanes draws the histories as text.
func lanes(list []*history, from, to time.Time, width int, coloured, fine bool) string {
	label := 4
	for _, h := range list {
		label = max(label, min(utf8.RuneCountInString(h.name), 24))
	}
	columns := width - label - 2
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s  %s\n", label, "", scale(from, to, columns))
	for _, h := range list {
		fmt.Fprintf(&b, "%-*s  ", label, clip(h.name, 24))
		last := ""
		for i := range columns {
			a, z := between(from, to, i, columns), between(from, to, i+1, columns)
			l := look[h.most(a, z)]
			if coloured && l.hue != last {
				b.WriteString("\x1b[0m")
				if l.hue != "" {
					b.WriteString("\x1b[" + l.hue + "m")
				}
				last = l.hue
			}
			if fine {
				b.WriteString(l.fine)
			} else {
				b.WriteString(l.plain)
			}
		}
		if coloured {
			b.WriteString("\x1b[0m")
		}
		b.WriteByte('\n')
		if row := h.markRow(from, to, columns); strings.TrimSpace(row) != "" {
			fmt.Fprintf(&b, "%-*s  %s\n", label, "", strings.TrimRight(row, " "))
		}
	}
	b.WriteString("\n")
	for _, what := range legend {
		l := look[what]
		sign := l.plain
		if fine {
			sign = l.fine
		}
		b.WriteString(sign + " " + what + "   ")
	}
	b.WriteString("x failed   o ended well   2-9 ends\n")
	writeReasons(&b, list, width)
	return b.String()
}

// between is the moment at the left edge of column i of n.
func between(from, to time.Time, i, n int) time.Time {
	return from.Add(time.Duration(float64(to.Sub(from)) * float64(i) / float64(n)))
}

// most is what was so for most of a time.
func (h *history) most(from, to time.Time) string {
	best, longest := "down", time.Duration(0)
	sums := map[string]time.Duration{}
	for _, s := range h.stretches {
		a, z := later(s.from, from), earlier(s.to, to)
		if z.After(a) {
			sums[s.what] += z.Sub(a)
		}
	}
	for _, what := range legend {
		if sums[what] > longest {
			best, longest = what, sums[what]
		}
	}
	return best
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// markRow has a sign where runs have ended; digits where several did.
func (h *history) markRow(from, to time.Time, columns int) string {
	row := []byte(strings.Repeat(" ", columns))
	count := make([]int, columns)
	for _, m := range h.marks {
		i := int(float64(m.at.Sub(from)) / float64(to.Sub(from)) * float64(columns))
		i = min(max(i, 0), columns-1)
		count[i]++
		sign := byte('o')
		if m.failed {
			sign = 'x'
		}
		if row[i] != 'x' {
			row[i] = sign
		}
		if n := count[i]; n > 1 {
			row[i] = strconv.Itoa(min(n, 9))[0]
		}
	}
	return string(row)
}

// scale is a line with the first and the last time, and one in the middle.
func scale(from, to time.Time, columns int) string {
	layout := "15:04:05"
	switch d := to.Sub(from); {
	case d > 300*24*time.Hour:
		layout = "2006-01-02"
	case d > 20*time.Hour:
		layout = "01-02 15:04"
	case d > time.Hour:
		layout = "15:04"
	}
	row := []byte(strings.Repeat(" ", columns))
	put := func(at int, t time.Time) {
		text := t.Local().Format(layout)
		at = min(max(at, 0), columns-len(text))
		copy(row[at:], text)
	}
	put(0, from)
	if columns > 4*len(layout) {
		put(columns/2-len(layout)/2, between(from, to, 1, 2))
	}
	put(columns, to)
	return string(row)
}

// mostReasons is how many lines of reasons stand below the lanes.
const mostReasons = 12

// reasons are the pauses, holds and failures, each a line, in the order in which they
// were.
func (h *history) reasons() (lines []string) {
	for _, s := range h.stretches {
		words := map[string]string{"paused": "paused for %s", "waiting": "held for %s", "lost": "lost within %s: its dmon was killed"}[s.what]
		if words == "" || s.what == "waiting" && s.why == "" {
			continue
		}
		line := s.from.Local().Format("2006-01-02 15:04:05 ") + fmt.Sprintf(words, span(s.to.Sub(s.from)))
		if s.why != "" {
			line += ": " + cli.OneLine(s.why)
		}
		lines = append(lines, line)
	}
	for _, m := range h.marks {
		if m.failed {
			lines = append(lines, m.text)
		}
	}
	slices.Sort(lines) // each begins with a time
	return lines
}

// writeReasons lists the last pauses and ends with their reasons.
func writeReasons(b *strings.Builder, list []*history, width int) {
	for _, h := range list {
		lines := h.reasons()
		if len(lines) == 0 && !h.gaps {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", h.name)
		if h.gaps {
			b.WriteString("  (older events are no longer kept)\n")
		}
		if n := len(lines) - mostReasons; n > 0 {
			fmt.Fprintf(b, "  (%d earlier)\n", n)
			lines = lines[n:]
		}
		for _, line := range lines {
			fmt.Fprintf(b, "  %s\n", clip(line, width-2))
		}
	}
}
