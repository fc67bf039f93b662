package loadctl

import (
	"slices"
	"testing"
	"time"
)

var (
	hog    = herdJob{threads: 1}
	big    = herdJob{threads: 4}
	bursty = herdJob{threads: 1, work: 2 * time.Second, rest: 18 * time.Second}
)

func herdOf(n int, j herdJob, more ...herdJob) []herdJob {
	return append(slices.Repeat([]herdJob{j}, n), more...)
}

// longestWait is what one of so many may have to wait: a turn for each other,
// and some time for the change of hands.
func longestWait(n int) time.Duration { return time.Duration(n) * 61 * time.Second }

// Of those who share nobody gets less than half of what is his, in an hour, and
// the processors have little rest. Before there was a line who was first kept
// the machine: 1 second for the third of three, and for ten of twelve.
func TestF87GatedJobsShare(t *testing.T) {
	for _, row := range []struct {
		name  string
		jobs  []herdJob
		share float64 // of a processor, for each but the last ones
		last  []float64
		used  float64 // of what the processors could have done
	}{
		{"one", herdOf(1, hog), 1, nil, 0.999},
		{"two for two processors", herdOf(2, hog), 1, nil, 0.999},
		{"three", herdOf(3, hog), 2.0 / 3, nil, 0.98},
		{"twelve", herdOf(12, hog), 2.0 / 12, nil, 0.98},
		{"fifty", herdOf(50, hog), 2.0 / 50, nil, 0.98},
		{"one with many threads among twelve", herdOf(11, hog, big), 2.0 / 12, nil, 0.98},
		{"one with many threads among three", herdOf(2, hog, big), 2.0 / 3, nil, 0.94},
		{"all with many threads", herdOf(4, big), 2.0 / 4, nil, 0.965},
		{"two that come and go among ten", herdOf(10, hog, bursty, bursty), 1.8 / 10, []float64{0.1, 0.1}, 0.82},
		// Where several wake at a time they stand in each other's way: there, what
		// can be had is less than what they could do alone.
		{"six of each", herdOf(6, hog, herdOf(6, bursty)...), 1.4 / 6, slices.Repeat([]float64{0.07}, 6), 0.65},
	} {
		h := newHerd(t, 2, slices.Clone(row.jobs)...)
		h.run(time.Hour)
		if used := float64(h.busy) / float64(h.possible); used < row.used {
			t.Errorf("%s: %.1f%% was used", row.name, 100*used)
		}
		for i, j := range h.jobs {
			share := row.share
			if k := i - len(h.jobs) + len(row.last); k >= 0 {
				share = row.last[k]
			}
			if got := j.used.Hours(); got < share/2 {
				t.Errorf("%s: the %d. got %.3f of a processor, and %.3f is its share", row.name, i+1, got, share)
			}
			if len(row.last) == 0 && j.longest > max(longestWait(len(h.jobs)), longestShared+10*time.Second) {
				t.Errorf("%s: the %d. waited %v", row.name, i+1, j.longest)
			}
		}
	}
}

// Nobody's neighbour has to pay for that.
func TestF87NeighbourOfAHerd(t *testing.T) {
	for _, jobs := range [][]herdJob{herdOf(1, hog), herdOf(12, hog), herdOf(50, hog), herdOf(2, hog, big), herdOf(4, big)} {
		for _, threads := range []float64{1, 2} {
			h := newHerd(t, 2, slices.Clone(jobs)...)
			h.neighbour = &herdJob{threads: threads}
			h.run(20 * time.Minute)
			if got := 3 * h.neighbour.used.Hours() / threads; got < 0.95 {
				t.Errorf("%d jobs like the last, %v: a neighbour with %v threads got %.1f%%", len(jobs), jobs[len(jobs)-1].threads, threads, 100*got)
			}
		}
	}
}

// turnOf winds h on until somebody has the turn to resume, and returns him.
func turnOf(t *testing.T, h *herd) *herdJob {
	t.Helper()
	h.run(10 * time.Minute)
	for range int(time.Hour / herdStep) {
		h.step()
		for _, j := range h.jobs {
			if !j.panel.resume.turnEnds.IsZero() {
				return j
			}
		}
	}
	t.Fatal("nobody ever had the turn")
	return nil
}

// One that is suspended or dies while it has the turn, or while it is first in
// line, holds nobody up.
func TestF87SuspendedOrDead(t *testing.T) {
	for name, strike := range map[string]func(h *herd, j *herdJob){
		"suspended":               func(_ *herd, j *herdJob) { j.gone = true },
		"suspended with its tree": func(_ *herd, j *herdJob) { j.gone, j.dead = true, true },
		"killed":                  func(_ *herd, j *herdJob) { j.gone, j.dead = true, true; j.panel.resume.end() },
	} {
		h := newHerd(t, 2, herdOf(12, hog)...)
		victims := []*herdJob{turnOf(t, h)}
		strike(h, victims[0])
		for _, j := range h.jobs { // and three who wait
			if j.paused && len(victims) < 4 {
				victims = append(victims, j)
				strike(h, j)
			}
		}
		before := make([]time.Duration, len(h.jobs))
		for i, j := range h.jobs {
			before[i] = j.used
			j.longest = 0
		}
		busy := h.busy
		h.run(time.Hour)
		if used := (h.busy - busy).Hours() / 2; used < 0.95 {
			t.Errorf("%s: %.1f%% was used", name, 100*used)
		}
		for i, j := range h.jobs {
			if got := (j.used - before[i]).Hours(); !slices.Contains(victims, j) && got < 1.0/11/2 {
				t.Errorf("%s: the %d. got %.3f of a processor", name, i+1, got)
			}
		}
	}
}

// Who shares with nobody puts nothing off: neither a pause nor a held start.
func TestAloneNothingIsPutOff(t *testing.T) {
	h := newHerd(t, 2, hog)
	h.run(time.Minute)
	h.neighbour = &herdJob{threads: 2}
	begun := h.now
	for !h.jobs[0].paused && h.now.Sub(begun) < time.Minute {
		h.step()
	}
	if took := h.now.Sub(begun); took > brisk+herdStep {
		t.Errorf("it was paused after %v", took)
	}
	h = newHerd(t, 2, hog)
	h.now = h.now.Add(time.Second)
	j := h.jobs[0]
	measure := j.guard.measure
	j.guard.measure = func(now time.Time) (moment, float64, error) {
		m, _, err := measure(now)
		return m, 50, err
	}
	if v, _ := j.panel.look(h.now); !v.Closed {
		t.Errorf("the start was not held: %s", v.Reason)
	}
}
