package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"dmon/internal/record"

	"golang.org/x/sys/unix"
)

// table is rows of cells, each column as wide as its widest cell; a column that
// is empty in all rows is left out. The last one is cut to the width there is.
type table struct {
	head []string
	rows [][]string
	hue  []string // of the state in each row
}

// stateColumn is the one that is coloured.
const stateColumn = 1

// write prints the table in at most width columns; 0 is no bound.
func (t *table) write(b *strings.Builder, width int, coloured bool) {
	size := make([]int, len(t.head))
	for i := range t.head {
		for _, row := range t.rows {
			size[i] = max(size[i], columns(row[i]))
		}
		if size[i] > 0 || i == 0 {
			size[i] = max(size[i], len(t.head[i]))
		}
	}
	last := len(size) - 1
	for last > 0 && size[last] == 0 {
		last--
	}
	line := func(cells []string, hue string) {
		at := 0
		for i, cell := range cells[:last+1] {
			if size[i] == 0 {
				continue
			}
			pad := size[i] - columns(cell)
			if width > 0 && at+size[i] > width {
				cell, pad = clip(cell, max(width-at, 0)), 0
			}
			text := cell + strings.Repeat(" ", max(pad, 0))
			if numbers[t.head[i]] {
				text = strings.Repeat(" ", max(pad, 0)) + cell
			}
			if i == last {
				text = strings.TrimRight(text, " ")
			}
			if i == stateColumn && coloured && hue != "" {
				text = "\x1b[" + hue + "m" + cell + "\x1b[0m" + text[len(cell):]
			}
			b.WriteString(text)
			if at += size[i] + 2; i < last && (width == 0 || at < width) {
				b.WriteString("  ")
			}
		}
		b.WriteByte('\n')
	}
	line(t.head, "")
	for i, row := range t.rows {
		line(row, t.hue[i])
	}
}

// numbers are the columns that stand to the right.
var numbers = map[string]bool{"PID": true, "RUN": true, "CPU": true, "MEM": true, "SINCE": true}

// hues are the colours of states: what needs nobody is green, what waits for
// something yellow, what has failed red.
func hue(v *record.View) string {
	switch v.State {
	case record.Up:
		return "32"
	case record.Lost:
		return "31"
	case record.Ended, record.Down:
		if v.State == record.Ended && v.Status != 0 {
			return "31"
		}
		return "2"
	}
	return "33"
}

// window is the size of the terminal that f is; 0, 0 for what is none.
func window(f any) (columns, lines int) {
	file, ok := f.(*os.File)
	if !ok {
		return 0, 0
	}
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0
	}
	if size.Col == 0 {
		return 80, 24 // a terminal that does not know
	}
	return int(size.Col), int(size.Row)
}

// coloured reports whether output is to be coloured: on a terminal, unless
// NO_COLOR or the user say otherwise.
func (c *ctl) coloured() bool {
	switch c.color {
	case "always":
		return true
	case "never":
		return false
	}
	columns, _ := window(c.stdout)
	return columns > 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// span says a length of time in two units at most, as one reads it in a column.
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd%02dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// size says an amount of memory in three digits.
func size(n int64) string {
	v, unit := float64(n), "B"
	for _, next := range []string{"K", "M", "G", "T"} {
		if v < 1000 {
			break
		}
		v, unit = v/1024, next
	}
	if v < 10 && unit != "B" {
		return fmt.Sprintf("%.1f%s", v, unit)
	}
	return fmt.Sprintf("%.0f%s", v, unit)
}
