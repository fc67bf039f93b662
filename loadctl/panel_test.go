package loadctl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// scripted is a guard that reads its verdicts from a script, one letter a look:
// o open, c closed, e error, t a Trouble that is not a guard's to set. The last is repeated.
type scripted struct {
	name   string
	every  time.Duration
	script string
	looks  int
}

func (s *scripted) guard() Guard {
	return Guard{
		Source: s.name, Look: s.Look, Every: func() time.Duration { return s.every },
		State: func() string { return fmt.Sprintf("%s after %d", s.name, s.looks) },
	}
}

func (s *scripted) Look(time.Time) (Verdict, error) {
	letter := s.script[min(s.looks, len(s.script)-1)]
	s.looks++
	switch letter {
	case 'e':
		// What comes with an error is nobody's business.
		return Verdict{Closed: true, Reason: "nonsense", Trouble: errors.New("nonsense")}, fmt.Errorf("%s is blind", s.name)
	case 't':
		return Verdict{Reason: fmt.Sprintf("%s t%d", s.name, s.looks), Trouble: errors.New("nonsense")}, nil
	default:
		return Verdict{Closed: letter == 'c', Reason: fmt.Sprintf("%s %c%d", s.name, letter, s.looks)}, nil
	}
}

// said is a verdict as one line: "! open: reason [trouble]", ! where it changed.
func said(v Verdict, changed bool) string {
	s := map[bool]string{true: "! ", false: ""}[changed] + map[bool]string{true: "closed: ", false: "open: "}[v.Closed] + v.Reason
	if v.Trouble != nil {
		s += " [" + v.Trouble.Error() + "]"
	}
	return s
}

// panelOf makes a panel of guards called a, b, ... from their scripts, all due
// every second.
func panelOf(scripts ...string) *panel {
	p := new(panel)
	for i, s := range scripts {
		g := &scripted{name: string(rune('a' + i)), every: time.Second, script: s}
		p.add(g.guard())
	}
	return p
}

func TestPanel(t *testing.T) {
	for _, row := range []struct {
		name    string
		scripts []string
		want    []string
	}{
		{"one guard", []string{"occo"}, []string{
			"open: a o1", "! closed: a c2", "closed: a c3", "! open: a o4", "open: a o5"}},
		{"closed at once", []string{"c"}, []string{"! closed: a c1", "closed: a c2"}},
		{"closed while any is, named after the first", []string{"ococoo", "occcco"}, []string{
			"open: a o1; b o1", "! closed: a c2", "closed: b c3", "closed: a c4", "closed: b c5", "! open: b o6"}},
		{"named after the last to open", []string{"coo", "cco"}, []string{
			"! closed: a c1", "closed: b c2", "! open: b o3"}},
		{"both open at once", []string{"co", "co"}, []string{
			"! closed: a c1", "! open: a o2; b o2"}},
		{"one opens as the other closes", []string{"co", "oc"}, []string{
			"! closed: a c1", "closed: b c2"}},
		{"blind is open, and told once", []string{"oeeeo"}, []string{
			"open: a o1", "open: a is blind [a is blind]", "open: a is blind", "open: a is blind", "open: a o5"}},
		{"blind while closed", []string{"cec"}, []string{
			"! closed: a c1", "! open: a is blind [a is blind]", "! closed: a c3"}},
		{"blind at first", []string{"eo"}, []string{"open: a is blind [a is blind]", "open: a o2"}},
		{"blind beside a closed one", []string{"e", "c"}, []string{
			"! closed: b c1 [a is blind]", "closed: b c2"}},
		{"trouble is told by way of the error alone", []string{"t"}, []string{"open: a t1"}},
		{"both blind, in one line", []string{"e", "e"}, []string{
			"open: a is blind; b is blind [a is blind; b is blind]", "open: a is blind; b is blind"}},
	} {
		p := panelOf(row.scripts...)
		now := time.Unix(0, 0)
		for i, want := range row.want {
			if got := said(p.look(now)); got != want {
				t.Errorf("%s: look %d: got %q, want %q", row.name, i+1, got, want)
			}
			now = now.Add(time.Second)
		}
	}
}

// A failure that comes and goes is told again only after a dozen good looks.
func TestPanelTellsAFlickerOnce(t *testing.T) {
	good := strings.Repeat("o", calm)
	p := panelOf("e" + good[1:] + "e" + good + "ee")
	var troubles []int
	for i := range 2 + 2*calm {
		v, _ := p.look(time.Unix(int64(i), 0))
		if v.Trouble != nil {
			troubles = append(troubles, i)
		}
	}
	if want := []int{0, 2*calm + 1}; !slices.Equal(troubles, want) {
		t.Errorf("told at looks %v, want %v", troubles, want)
	}
}

// Each guard is asked at its own pace, and one that is not due keeps its say.
func TestPanelPaces(t *testing.T) {
	slow := &scripted{name: "slow", every: 5 * time.Second, script: "cco"}
	fast := &scripted{name: "fast", every: 2 * time.Second, script: "o"}
	hasty := &scripted{name: "hasty", every: 0, script: "o"}
	p := &panel{places: []*place{{guard: slow.guard()}, {guard: fast.guard()}}}
	start := time.Unix(1000, 0)
	var asked []string
	now := start
	for range 7 {
		v, _ := p.look(now)
		asked = append(asked, fmt.Sprintf("%v %d %d %v", now.Sub(start), slow.looks, fast.looks, v.Closed))
		next, ok := p.next()
		if !ok || !next.After(now) {
			t.Fatalf("at %v the next look is at %v, %v", now, next, ok)
		}
		now = next
	}
	want := []string{"0s 1 1 true", "2s 1 2 true", "4s 1 3 true", "5s 2 3 true", "6s 2 4 true", "8s 2 5 true", "10s 3 6 false"}
	if !slices.Equal(asked, want) {
		t.Errorf("got\n%q, want\n%q", asked, want)
	}
	if got, want := p.state(), "slow after 3; fast after 6"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
	// One that rings is asked at once.
	before := slow.looks
	p.places[0].rung.Store(true)
	if p.look(now); slow.looks != before+1 {
		t.Error("it rang, and was not asked")
	}
	// And the end of our turn is no later than it has to be.
	p.resume.turnEnds = now.Add(time.Millisecond)
	if next, _ := p.next(); next != now.Add(time.Millisecond) {
		t.Errorf("the turn ends at %v, and the next look is at %v", p.resume.turnEnds, next)
	}
	p = &panel{places: []*place{{guard: hasty.guard()}}}
	p.look(start)
	if next, _ := p.next(); next.Sub(start) != soonest {
		t.Errorf("a guard that is always due is asked after %v", next.Sub(start))
	}
	if _, ok := new(panel).next(); ok {
		t.Error("an empty panel is due")
	}
}
