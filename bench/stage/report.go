//go:build linux

package stage

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Quantile returns the value below which the part q (0 to 1) of values lies,
// interpolated between neighbours; 0 for no values.
func Quantile(values []float64, q float64) float64 {
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

// Median returns the middle of values, 0 for none.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Table is one table of the report.
type Table struct {
	Title string
	Notes []string // paragraphs below it
	Head  []string
	rows  [][]string
}

// Add appends a row; what it lacks stays empty.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Write prints t as markdown, its columns aligned for readers of the source.
// The first column is text, all others are figures.
func (t *Table) Write(w io.Writer) {
	fmt.Fprintf(w, "## %s\n\n", t.Title)
	width := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell), 3)
		}
	}
	writeRow(w, width, t.Head)
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
	for _, note := range t.Notes {
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

// Goal is one promise of the project and what came of it. A goal is unjudged
// where it could not be measured, and Why says so.
type Goal struct {
	What   string
	Limit  string // the promise in words
	Got    float64
	Most   float64 // Got may be this, and no more
	Format string  // for Got and Most
	Why    string  // it could not be judged
	Noise  float64 // part of the machine, in percent, that other work took meanwhile
}

// Verdict says whether the goal was met, in a word.
func (g Goal) Verdict() string {
	switch {
	case g.Why != "":
		return "not judged: " + g.Why
	case g.Got <= g.Most:
		return "met"
	}
	return "**missed**"
}

// GoalTable lists goals with their verdicts.
func GoalTable(goals []Goal) *Table {
	t := &Table{Title: "Goals", Head: []string{"what", "goal", "allowed", "measured", "verdict", "other work"}}
	for _, g := range goals {
		allowed, got := fmt.Sprintf(g.Format, g.Most), fmt.Sprintf(g.Format, g.Got)
		if g.Why != "" {
			allowed, got = "", ""
		}
		t.Add(g.What, g.Limit, allowed, got, g.Verdict(), fmt.Sprintf("%.0f %%", g.Noise))
	}
	return t
}

// Ratio prints a/b, or nothing where there is nothing to compare with.
func Ratio(a, b float64) string {
	if a == 0 || b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a/b)
}
