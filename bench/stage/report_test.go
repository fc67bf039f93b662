//go:build linux

package stage

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
		if got := Quantile(c.values, c.q); got != c.want {
			t.Errorf("Quantile(%v, %v) = %v, want %v", c.values, c.q, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		g    Goal
		want string
	}{
		{Goal{Got: 1, Most: 2}, "met"},
		{Goal{Got: 2, Most: 2}, "met"},
		{Goal{Got: 2.1, Most: 2}, "**missed**"},
		{Goal{Got: 1, Most: 2, Why: "no peer"}, "not judged: no peer"},
	} {
		if got := c.g.Verdict(); got != c.want {
			t.Errorf("verdict of %+v is %q, want %q", c.g, got, c.want)
		}
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	table := &Table{Title: "T", Head: []string{"tool", "µs"}, Notes: []string{"note"}}
	table.Add("a", "1234")
	table.Add("failed")
	table.Write(&b)
	want := "## T\n\n" +
		"| tool   |   µs |\n" +
		"|--------|-----:|\n" +
		"| a      | 1234 |\n" +
		"| failed |      |\n\nnote\n\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestPick(t *testing.T) {
	parts := []Part{{Name: "start"}, {Name: "stop"}, {Name: "idle"}}
	picked, err := Pick(parts, "stop,start")
	if err != nil || len(picked) != 2 || picked[0].Name != "start" || picked[1].Name != "stop" {
		t.Errorf("stop,start gives %v, %v", picked, err)
	}
	if _, err := Pick(parts, "start,nonsense"); err == nil {
		t.Error("an unknown part is taken")
	}
	if all, err := Pick(parts, ""); err != nil || len(all) != len(parts) {
		t.Errorf("nothing asked gives %d parts, %v", len(all), err)
	}
}

func TestBusyTime(t *testing.T) {
	// user nice system idle iowait irq softirq steal guest guest_nice
	got := busyTime("cpu  100 10 50 9999 7777 5 6 4 88 99")
	if want := 1750 * time.Millisecond; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
