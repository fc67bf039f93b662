package loadctl

import (
	"math"
	"time"
)

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
	a, every := s.Average(), s.Every()
	if a.Keeps == 0 || every <= 0 || a.Settle < every {
		return heading{}
	}
	// The samples are rounded to a hundredth: two neighbours would tell little.
	steps := int(a.Settle / every)
	return heading{keeps: math.Pow(a.Keeps, float64(steps)), size: steps + 1, every: every}
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

// averageOver says how slowly a load average follows: to show what has changed,
// the one over a minute needs two of the kernel's turns.
func averageOver(w Window) Average {
	return Average{Settle: time.Duration(w) * 2 * loadEvery, Keeps: float64(decay[w]) / fixedOne}
}
