package loadctl

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// slow is a scripted guard whose effect takes two seconds to show, so that a
// resume has to last twelve.
type slow struct {
	scripted
	full string
}

func (s *slow) guard() Guard {
	g := s.scripted.guard()
	g.Settle = 2 * time.Second
	g.Crowded = func() (string, bool) { return s.full, s.full != "" }
	return g
}

func slowPanel(script string, t *turns) (*panel, *slow) {
	g := &slow{scripted: scripted{name: "a", every: time.Second, script: script}}
	p := &panel{resume: reluctance{turns: t}}
	p.add(g.guard())
	return p, g
}

// run looks n times, a second apart, and says when the gate moved.
func run(p *panel, n int) string {
	var moves []string
	for i := range n {
		if v, changed := p.look(time.Unix(int64(1000+i), 0)); changed {
			moves = append(moves, fmt.Sprintf("%d%s", i, map[bool]string{true: "c", false: "o"}[v.Closed]))
		}
	}
	return strings.Join(moves, " ")
}

// A gate that closes again soon after a resume waits longer each time, until
// one has lasted.
func TestResumesGetRarer(t *testing.T) {
	long := strings.Repeat("o", 60)
	for _, row := range []struct{ script, want string }{
		{"occccoooooo", "1c 5o"},
		{"oco" + long + "co" + long, "1c 2o 63c 64o"},
		// After a resume of one second: 4 s, and it may open; then 8, 16.
		{"ococ" + long, "1c 2o 3c 7o"},
		{"ococoooocoooooooocooooooooooooooooo", "1c 2o 3c 7o 8c 16o 17c 33o"},
		// What closes the gate again while it waits does not count as a resume.
		{"ococoocooo", "1c 2o 3c 7o"},
	} {
		p, _ := slowPanel(row.script, nil)
		if got := run(p, len(row.script)); got != row.want {
			t.Errorf("%.40s: got %q, want %q", row.script, got, row.want)
		}
	}
}

// The wait is bounded, and begins anew after a resume that lasted longer.
func TestReluctanceIsBounded(t *testing.T) {
	r := &reluctance{settle: 2 * time.Second}
	now := time.Unix(0, 0)
	var waits []string
	for range 9 {
		r.close(now, 2*time.Second)
		waits = append(waits, r.wait.String())
		now = now.Add(r.wait)
		if why, ok := r.mayOpen(now, nil); !ok {
			t.Fatalf("after %v: %s", r.wait, why)
		}
		now = now.Add(time.Second)
	}
	if got, want := strings.Join(waits, " "), "0s 4s 8s 16s 32s 1m4s 2m8s 4m16s 5m0s"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if r.close(now.Add(r.wait+12*time.Second), 2*time.Second); r.wait != 0 {
		t.Errorf("after a resume that lasted it waits %v", r.wait)
	}
}

func TestResumeSaysWhatItWaitsFor(t *testing.T) {
	p, _ := slowPanel("ococooooo", nil)
	want := []string{
		"open: a o1", "! closed: a c2", "! open: a o3",
		"! closed: a c4, not before 4s since the last resume lasted 1s",
		"closed: a o5; waits 3s more, since the last resume did not last",
	}
	for i, w := range want {
		if got := said(p.look(time.Unix(int64(i), 0))); got != w {
			t.Errorf("look %d: got %q, want %q", i, got, w)
		}
	}
	if got, want := p.state(), "a after 5; waits 3s more, since the last resume did not last"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
}

// Several watches that see the same resume one after the other, each when the
// effect of the one before has had its two seconds.
func TestResumesTakeTurns(t *testing.T) {
	dir := shared(t)
	var all []*panel
	for range 4 {
		p, _ := slowPanel("oc"+strings.Repeat("o", 40), &turns{dirs: []string{dir}})
		all = append(all, p)
	}
	var opened []int
	for i := range 20 {
		for n := range all {
			// Not always in the same order.
			p := all[(n+i)%len(all)]
			v, changed := p.look(time.Unix(int64(i), 0))
			if changed && !v.Closed {
				opened = append(opened, i)
			}
			if next, _ := p.next(); next.Sub(time.Unix(int64(i), 0)) > time.Second {
				t.Errorf("at %d the next look is at %v", i, next.Unix())
			}
		}
	}
	if len(opened) != 4 {
		t.Fatalf("opened at %v", opened)
	}
	for i := 1; i < len(opened); i++ {
		if opened[i]-opened[i-1] < 2 {
			t.Errorf("opened at %v", opened)
		}
	}
}

