package loadctl

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What the job needs is what it took, and it cannot have taken more than the
// processors did: neither when what the kernel counts in ticks is compared over
// a moment, nor when the time of processes that ended long ago is booked at once.
func TestF89TheJobTookNoMoreThanThereWas(t *testing.T) {
	for name, odd := range map[string]func(m *machine){
		// The kernel calls 2 ms after a look, and a tick has just begun.
		"two looks close together": func(m *machine) {
			m.pass(t, 2*time.Millisecond, 100, 0, 1)
			m.used += tick
			m.busy += tick
			m.write(t, 0)
		},
		// 12 seconds of a log command that was reaped, or of children whose
		// parent ignores SIGCHLD.
		"time that is booked late": func(m *machine) {
			m.pass(t, time.Second, 0, 0, 1)
			m.used += 12 * time.Second
		},
	} {
		m := newMachine(t)
		g := cpuGuard(t, m)
		m.pass(t, time.Second, 0, 0, 0)
		g.look(m.at)
		pause := func() {
			m.pass(t, time.Second, 90, 0.9, 1.1)
			if v, _ := g.look(m.at); !v.Closed {
				t.Fatalf("%s: open", name)
			}
		}
		resume := func() (seconds int) {
			for seconds = 1; seconds <= 200; seconds++ {
				m.pass(t, time.Second, 0, 0, 0)
				if v, _ := g.look(m.at); !v.Closed {
					break
				}
			}
			return seconds
		}
		pause()
		odd(m)
		g.look(m.at)
		resume()
		pause()
		if g.need > 2 {
			t.Errorf("%s: it needs %.1f of two processors", name, g.need)
		}
		if took := resume(); took > 5 {
			t.Errorf("%s: on an idle machine it opened after %d s", name, took)
		}
	}
}

// Time that goes backwards, as where ended processes are not counted, is none.
func TestF89TimeThatFalls(t *testing.T) {
	m := newMachine(t)
	g := cpuGuard(t, m)
	for range 3 {
		m.pass(t, time.Second, 0, 1, 0)
		g.look(m.at)
		m.used -= 500 * time.Millisecond
	}
	m.used = 0
	m.pass(t, time.Second, 0, 0.5, 0)
	g.look(m.at)
	if g.had < time.Second || g.had > 3*time.Second || g.most() > 2 {
		t.Errorf("it had %v, at most %.1f at a time", g.had, g.most())
	}
}

// Where another has made room, half a second of it will do, and nothing that
// was before.
func TestRoomThatWasMade(t *testing.T) {
	m := newMachine(t)
	g := cpuGuard(t, m)
	play(t, m, g.guard(), []step{
		{1, 0, 0, 0, "open: cpu pressure 0% is not above 20%"},
		{1, 90, 1, 1, "closed: cpu pressure 90% is above 20%, resumes below 10% with 0.9 processors idle"},
		{1, 0, 0, 2, "closed: cpu pressure 90% was above 20%, resumes below 10% with 0.9 processors idle"},
		{1, 0, 0, 2, "closed: cpu pressure 0%, resumes below 10% with 0.9 processors idle, 0.0 are"},
		{0.4, 0, 0, 1, "closed: cpu pressure 0%, resumes below 10% with 0.9 processors idle, 0.2 are"},
	})
	g.made(m.at)
	play(t, m, g.guard(), []step{
		{0.2, 0, 0, 1, "closed: cpu pressure 0% was above 20%, resumes below 10% with 0.9 processors idle"},
		{0.3, 0, 0, 1, "open: cpu pressure 0% is below 10% and 1.0 processors are idle"},
	})
	// It needs what it took before that pause, which was not its last word.
	g.yield(m.at)
	if !g.gate.closed || g.need < 0.9 {
		t.Errorf("closed %v, needs %v", g.gate.closed, g.need)
	}
}

