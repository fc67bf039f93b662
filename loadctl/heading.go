package loadctl

import (
	"math"
	"time"
)

// averager is what a Sampler may be besides: one whose samples are an average
// that keeps the part Keeps of itself from one sample to the next.
type averager interface{ Keeps() float64 }

// heading tells what an average moves towards. A job that was resumed a moment
// ago is there in full, while the average itself takes a minute to show it.
type heading struct {
	keeps float64   // over the whole trail; 0: the sampler is no average
	trail []float64 // the last samples, oldest first
	size  int
	every time.Duration // how far they are apart
	last  time.Time     // when the last one came
}

func headingOf(s Sampler) heading {
	a, ok := s.(averager)
	every, settle := s.Every(), settleOf(s)
	if !ok || every <= 0 || settle < every {
		return heading{}
	}
	// The samples are rounded to a hundredth: two neighbours would tell little.
	steps := int(settle / every)
	return heading{keeps: math.Pow(a.Keeps(), float64(steps)), size: steps + 1, every: every}
}

// add takes in the sample of now. Those that come much sooner than they should
// are in place of one another.
func (h *heading) add(now time.Time, v float64) {
	if h.size == 0 {
		return
	}
	if n := len(h.trail); n > 0 && now.Sub(h.last) < h.every/2 {
		h.trail[n-1] = v
		return
	}
	h.last = now
	if len(h.trail) == h.size {
		h.trail = h.trail[1:]
	}
	h.trail = append(h.trail, v)
}

func (h *heading) forget() { h.trail = nil }

// value is the mean of what was averaged over the trail. It is unknown until
// the trail is long enough.
func (h *heading) value() (v float64, known bool) {
	if h.size == 0 || len(h.trail) < h.size {
		return 0, false
	}
	first, last := h.trail[0], h.trail[len(h.trail)-1]
	return max(0, (last-first*h.keeps)/(1-h.keeps)), true
}

// settleTime is how long a load average needs to show what has changed: for
// the one over a minute that are two of the kernel's turns.
func settleTime(w Window) time.Duration { return time.Duration(w) * 2 * loadEvery }

// keeps is what an average over w keeps of itself from turn to turn.
func keeps(w Window) float64 { return float64(decay[w]) / fixedOne }
