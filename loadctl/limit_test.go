package loadctl

import (
	"errors"
	"math"
	"testing"
	"time"
)

// told is a sampler that says what it was told to say: a float64 or an error.
type told struct {
	every  time.Duration
	values []any // the last one is repeated
	times  []time.Time
	during func() // called in the middle of each sample
	lag    Average
}

func (s *told) Name() string         { return "load" }
func (s *told) Every() time.Duration { return s.every }
func (s *told) Average() Average     { return s.lag }

func (s *told) Sample() (float64, error) {
	s.times = append(s.times, time.Now())
	if s.during != nil {
		s.during()
	}
	next := s.values[0]
	if len(s.values) > 1 {
		s.values = s.values[1:]
	}
	if err, ok := next.(error); ok {
		return -1, err
	}
	return next.(float64), nil
}

var errBlind = errors.New("cannot read the load average: gone")

func TestLimitSaysWhy(t *testing.T) {
	s := &told{values: []any{0.52, 4.0, 4.21, 3.1, 5.0, 2.0, 1.9, 3.0, 4.004, errBlind, 3.0, math.NaN(), 9.0}}
	l := Limit(s, 4, 2)
	if got := l.State(); got != "load unknown, pauses above 4.00, resumes below 2.00" {
		t.Errorf("before the first look: state %q", got)
	}
	for i, row := range []struct {
		closed       bool
		reason, seen string
	}{
		{false, "load 0.52 is not above 4.00", "0.52"},
		{false, "load 4.00 is not above 4.00", "4.00"},
		{true, "load 4.21 is above 4.00, resumes below 2.00", "4.21"},
		{true, "load 3.10 is not yet below 2.00", "3.10"},
		{true, "load 5.00 is not yet below 2.00", "5.00"},
		{true, "load 2.00 is not yet below 2.00", "2.00"},
		{false, "load 1.90 is below 2.00", "1.90"},
		{false, "load 3.00 is not above 4.00", "3.00"},
		{true, "load 4.004 is above 4.00, resumes below 2.00", "4.004"},
		{false, "error: cannot read the load average: gone", "unknown"},
		// It forgot that it was closed.
		{false, "load 3.00 is not above 4.00", "3.00"},
		{false, "error: cannot measure the load: not a number", "unknown"},
		{true, "load 9.00 is above 4.00, resumes below 2.00", "9.00"},
	} {
		v, err := l.Look(time.Time{})
		got := v.Reason
		if err != nil {
			got = "error: " + err.Error()
		}
		if v.Closed != row.closed || got != row.reason {
			t.Errorf("look %d: closed %v, %q, want %v, %q", i, v.Closed, got, row.closed, row.reason)
		}
		if want := "load " + row.seen + ", pauses above 4.00, resumes below 2.00"; l.State() != want {
			t.Errorf("look %d: state %q, want %q", i, l.State(), want)
		}
	}
}

func TestLimitKeepsItsSamplersPace(t *testing.T) {
	if got := Limit(&told{every: 7 * time.Second}, 4, 2).Every(); got != 7*time.Second {
		t.Errorf("got %v", got)
	}
}
