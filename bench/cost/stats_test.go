//go:build linux && (amd64 || arm64)

package main

import (
	"strings"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{nil, 0.5, 0},
		{[]float64{7}, 0.5, 7},
		{[]float64{7}, 0.9, 7},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{0, 10}, 0.1, 1},
		{[]float64{5, 1}, 0, 1},
		{[]float64{5, 1}, 1, 5},
	} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.values, c.q, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		g    goal
		want string
	}{
		{goal{got: 1, most: 2}, "met"},
		{goal{got: 2, most: 2}, "met"},
		{goal{got: 2.1, most: 2}, "**missed**"},
		{goal{got: 1, most: 2, why: "no peer"}, "not judged: no peer"},
	} {
		if got := c.g.verdict(); got != c.want {
			t.Errorf("verdict of %+v is %q, want %q", c.g, got, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	row := func(v float64, err error) *entry {
		e := &entry{values: map[string][]float64{}, err: err}
		if v > 0 {
			e.add("us", v)
		}
		return e
	}
	missing := errMissing{"peer"}
	for _, c := range []struct {
		name  string
		e     *entry
		peers []*entry
		want  string
	}{
		{"best of two peers counts", row(14, nil), []*entry{row(20, nil), row(10, nil)}, "**missed**"},
		{"within the factor", row(13, nil), []*entry{row(20, nil), row(10, nil)}, "met"},
		{"a missing peer is passed over", row(14, nil), []*entry{row(0, missing), row(20, nil)}, "met"},
		{"no peer at all", row(14, nil), []*entry{row(0, missing)}, "not judged: nothing to compare with"},
		{"dmon missing", row(0, errMissing{"/bin/dmon"}), []*entry{row(9, nil)}, "not judged: dmon is not built"},
	} {
		b := &bench{}
		b.judge("", "us", 1.3, c.e, c.peers...)
		if got := b.goals[0].verdict(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	table := &table{title: "T", head: []string{"tool", "µs"}, notes: []string{"note"}}
	table.add("a", "1234")
	table.add("failed")
	table.write(&b)
	want := "## T\n\n" +
		"| tool   |   µs |\n" +
		"|--------|-----:|\n" +
		"| a      | 1234 |\n" +
		"| failed |      |\n\nnote\n\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestSections(t *testing.T) {
	picked, err := options{only: "stop,start"}.sections()
	if err != nil || len(picked) != 2 || picked[0].name != "start" || picked[1].name != "stop" {
		t.Errorf("stop,start gives %v, %v", picked, err)
	}
	if _, err := (options{only: "start,nonsense"}).sections(); err == nil {
		t.Error("an unknown section is taken")
	}
	if all, err := (options{}).sections(); err != nil || len(all) != len(sections) {
		t.Errorf("nothing asked gives %d sections, %v", len(all), err)
	}
}

func TestBusyTime(t *testing.T) {
	// user nice system idle iowait irq softirq steal guest guest_nice
	got := busyTime("cpu  100 10 50 9999 7777 5 6 4 88 99")
	if want := 1750 * time.Millisecond; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
