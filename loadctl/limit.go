package loadctl

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Sampler measures one thing about the machine.
type Sampler interface {
	// Name is what a message calls the measure: "load".
	Name() string
	// Sample measures now. It must not block for longer than a read of a file
	// in /proc does, and it is called from one goroutine at a time.
	Sample() (float64, error)
	// Every is how long a sample stays good: asking sooner tells nothing new.
	Every() time.Duration
	// Average says how slowly the measure follows what it measures.
	Average() Average
}

// Average is how slowly a measure follows what it measures. The zero value is
// one that follows at once.
type Average struct {
	Settle time.Duration // until a change shows
	Keeps  float64       // the part that it keeps of itself from one sample to the next
}

// Limit returns a guard that is closed when what s measures rises above high,
// and open again when it falls below low.
func Limit(s Sampler, high, low float64) Guard {
	l := &limit{Sampler: s, gate: Gate{High: high, Low: low}, seen: math.NaN(), heading: headingOf(s)}
	return Guard{
		Source: "load", Look: l.look, Every: s.Every, State: l.state,
		Settle: s.Average().Settle, Stay: l.gate.Close, Open: l.gate.Open, Crowded: l.crowded,
	}
}

type limit struct {
	Sampler
	gate Gate
	seen float64 // not a number: nothing yet, or nothing any more
	heading
}

func (l *limit) crowded() (why string, yes bool) {
	v, known := l.heading.value()
	if !known || v < l.gate.Low {
		return "", false
	}
	return fmt.Sprintf("others were resumed, and take the %s to %s", l.Name(), figure(math.Round(100*v)/100)), true
}

func (l *limit) look(now time.Time) (Verdict, error) {
	v, err := l.Sample()
	if err == nil && math.IsNaN(v) {
		err = fmt.Errorf("cannot measure the %s: not a number", l.Name())
	}
	if err != nil {
		l.gate.Open()
		l.seen = math.NaN()
		l.heading.forget()
		return Verdict{}, err
	}
	l.seen = v
	l.heading.add(now, v)
	was := l.gate.closed
	is := l.gate.Move(v)
	text := l.Name() + " " + figure(v)
	high, low := figure(l.gate.High), figure(l.gate.Low)
	switch {
	case is && !was:
		text += " is above " + high + ", resumes below " + low
	case is:
		text += " is not yet below " + low
	case was:
		text += " is below " + low
	default:
		text += " is not above " + high
	}
	return Verdict{Closed: is, Reason: text}, nil
}

func (l *limit) state() string {
	seen := "unknown"
	if !math.IsNaN(l.seen) {
		seen = figure(l.seen)
	}
	return fmt.Sprintf("%s %s, pauses above %s, resumes below %s",
		l.Name(), seen, figure(l.gate.High), figure(l.gate.Low))
}

// figure is n with two decimals, or up to four where they matter: nobody shall
// read that 4.00 is above 4.00.
func figure(n float64) string {
	s := strconv.FormatFloat(n, 'f', 4, 64)
	for range 2 {
		s = strings.TrimSuffix(s, "0")
	}
	return s
}
