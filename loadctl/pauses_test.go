package loadctl

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// moved looks n times, a second apart, and says when the gate moved and what was
// told.
func moved(p *panel, n int) string {
	var moves []string
	for i := range n {
		v, changed := p.look(time.Unix(int64(1000+i), 0))
		if changed {
			moves = append(moves, fmt.Sprintf("%d%s", i, map[bool]string{true: "c", false: "o"}[v.Closed]))
		}
		if v.Trouble != nil {
			moves = append(moves, v.Trouble.Error())
		}
	}
	return strings.Join(moves, " ")
}

// patient is a slow guard that can take back that it closed.
func patient(script string) *panel {
	p, s := slowPanel(script, nil)
	p.places[0].guard.Open = func() {}
	_ = s
	return p
}

func TestPauseAfter(t *testing.T) {
	for _, row := range []struct{ script, want string }{
		{"occccccoo", "6c 7o"},
		{"occccoccccoo", ""},         // five seconds are up after six looks
		{"occoccccccccco", "9c 13o"}, // it begins anew
		{"ccccccccoo", "5c 8o"},      // not at the start either
		{"occceccccccoo", "4 a is blind 10c 11o"},
	} {
		p := patient(row.script)
		p.grace = 5 * time.Second
		if got := moved(p, len(row.script)); got != strings.Replace(row.want, "4 a", "a", 1) {
			t.Errorf("%s: got %q, want %q", row.script, got, row.want)
		}
	}
	// A clock or a user is obeyed at once.
	p := panelOf("oco")
	p.grace = time.Minute
	if got := moved(p, 3); got != "1c 2o" {
		t.Errorf("a clock: %q", got)
	}
	// What is above its limit for a moment is said to be.
	p = patient("oc")
	p.grace = 5 * time.Second
	p.look(time.Unix(0, 0))
	if got := said(p.look(time.Unix(1, 0))); got != "open: a c2, but not for 5s" {
		t.Error(got)
	}
	// The next look comes when it is time, though the guard's is later.
	p.places[0].guard.Every = func() time.Duration { return time.Hour }
	p.look(time.Unix(2, 0))
	if next, _ := p.next(); next != time.Unix(6, 0) {
		t.Errorf("the next look is at %v", next.Unix())
	}
}

// A real guard between its limits has not been above.
func TestPauseAfterIsAboveTheUpperLimit(t *testing.T) {
	p := new(panel)
	p.grace = 3 * time.Second
	p.add(Limit(&told{every: time.Second, values: []any{0.0, 5.0, 3.0, 3.0, 3.0, 3.0, 5.0, 5.0, 5.0, 5.0, 3.0, 1.0}, lag: Average{Settle: time.Second}}, 4, 2))
	if got := moved(p, 12); got != "9c 11o" {
		t.Errorf("got %q", got)
	}
}

func TestMaxPause(t *testing.T) {
	for _, row := range []struct{ script, want string }{
		{"ooooc", "4c 9o held back for 5s, runs for 4s although a c10 13c 18o held back for 5s, runs for 4s although a c19"},
		{"c", "0c 5o held back for 5s, runs for 5s although a c6 10c 15o held back for 5s, runs for 5s although a c16"},
		{"ooccoo", "2c 4o"},
		// It opens by itself meanwhile: what closes after that counts anew.
		{"oococcccccco", "2c 3o 4c 9o held back for 5s, runs for 1s although a c10 10c 11o"},
	} {
		p, _ := slowPanel(row.script, nil)
		p.resume.settle = 0
		p.limit.most = 5 * time.Second
		p.places[0].guard.Settle = time.Nanosecond
		if got := moved(p, 20); got != row.want {
			t.Errorf("%s:\n got %q\nwant %q", row.script, got, row.want)
		}
	}
	// It ends the wait after resumes that failed too, and when it is due.
	p, _ := slowPanel("oc", nil)
	p.limit.most = 2500 * time.Millisecond
	p.places[0].guard.Every = func() time.Duration { return time.Hour }
	p.look(time.Unix(0, 0))
	p.places[0].due = time.Unix(1, 0)
	p.look(time.Unix(1, 0))
	if next, _ := p.next(); next != time.Unix(3, 5e8) {
		t.Errorf("the next look is at %v", next)
	}
	// Nothing ends what the clock says, or a user.
	p = panelOf("oc")
	p.limit.most = time.Second
	if got := moved(p, 50); got != "1c" {
		t.Errorf("a clock: %q", got)
	}
	// Nor does one give in for the other.
	p, _ = slowPanel("oc", nil)
	clock := &scripted{name: "clock", every: time.Second, script: "oooccccccccooooo"}
	p.add(clock.guard())
	p.limit.most = 5 * time.Second
	if got := moved(p, 20); got != "1c 15o held back for 5s, runs for 1s although a c16 16c" {
		t.Errorf("beside a clock: %q", got)
	}
}

// What is run in spite of the measures ends when a clock wants it.
func TestClockEndsWhatIsRunInSpite(t *testing.T) {
	p, _ := slowPanel("oooooooooc", nil)
	p.add((&scripted{name: "clock", every: time.Second, script: "oooooooooooooooocc"}).guard())
	p.limit.most = 5 * time.Second
	if got := moved(p, 20); got != "9c 14o held back for 5s, runs for 9s although a c15 16c" {
		t.Errorf("got %q", got)
	}
}

// A resume that a clock or a user ends has not failed.
func TestOnlyMeasuresMakeResumesRarer(t *testing.T) {
	p, _ := slowPanel("ocooooooooo", nil)
	clock := &scripted{name: "clock", every: time.Second, script: "oooococo"}
	p.add(clock.guard())
	if got := moved(p, 11); got != "1c 2o 4c 5o 6c 7o" {
		t.Errorf("got %q", got)
	}
	// And the other way: what the measure does is counted as ever.
	p, _ = slowPanel("ococoooooooo", nil)
	p.add((&scripted{name: "clock", every: time.Second, script: "o"}).guard())
	if got := moved(p, 12); got != "1c 2o 3c 7o" {
		t.Errorf("got %q", got)
	}
}

// Who closed is named beside the reason.
func TestVerdictsNameTheirSource(t *testing.T) {
	p := panelOf("oco", "occ")
	var sources []string
	for i := range 4 {
		v, _ := p.look(time.Unix(int64(i), 0))
		sources = append(sources, v.Source)
	}
	if got := strings.Join(sources, ","); got != ",a,b,b" {
		t.Errorf("got %q", got)
	}
	root := func(g Guard, err error) string { return g.Source + fmt.Sprint(errors.Unwrap(err)) }
	if got := root(MinMemory("", 1, 0)) + root(Load("", OneMinute, false, nil, 2, 1), nil); got != "memory<nil>load<nil>" {
		t.Error(got)
	}
}
