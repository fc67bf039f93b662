//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// quantile returns the value below which the part q (0 to 1) of values lies,
// interpolated between neighbours; 0 for no values.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// table is one table of the report.
type table struct {
	title string
	notes []string
	head  []string
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints t as markdown, its columns aligned for readers of the source.
// The first column is text, all others are figures.
func (t *table) write(w io.Writer) {
	fmt.Fprintf(w, "## %s\n\n", t.title)
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell), 3)
		}
	}
	writeRow(w, width, t.head)
	for i, n := range width {
		if i == 0 {
			fmt.Fprintf(w, "|-%s-", strings.Repeat("-", n))
			continue
		}
		fmt.Fprintf(w, "|-%s:", strings.Repeat("-", n))
	}
	fmt.Fprintln(w, "|")
	for _, row := range t.rows {
		writeRow(w, width, row)
	}
	fmt.Fprintln(w)
	for _, note := range t.notes {
		fmt.Fprintf(w, "%s\n\n", note)
	}
}

func writeRow(w io.Writer, width []int, row []string) {
	for i, n := range width {
		cell := ""
		if i < len(row) {
			cell = row[i]
		}
		blank := strings.Repeat(" ", n-utf8.RuneCountInString(cell))
		if i == 0 {
			fmt.Fprintf(w, "| %s%s ", cell, blank)
			continue
		}
		fmt.Fprintf(w, "| %s%s ", blank, cell)
	}
	fmt.Fprintln(w, "|")
}

// goal is one promise of NUMBERS.md and what came of it. A goal is unjudged
// where it could not be measured, and why says so.
type goal struct {
	what   string
	limit  string // the promise in words
	got    float64
	most   float64 // got may be this, and no more
	format string  // for got and most
	why    string
	noise  float64 // part of the machine, in percent, that other work took meanwhile
}

func (g goal) verdict() string {
	switch {
	case g.why != "":
		return "not judged: " + g.why
	case g.got <= g.most:
		return "met"
	}
	return "**missed**"
}

// goalTable lists goals with their verdicts.
func goalTable(goals []goal) *table {
	t := &table{title: "Goals", head: []string{"what", "goal", "allowed", "measured", "verdict", "other work"}}
	for _, g := range goals {
		allowed, got := fmt.Sprintf(g.format, g.most), fmt.Sprintf(g.format, g.got)
		if g.why != "" {
			allowed, got = "", ""
		}
		t.add(g.what, g.limit, allowed, got, g.verdict(), fmt.Sprintf("%.0f %%", g.noise))
	}
	return t
}

// ratio prints a/b, or nothing where there is nothing to compare with.
func ratio(a, b float64) string {
	if a == 0 || b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a/b)
}
