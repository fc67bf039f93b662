package main

import (
	"fmt"
	"html"
	"strings"
	"time"

	"dmon/internal/cli"
)

// Measures of the picture, in its units.
const (
	nameWide = 180.0
	laneWide = 780.0
	laneTall = 16.0
	laneStep = 30.0
	topSpace = 64.0
)

// drawing is the histories as SVG, a lane each. What is pointed at says why.
func drawing(list []*history, from, to time.Time) string {
	var b strings.Builder
	tall := topSpace + laneStep*float64(len(list)) + 34
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="13">`+"\n", nameWide+laneWide+20, tall)
	b.WriteString(`<rect width="100%" height="100%" fill="white"/>` + "\n")
	fmt.Fprintf(&b, `<text x="10" y="22" font-size="15" font-weight="bold">%s to %s</text>`+"\n", from.Local().Format("2006-01-02 15:04:05"), to.Local().Format("2006-01-02 15:04:05"))
	x := 10.0
	for _, what := range legend {
		fmt.Fprintf(&b, `<rect x="%.0f" y="34" width="12" height="12" fill="%s"/><text x="%.0f" y="45">%s</text>`+"\n", x, look[what].fill, x+17, what)
		x += 90
	}
	fmt.Fprintf(&b, `<path d="M%.0f 34v12" stroke="#d55e00" stroke-width="3"/><text x="%.0f" y="45">failed</text><path d="M%.0f 34v12" stroke="#0072b2" stroke-width="3"/><text x="%.0f" y="45">ended well</text>`+"\n", x+4, x+12, x+84, x+92)
	at := func(t time.Time) float64 {
		part := float64(t.Sub(from)) / float64(to.Sub(from))
		return nameWide + laneWide*min(max(part, 0), 1)
	}
	bottom := topSpace + laneStep*float64(len(list))
	for _, t := range roundTimes(from, to) {
		fmt.Fprintf(&b, `<path d="M%.1f %.0fV%.0f" stroke="#000" stroke-opacity=".15"/><text x="%.1f" y="%.0f" text-anchor="middle" font-size="11">%s</text>`+"\n",
			at(t), topSpace-6, bottom, at(t), bottom+16, tickText(t, to.Sub(from)))
	}
	for i, h := range list {
		y := topSpace + laneStep*float64(i)
		fmt.Fprintf(&b, `<text x="10" y="%.1f">%s</text>`+"\n", y+laneTall-3, inXML(clip(h.name, 26)))
		for _, s := range h.stretches {
			if fill := look[s.what].fill; fill != "none" {
				fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" fill="%s"><title>%s</title></rect>`+"\n", at(s.from), y, max(at(s.to)-at(s.from), 0.5), laneTall, fill, inXML(s.title()))
			}
		}
		for _, m := range h.marks {
			colour := "#0072b2"
			if m.failed {
				colour = "#d55e00"
			}
			fmt.Fprintf(&b, `<path d="M%.1f %.1fv%.0f" stroke="%s" stroke-width="2"><title>%s</title></path>`+"\n", at(m.at), y-3, laneTall+6, colour, inXML(m.text))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// inXML is a text as XML has it, which knows no control characters however they are
// written.
func inXML(text string) string { return html.EscapeString(cli.OneLine(text)) }

func (s *stretch) title() string {
	text := fmt.Sprintf("%s from %s for %s", s.what, s.from.Local().Format("2006-01-02 15:04:05"), span(s.to.Sub(s.from)))
	if s.why != "" {
		text += ": " + s.why
	}
	return text
}

// steps are the distances between marks on the axis of time.
var steps = []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour}

// roundTimes are about eight moments between from and to that one can read.
func roundTimes(from, to time.Time) (list []time.Time) {
	step := steps[len(steps)-1]
	for _, s := range steps {
		if to.Sub(from)/s <= 9 {
			step = s
			break
		}
	}
	_, offset := from.Local().Zone()
	shift := time.Duration(offset) * time.Second
	for t := from.Add(shift).Truncate(step).Add(step - shift); t.Before(to); t = t.Add(step) {
		list = append(list, t)
	}
	return list
}

func tickText(t time.Time, whole time.Duration) string {
	switch t = t.Local(); {
	case whole < 10*time.Minute:
		return t.Format("15:04:05")
	case whole < 3*24*time.Hour:
		if t.Hour() == 0 && t.Minute() == 0 {
			return t.Format("01-02")
		}
		return t.Format("15:04")
	}
	return t.Format("2006-01-02")
}
