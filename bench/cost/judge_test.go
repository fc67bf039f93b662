//go:build linux && amd64

package main

import (
	"testing"

	"dmon/bench/stage"
)

func TestJudge(t *testing.T) {
	row := func(v float64, err error) *entry {
		e := &entry{values: map[string][]float64{}, err: err}
		if v > 0 {
			e.add("us", v)
		}
		return e
	}
	missing := stage.Missing{Program: "peer"}
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
		{"dmon missing", row(0, stage.Missing{Program: "/bin/dmon"}), []*entry{row(9, nil)}, "not judged: dmon is not built"},
	} {
		b := &bench{}
		b.judge("", "us", 1.3, c.e, c.peers...)
		if got := b.goals[0].Verdict(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