// A watch that had to wait for its turn does not believe in room that others
// are about to fill. One that did not wait knows of no others.
func TestResumeInACrowd(t *testing.T) {
	dir := shared(t)
	other := &turns{dirs: []string{dir}}
	p, g := slowPanel("oc"+strings.Repeat("o", 40), &turns{dirs: []string{dir}})
	g.full = "it is full"
	at := func(i int64) string { v, _ := p.look(time.Unix(i, 0)); return v.Reason }
	at(0)
	at(1)
	if err := other.take(); err != nil {
		t.Fatal(err)
	}
	if got := at(2); got != "a o3; waits for its turn to resume" {
		t.Errorf("got %q", got)
	}
	other.drop()
	if got := at(3); got != "a o4; it is full" {
		t.Errorf("got %q", got)
	}
	if err := other.take(); err != nil {
		t.Errorf("it kept its turn: %v", err)
	}
	other.drop()
	g.full = ""
	if got := at(4); got != "a o5" || p.closed {
		t.Errorf("got %q", got)
	}
	if err := other.take(); err == nil {
		t.Error("two turns at once")
	}
	p.resume.end()

	p, g = slowPanel("oco", &turns{dirs: []string{dir}})
	g.full = "it is full"
	if run(p, 3); p.closed {
		t.Error("it waits for others that it never met")
	}
	p.resume.end()
}

// Somebody who never gives the turn back holds nobody up for ever.
func TestTurnThatNeverEnds(t *testing.T) {
	dir := shared(t)
	hog := &turns{dirs: []string{dir}}
	if err := hog.take(); err != nil {
		t.Fatal(err)
	}
	defer hog.drop()
	p, _ := slowPanel("oc"+strings.Repeat("o", 300), &turns{dirs: []string{dir}})
	want := fmt.Sprintf("1c %do", 2+2*turnsToWait)
	if got := run(p, 300); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// Where there is no place to meet, everybody goes his own way.
	p, _ = slowPanel("oco", &turns{dirs: []string{t.TempDir()}})
	if got := run(p, 3); got != "1c 2o" {
		t.Errorf("got %q", got)
	}
}

// Room that was there when the guard opened, and is gone when it may: a guard
// has to see it again at each look.
func TestRoomIsLookedAtAgain(t *testing.T) {
	dir := shared(t)
	other := &turns{dirs: []string{dir}}
	s := &told{every: time.Second, values: []any{0.0, 9.0, 1.0, 3.0, 3.0, 1.0, 3.0, 9.0}, lag: Average{Settle: 2 * time.Second}}
	p := &panel{resume: reluctance{turns: &turns{dirs: []string{dir}}}}
	p.add(Limit(s, 4, 2))
	defer p.resume.end()
	for i, want := range []string{
		"open: load 0.00 is not above 4.00",
		"! closed: load 9.00 is above 4.00, resumes below 2.00",
		"closed: load 1.00 is below 2.00; waits for its turn to resume",
		"closed: load 3.00 is not yet below 2.00", // the turn is free by now
		"closed: load 3.00 is not yet below 2.00",
		"! open: load 1.00 is below 2.00",
		"open: load 3.00 is not above 4.00",
		"! closed: load 9.00 is above 4.00, resumes below 2.00, not before 4s since the last resume lasted 2s",
	} {
		if i == 2 {
			if err := other.take(); err != nil {
				t.Fatal(err)
			}
		} else {
			other.drop()
		}
		if got := said(p.look(time.Unix(int64(i), 0))); got != want {
			t.Errorf("look %d: got %q, want %q", i, got, want)
		}
	}

	// The same with two guards, of which one opens later.
	a := &told{every: time.Second, values: []any{9.0, 1.0, 3.0, 1.0}}
	b := &told{every: time.Second, values: []any{9.0, 9.0, 1.0, 1.0}}
	p = new(panel)
	p.add(Limit(a, 4, 2))
	p.add(Limit(b, 4, 2))
	if got := run(p, 4); got != "0c 3o" {
		t.Errorf("two guards: %s", got)
	}
}

// A pause by the clock leaves alone what is known of resumes that failed.
func TestClockForgivesNothing(t *testing.T) {
	r := &reluctance{settle: 2 * time.Second, opened: time.Unix(0, 0)}
	r.close(time.Unix(1, 0), 2*time.Second)
	before := r.wait
	r.close(time.Unix(60, 0), 0)
	if r.wait != before || before == 0 {
		t.Errorf("the wait was %v, and is %v", before, r.wait)
	}
}

// How long one waits for a turn that does not end: not all as long, and for slow
// measures no longer than for the usual one.
func TestTurnPatience(t *testing.T) {
	for _, row := range []struct {
		settle time.Duration
		pid    int
		want   time.Duration
	}{
		{3 * time.Second, 32, 90 * time.Second},
		{3 * time.Second, 47, 135 * time.Second},
		{10 * time.Second, 16, 5 * time.Minute},
		{150 * time.Second, 17, 310 * time.Second},
	} {
		if got := turnPatience(row.settle, row.pid); got != row.want {
			t.Errorf("turns of %v, process %d: %v, want %v", row.settle, row.pid, got, row.want)
		}
	}
}
