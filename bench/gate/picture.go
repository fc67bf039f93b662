//go:build linux

package main

import (
	"fmt"
	"strings"
	"time"
)

// Measures of the picture, in its units.
const (
	left     = 190.0
	wide     = 760.0
	barTall  = 11.0
	gap      = 3.0
	plotTall = 46.0
	spacing  = 26.0
)

// colours that people who see red and green alike can tell apart.
const (
	frontColour  = "#0072b2"
	runColour    = "#009e73"
	pauseColour  = "#e0e0e0"
	stallColour  = "#d55e00"
	loadColour   = "#555555"
	topOfPicture = 64.0
)

// picture draws all lanes below one another, on one scale of time: what each
// job does as a bar, pressure and load as lines below.
func (b *bench) picture() string {
	var longest time.Duration
	for _, l := range b.lanes {
		longest = max(longest, l.samples[len(l.samples)-1].at)
	}
	scale := wide / longest.Seconds()
	var body strings.Builder
	y := topOfPicture
	for _, l := range b.lanes {
		y = l.draw(&body, y, scale) + spacing
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="11">`+"\n", left+wide+40, y+10)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="white"/>`+"\n")
	fmt.Fprintf(&out, `<text x="10" y="18" font-size="14">A background job that wants all %d processors, kept out of the way of a foreground job</text>`+"\n", cpus)
	x := 10.0
	for _, k := range []struct{ colour, text string }{
		{frontColour, "foreground job works"}, {runColour, "background job runs"}, {pauseColour, "background job is paused"},
		{stallColour, "cpu pressure, 0 to 100 %"}, {loadColour, "load average, 0 to 8"},
	} {
		fmt.Fprintf(&out, `<rect x="%.0f" y="30" width="11" height="11" fill="%s"/><text x="%.0f" y="40">%s</text>`+"\n", x, k.colour, x+16, k.text)
		x += 40 + 6.2*float64(len(k.text))
	}
	out.WriteString(body.String())
	for t := 0.0; t <= longest.Seconds(); t += 10 {
		fmt.Fprintf(&out, `<line x1="%.1f" x2="%.1f" y1="%.0f" y2="%.0f" stroke="#000" stroke-opacity=".12"/><text x="%.1f" y="%.0f" text-anchor="middle">%.0f s</text>`+"\n",
			left+t*scale, left+t*scale, topOfPicture-8, y-spacing+6, left+t*scale, y, t)
	}
	out.WriteString("</svg>\n")
	return out.String()
}

// draw draws one lane below y, and returns where it ends.
func (l *lane) draw(out *strings.Builder, y, scale float64) float64 {
	fmt.Fprintf(out, `<text x="10" y="%.1f" font-weight="bold">%s</text>`+"\n", y+barTall-1, l.title)
	bar := func(colour string, is func(sample) bool) {
		for i := 0; i < len(l.samples); {
			j := i
			for j < len(l.samples) && is(l.samples[j]) == is(l.samples[i]) {
				j++
			}
			if is(l.samples[i]) {
				from, to := l.samples[i].at.Seconds(), l.samples[min(j, len(l.samples)-1)].at.Seconds()
				fmt.Fprintf(out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" fill="%s"/>`+"\n", left+from*scale, y, (to-from)*scale, barTall, colour)
			}
			i = j
		}
	}
	hasFront := false
	for _, s := range l.samples {
		hasFront = hasFront || s.front
	}
	if hasFront {
		bar(frontColour, func(s sample) bool { return s.front })
		y += barTall + gap
	}
	for n := range l.samples[0].paused {
		bar(runColour, func(s sample) bool { return !s.paused[n] })
		bar(pauseColour, func(s sample) bool { return s.paused[n] })
		y += barTall + gap
	}
	l.line(out, y, scale, stallColour, 100, func(s sample) float64 { return s.pressure })
	l.line(out, y, scale, loadColour, 8, func(s sample) float64 { return s.load })
	return y + plotTall
}

// line draws a measure between 0 and top; a dot every quarter of a second.
func (l *lane) line(out *strings.Builder, y, scale float64, colour string, top float64, value func(sample) float64) {
	var dots []string
	for i := 0; i < len(l.samples); i += 5 {
		s := l.samples[i]
		dots = append(dots, fmt.Sprintf("%.1f,%.1f", left+s.at.Seconds()*scale, y+plotTall*(1-min(value(s), top)/top)))
	}
	fmt.Fprintf(out, `<polyline fill="none" stroke="%s" stroke-width="1.2" points="%s"/>`+"\n", colour, strings.Join(dots, " "))
}