// A process that a pause has caught between the halves of a vfork adds to the
// load for as long as it is stopped, and keeps no gate closed: with one of them
// the load never falls below 1.
func TestF92WhatAPausedJobAddsToTheLoad(t *testing.T) {
	root := rootWith(t, "loadavg", "")
	now := time.Unix(1000, 0)
	stuck, asked := 1, 0
	tree := func() (int, time.Duration, error) { asked++; return stuck, 0, nil }
	l := &loadMeasure{Sampler: LoadAverage(root, OneMinute), tree: tree, stuck: own{exp: decay[OneMinute]}, now: func() time.Time { return now }}
	g := Limit(l, 1.5, 0.6)
	sum := uint64(3 << fixedBits)
	look := func(paused bool, active uint64) Verdict {
		now = now.Add(loadEvery)
		sum = turn(sum, decay[OneMinute], active<<fixedBits)
		text := fmt.Sprintf("%.2f 0.00 0.00 1/1 1\n", float64(sum)/fixedOne)
		if err := os.WriteFile(filepath.Join(root, "loadavg"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		v, err := g.Look(now)
		if err != nil {
			t.Fatal(err)
		}
		l.pause(now, paused)
		return v
	}
	look(false, 3)
	if asked > 0 {
		t.Error("the tree is counted though nothing is paused")
	}
	if v := look(true, 3); !v.Closed {
		t.Fatal(v.Reason)
	}
	looks := 0
	for look(true, 1).Closed {
		if looks++; looks > 60 {
			t.Fatal("it is closed after five minutes, by itself")
		}
	}
	if sum < 1<<fixedBits { // what dmon sees is below 0.6, and the kernel says more than 1
		t.Errorf("the load fell to %.2f", float64(sum)/fixedOne)
	}
	// After the resume it fades, and nobody is asked once it is gone.
	for range 100 {
		look(false, 0)
	}
	if asked = 0; l.stuck.load != 0 || asked > 0 {
		t.Errorf("it stays: %d, asked %d times", l.stuck.load, asked)
	}
	// Work of others is not taken for it.
	stuck = 0
	for range 100 {
		look(true, 3)
	}
	if v := look(true, 3); !v.Closed || l.seenLoad() < 2.9 {
		t.Errorf("%s", v.Reason)
	}
}

func (l *loadMeasure) seenLoad() float64 { v, _ := l.Sample(); return v }

// A job under -L has had what it ran, without its pauses.
func TestLoadCountsWhatTheJobRan(t *testing.T) {
	l := &loadMeasure{}
	for i, paused := range []bool{false, false, false, true, true, true, false, false} {
		l.pause(time.Unix(int64(10*i), 0), paused)
	}
	if l.had != 40*time.Second {
		t.Errorf("it had %v", l.had)
	}
	if !l.busy() {
		t.Error("nobody can tell, and it is taken to sleep")
	}
	for active, want := range map[int]bool{0: false, 1: true} {
		l.tree = func() (int, time.Duration, error) { return active, 0, nil }
		if l.busy() != want {
			t.Errorf("with %d threads that want to go on it is busy: %v", active, !want)
		}
	}
}

// Under pressure for want of disks it has had the time in which it did something.
func TestDisksCountTheTime(t *testing.T) {
	m := newMachine(t)
	active := 1
	g := newPressure(m.root, IO, 50, 5, func() (int, time.Duration, error) { return active, m.used, nil })
	look := func(pressure, own float64) {
		m.pass(t, time.Second, pressure, own, 0)
		if _, err := g.look(m.at); err != nil {
			t.Fatal(err)
		}
	}
	look(0, 0)
	look(0, 0) // it waits for a disk
	active = 0
	look(0, 0)   // it sleeps
	look(0, 0.5) // it works
	active = 1
	look(90, 0) // closed
	look(0, 0)  // paused: what is in state D is stopped there
	if g.had != 2*time.Second && g.had != 3*time.Second {
		t.Errorf("it had %v", g.had)
	}
	had := g.had
	look(0, 0)
	if g.gate.closed && g.had != had {
		t.Errorf("it had %v in a pause", g.had-had)
	}
}
