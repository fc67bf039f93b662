// Faults reads what "go test -json" says from standard input, prints it as
// "go test" would have, and then a table: each fault that dmon must survive,
// and the tests that have shown in this run that it does. A fault that no test
// has met is a failure, and so is a failed test.
//
// A test says which rows it is about by its name (TestF12RecycledPid); a script
// of cmd/dmon by the word row.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	r := newReport()
	if err := r.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "faults: %v\n", err)
		os.Exit(1)
	}
	if !r.table(os.Stdout) {
		os.Exit(1)
	}
}

// event is one of those that "go doc test2json" describes.
type event struct {
	Action     string
	Package    string
	Test       string
	Output     string
	ImportPath string
}

// report is what was heard so far.
type report struct {
	output map[string][]string // of tests that have not ended, by package and test
	rows   map[string][]int    // that scripts came to
	passed map[int][]string    // by row: the tests that passed
	failed map[int][]string
	broken bool
}

func newReport() *report {
	return &report{output: map[string][]string{}, rows: map[string][]int{}, passed: map[int][]string{}, failed: map[int][]string{}}
}

var (
	inName   = regexp.MustCompile(`(?:^|Test|_)((?:F[0-9]{1,2})+)(?:[^0-9]|$)`) // not UTF8
	inScript = regexp.MustCompile(`: row F([0-9]{1,2}) `)
)

// read takes in events up to the end, and prints what people want to see.
func (r *report) read(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			// What is not of a test, such as a complaint of the go command.
			fmt.Fprintln(out, lines.Text())
			r.broken = true
			continue
		}
		r.take(e, out)
	}
	return lines.Err()
}

func (r *report) take(e event, out io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "build-fail":
		r.broken = true
	case "output":
		if e.Test == "" {
			if strings.HasPrefix(e.Output, "ok ") || strings.HasPrefix(e.Output, "FAIL") || strings.HasPrefix(e.Output, "panic") {
				fmt.Fprint(out, e.Output)
			}
		}
		r.output[key] = append(r.output[key], e.Output)
		for _, m := range inScript.FindAllStringSubmatch(e.Output, -1) {
			r.rows[key] = append(r.rows[key], number(m[1]))
		}
	case "pass":
		r.credit(r.passed, e, key)
		delete(r.output, key)
	case "fail", "skip":
		if e.Action == "skip" && e.Test == "" {
			return // a package without tests
		}
		// Nothing is skipped in silence, so a skip is a failure.
		r.broken = true
		r.credit(r.failed, e, key)
		fmt.Fprintf(out, "%s: %s\n%s", strings.ToUpper(e.Action), key, strings.Join(r.output[key], ""))
		delete(r.output, key)
	}
}

// credit notes which rows a test that has ended was about.
func (r *report) credit(where map[int][]string, e event, key string) {
	if e.Test == "" {
		return
	}
	rows := r.rows[key]
	name := e.Test
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	for _, m := range inName.FindAllStringSubmatch(name, -1) {
		for digits := range strings.SplitSeq(m[1][1:], "F") {
			rows = append(rows, number(digits))
		}
	}
	for _, n := range rows {
		if !slices.Contains(where[n], name) {
			where[n] = append(where[n], name)
		}
	}
}

func number(digits string) (n int) {
	fmt.Sscan(digits, &n)
	return n
}

// table prints what came of each row, and says whether all is well.
func (r *report) table(out io.Writer) bool {
	good := !r.broken
	fmt.Fprintf(out, "\nFaults that dmon must survive, and the tests that have met them in this run:\n\n")
	for i, what := range rows {
		n := i + 1
		state := "ok"
		switch {
		case len(r.failed[n]) > 0:
			state = "FAILED"
		case len(r.passed[n]) == 0:
			state, good = "NOT RUN", false
		}
		fmt.Fprintf(out, "F%-3d %-48s %-8s %s\n", n, what, state, strings.Join(append(r.failed[n], r.passed[n]...), " "))
	}
	fmt.Fprintln(out)
	return good
}
