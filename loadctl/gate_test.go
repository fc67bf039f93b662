package loadctl

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// moves feeds values to g and returns what it said: o for open, c for closed.
func moves(g *Gate, values ...float64) string {
	var b strings.Builder
	for _, v := range values {
		if g.Move(v) {
			b.WriteByte('c')
		} else {
			b.WriteByte('o')
		}
	}
	return b.String()
}

func TestGate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, row := range []struct {
		name      string
		high, low float64
		values    []float64
		want      string
	}{
		{"quiet", 4, 2, []float64{0, 1, 2, 3, 4}, "ooooo"},
		{"closes above high only", 4, 2, []float64{4, 4.01}, "oc"},
		{"opens below low only", 4, 2, []float64{5, 4, 3, 2, 1.99}, "cccco"},
		{"between the two as it was", 4, 2, []float64{3, 5, 3, 1, 3, 3}, "occooo"},
		{"closed at the first look", 4, 2, []float64{9}, "c"},
		{"again and again", 4, 2, []float64{5, 1, 5, 1}, "coco"},
		{"one threshold", 4, 4, []float64{4, 5, 4, 3, 4}, "occoo"},
		{"low of zero never opens", 4, 0, []float64{5, 0}, "cc"},
		{"infinity", 4, 2, []float64{inf, -inf}, "co"},
		{"not a number opens and closes nothing", 4, 2, []float64{nan, 5, nan, 3}, "ocoo"},
	} {
		if got := moves(&Gate{High: row.high, Low: row.low}, row.values...); got != row.want {
			t.Errorf("%s: got %s, want %s", row.name, got, row.want)
		}
	}
}

func TestGateForcedOpen(t *testing.T) {
	g := Gate{High: 4, Low: 2}
	moves(&g, 5)
	g.Open()
	if got := moves(&g, 3, 5); got != "oc" {
		t.Errorf("after Open: got %s, want oc", got)
	}
}

func TestFigure(t *testing.T) {
	for _, row := range []struct {
		n    float64
		want string
	}{
		{4, "4.00"}, {0, "0.00"}, {0.5, "0.50"}, {4.21, "4.21"}, {10, "10.00"}, {100, "100.00"}, {4.005, "4.005"},
		{4.0001, "4.0001"}, {3 * 0.1, "0.30"}, {4.00001, "4.00"}, {0.125, "0.125"}, {1e6, "1000000.00"},
	} {
		if got := figure(row.n); got != row.want {
			t.Errorf("%v: got %s, want %s", row.n, got, row.want)
		}
	}
}

func ExampleGate() {
	g := Gate{High: 4, Low: 2}
	fmt.Println(g.Move(3), g.Move(4.2), g.Move(3), g.Move(1.9))
	// Output: false true true false
}
