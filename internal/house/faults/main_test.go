package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	const events = `{"Action":"output","Package":"p","Test":"TestScripts/beside/stop","Output":"    x.go:1: row F5 TERM ignored\n"}
{"Action":"pass","Package":"p","Test":"TestScripts/beside/stop"}
{"Action":"pass","Package":"p","Test":"TestF53F54Freeze"}
{"Action":"pass","Package":"p","Test":"TestF120"}
{"Action":"pass","Package":"p","Test":"TestNames/UTF8"}
{"Action":"output","Package":"p","Test":"TestF12Recycled","Output":"too bad\n"}
{"Action":"fail","Package":"p","Test":"TestF12Recycled"}
{"Action":"output","Package":"p","Output":"FAIL\tp\n"}
`
	r := newReport()
	var out strings.Builder
	if err := r.read(strings.NewReader(events), &out); err != nil {
		t.Fatal(err)
	}
	if r.table(&out) {
		t.Error("a run with a failed test is good")
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"too bad", "F5 TERM ignored ok stop", "before the pause ok TestF53F54Freeze", "F54 CONT from outside while paused ok TestF53F54Freeze",
		"by now FAILED TestF12Recycled", "F1 exit statuses, deaths by each signal NOT RUN", "than it is walked NOT RUN"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// A run in which every row has a test that passed is good, and one less is not.
func TestEveryRowIsWanted(t *testing.T) {
	for missing := range len(rows) + 1 {
		r := newReport()
		for n := range rows {
			if n+1 != missing {
				r.passed[n+1] = []string{"T"}
			}
		}
		if good := r.table(&strings.Builder{}); good != (missing == 0) {
			t.Errorf("without row %d: %v", missing, good)
		}
	}
	if len(rows) != 93 {
		t.Errorf("there are %d rows", len(rows))
	}
}

func TestSkipsAndBuildsCount(t *testing.T) {
	for _, text := range []string{`{"Action":"skip","Package":"p","Test":"TestA"}`, `{"Action":"build-fail","ImportPath":"p"}`, `go: cannot find`} {
		r := newReport()
		if err := r.read(strings.NewReader(text+"\n"), &strings.Builder{}); err != nil || !r.broken {
			t.Errorf("%s is no failure (%v)", text, err)
		}
	}
}
