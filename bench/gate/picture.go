//go:build linux

package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Measures of the picture, in its units.
const (
	left     = 264.0 // what stands beside the lanes
	wide     = 600.0 // all of the time
	right    = 76.0  // the scales
	top      = 92.0
	barTall  = 11.0
	gap      = 3.0
	plotTall = 46.0
	lineTall = 15.0
	spacing  = 26.0
)

// colours that people who see red and green alike can tell apart.
const (
	frontColour = "#0072b2"
	runColour   = "#009e73"
	pauseColour = "#dadada"
	stallColour = "#d55e00"
	loadColour  = "#555555"
)

// picture draws all lanes below one another, on one scale of time: what each
// job does as a bar, pressure and load as lines below.
func (b *bench) picture() string {
	longest, load := time.Second, float64(2*cpus)
	for _, l := range b.lanes {
		longest = max(longest, l.samples[len(l.samples)-1].at)
		for _, s := range l.samples {
			load = max(load, math.Ceil(s.load))
		}
	}
	d := drawing{scale: wide / longest.Seconds(), load: load}
	y := top
	for _, l := range b.lanes {
		y = d.lane(l, y) + spacing
	}
	bottom := y - spacing + 8
	for _, t := range ticks(longest.Seconds()) {
		x := left + t*d.scale
		d.put(`<line x1="%.1f" x2="%.1f" y1="%.0f" y2="%.0f" stroke="#000" stroke-opacity=".13"/>`, x, x, top-8, bottom)
		d.put(`<text x="%.1f" y="%.0f" text-anchor="middle">%.0f s</text>`, x, bottom+16, t)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="12.5">`+"\n", left+wide+right, bottom+28)
	fmt.Fprintln(&out, `<rect width="100%" height="100%" fill="white"/>`)
	fmt.Fprintf(&out, `<text x="10" y="24" font-size="17" font-weight="bold">Who keeps a background job out of the way, and gives it the idle time?</text>`+"\n")
	fmt.Fprintf(&out, `<text x="10" y="44">The background job wants all %d processors, always; the foreground job needs them for a while. Each lane is a rule that pauses the first.</text>`+"\n", cpus)
	x := 10.0
	for _, k := range []struct{ colour, text string }{
		{frontColour, "foreground works"}, {runColour, "background runs"}, {pauseColour, "background is paused"},
		{stallColour, "cpu pressure (percent)"}, {loadColour, "load average (1 minute)"},
	} {
		fmt.Fprintf(&out, `<rect x="%.0f" y="58" width="12" height="12" fill="%s"/><text x="%.0f" y="69">%s</text>`+"\n", x, k.colour, x+17, k.text)
		x += 46 + 6.4*float64(len(k.text))
	}
	out.WriteString(d.out.String())
	out.WriteString("</svg>\n")
	return out.String()
}

// ticks are the times to mark: round ones, about a dozen at most.
func ticks(longest float64) (list []float64) {
	step := 10.0
	for longest/step > 12 {
		step *= 2
	}
	for t := 0.0; t <= longest; t += step {
		list = append(list, t)
	}
	return list
}

// drawing is what has been drawn so far, and its scales.
type drawing struct {
	out   strings.Builder
	scale float64 // for each second
	load  float64 // at the top of its scale
}

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.out, format+"\n", args...) }

// lane draws one lane below y, and returns where it ends.
func (d *drawing) lane(l lane, y float64) float64 {
	d.put(`<text x="10" y="%.1f" font-weight="bold">%s</text>`, y+barTall-1, l.title)
	for i, note := range l.notes {
		d.put(`<text x="10" y="%.1f" fill="#444">%s</text>`, y+barTall-1+lineTall*float64(i+1), note)
	}
	end := y + barTall + lineTall*float64(len(l.notes))
	for _, s := range l.samples {
		if s.front {
			d.bar(l, y, frontColour, func(s sample) bool { return s.front })
			y += barTall + gap
			break
		}
	}
	for n := range l.samples[0].paused {
		d.bar(l, y, runColour, func(s sample) bool { return !s.paused[n] })
		d.bar(l, y, pauseColour, func(s sample) bool { return s.paused[n] })
		y += barTall + gap
	}
	d.axis(y, stallColour, 8, "100", "0")
	d.axis(y, loadColour, 44, fmt.Sprintf("%.0f", d.load), "0")
	d.line(l, y, stallColour, 100, func(s sample) float64 { return s.pressure })
	d.line(l, y, loadColour, d.load, func(s sample) float64 { return s.load })
	return max(end, y+plotTall)
}

// bar draws when is was so.
func (d *drawing) bar(l lane, y float64, colour string, is func(sample) bool) {
	for i := 0; i < len(l.samples); {
		j := i
		for j < len(l.samples) && is(l.samples[j]) == is(l.samples[i]) {
			j++
		}
		if is(l.samples[i]) {
			from, to := l.samples[i].at.Seconds(), l.samples[min(j, len(l.samples)-1)].at.Seconds()
			d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" fill="%s"/>`, left+from*d.scale, y, (to-from)*d.scale, barTall, colour)
		}
		i = j
	}
}

// axis writes what the ends of a scale mean, at its colour's place on the right.
func (d *drawing) axis(y float64, colour string, x float64, high, low string) {
	d.put(`<text x="%.1f" y="%.1f" fill="%s">%s</text><text x="%.1f" y="%.1f" fill="%s">%s</text>`,
		left+wide+x, y+9, colour, high, left+wide+x, y+plotTall, colour, low)
}

// line draws a measure between 0 and most; a dot every quarter of a second.
func (d *drawing) line(l lane, y float64, colour string, most float64, value func(sample) float64) {
	var dots []string
	for i := 0; i < len(l.samples); i += 5 {
		s := l.samples[i]
		dots = append(dots, fmt.Sprintf("%.1f,%.1f", left+s.at.Seconds()*d.scale, y+plotTall*(1-min(value(s), most)/most)))
	}
	d.put(`<polyline fill="none" stroke="%s" stroke-width="1.2" points="%s"/>`, colour, strings.Join(dots, " "))
}
