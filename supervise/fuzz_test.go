package supervise

import (
	"errors"
	"fmt"
	"math/rand"
	"syscall"
	"testing"
	"time"
)

var modelPolicies = []string{
	"",
	"-- log",
	"-1 -t 5s -- log",
	"-m 3 -i 10s --success 0,1 -- log",
	"--give-up 3/20s --no-respawn-on 3 -- log",
	"--min-uptime 0s --stop-sequence INT:main/1s/TERM:children/2s/QUIT -t 3s -- log",
	"-k 1s -t 20s -s HUP -S HUP,USR1 --if tell:check -- log",
	"--stop-sequence KILL --drain 0s -- log",
	"-t 4s -k 500ms --backoff 100ms:400ms",
	"--kill-mode=main -t 5s -k 2s -- log",
	"--tty -t 5s --if tell:check",
	"--key-wait 100ms -m 4 --hook all -- log",
	"--hook all --give-up 2/1m",
	"--if restart:age=8s~4s --if tell:age=5s --if restart:changed --if stop:cpu --if tell:memory --if USR1:idle -- log",
	"--hook all --hook all",
	"--give-up 2/1m --after-give-up hold --hook all -- log",
	"--give-up 2/1m --after-give-up 20s -m 9 -- log",
	"--mail --hook all --give-up 3/1m --after-give-up 20s --if tell:memory --if stop:cpu -- log",
	"--mail -1 -m 9 -t 4s -k 1s",
	"--stop-command 3s -k 2s -t 10s -- log",
	"--stop-command 1s -t 5s --hook all --if restart:age=8s --stop-sequence KILL",
	"--stop-command 5s --kill-mode=main -t 5s -k 1s",
	"--ready --ready-timeout 3s --await --watchdog 2s --beat 1s -- log",
	"--ready --ready-timeout 30s --watchdog 2s -t 20s --hook all",
	"--ready-after 1s --await -k 1s",
	"--ready-check --ready-timeout 8s --await -k 1s --if restart:check",
	"--if restart:check --if tell:works --if tell:check --hook restart -t 1m -- log",
	"--if stop:check --if stop:works --kill-mode=main",
	"--if tell:check",
	"--if HUP:check -- log",
}

// FuzzMachine lets bytes decide what happens to a machine, and then stops it:
// whatever went before, it ends.
func FuzzMachine(f *testing.F) {
	for seed := range int64(8) {
		b := make([]byte, 300)
		rand.New(rand.NewSource(seed)).Read(b)
		f.Add(b)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, choices []byte) { playRandom(t, choices) })
}

// TestRandomWalk is the same by the thousand, and sees to it that there is
// nothing that never happens.
func TestRandomWalk(t *testing.T) {
	seen := map[string]int{}
	for seed := range int64(1500) {
		b := make([]byte, 400)
		if seed%100 == 0 {
			b = make([]byte, 30_000) // a few live long
		}
		rand.New(rand.NewSource(seed)).Read(b)
		w := playRandom(t, b)
		for what, n := range w.seen {
			seen[what] += n
		}
	}
	for _, a := range []Action{Start{}, Send{}, Freeze{}, Thaw{}, ClosePipe{}, SuspendSelf{}, Settled{}, Beat{}, Ready{}, Report{}, Emit{}, Finish{}} {
		if kind := fmt.Sprintf("%T", a); seen[kind] < 20 {
			t.Errorf("%s: %d times", kind, seen[kind])
		}
	}
	for _, kind := range append(kindNames[:], "refused", "heir") {
		if seen[kind] < 20 {
			t.Errorf("%s: %d times", kind, seen[kind])
		}
	}
}

func playRandom(t testing.TB, choices []byte) *model {
	options := 0
	if len(choices) > 0 {
		options = int(choices[0]) % len(modelPolicies)
		choices = choices[1:]
	}
	w := newModel(t, parsePolicy(t, modelPolicies[options]), choices)
	if w.choose(8) == 7 {
		w.take(Gate{Closed: true, Reason: "load"})
	}
	w.take(Begin{})
	for !w.finished && len(w.choices) > 0 {
		w.happen()
	}
	if !w.finished {
		w.end()
	}
	return w
}

// happen lets one thing happen that can.
func (w *model) happen() {
	id := Task(w.choose(2))
	k := &w.tasks[id]
	awake := k.pid != 0 && !k.frozen
	switch w.choose(24) {
	case 0, 1, 2:
		w.reap()
	case 3, 4, 5, 6:
		w.tick()
	case 7:
		w.pass(time.Duration(w.choose(40)) * 100 * time.Millisecond)
	case 8, 9, 10:
		if awake && !k.executed {
			k.executed = true
			w.take(Executed{id, k.run})
		}
	case 11:
		if awake && !k.executed {
			if w.choose(4) == 3 {
				w.die(id, Exit{Status: 9, Unexecuted: true})
				break
			}
			w.die(id, Exit{Failure: &StartError{Status: 126, Text: "x", Err: errFull}})
		}
	case 12, 13:
		switch {
		case awake:
			w.die(id, Exit{Status: syscall.WaitStatus(w.choose(4) << 8)})
		case k.pid != 0: // KILL and a want of memory reach it in a pause too
			w.die(id, Exit{Status: 9})
		}
	case 14:
		if awake && k.executed {
			k.strays++
			w.unread = w.choose(3) * 100
		}
	case 15:
		if k.strays > 0 && !k.frozen {
			if k.strays--; k.pid == 0 {
				k.exits = append(k.exits, Remains{Task: id})
			}
		}
	case 16:
		g := Gate{Closed: w.choose(3) > 0, Reason: "load"}
		if !g.Closed && w.choose(4) == 0 {
			g.Trouble = errors.New("no load to be had")
		}
		if w.choose(4) == 0 {
			g.Source = UserGate
		}
		w.take(g)
	case 17:
		w.take(Signalled{[]syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGCONT}[w.choose(3)]})
	case 18:
		switch w.choose(4) {
		case 0:
			w.take(Suspend{})
		case 1:
			if awake {
				w.take(Halted{id, k.pid})
			}
		default:
			w.take(Executed{id, k.run - 1}) // of an earlier run
		}
	case 19:
		if w.choose(12) == 0 && len(w.choices) < 400 {
			w.take(w.stop(Stop{Signal: syscall.SIGINT, Cause: "asked", Heard: w.choose(4) > 0}))
		}
	case 20:
		for i, from := 0, w.choose(len(w.jobs)); i < len(w.jobs); i++ {
			lane := (from + i) % len(w.jobs)
			if j := &w.jobs[lane]; j.pid != 0 {
				j.strays = w.choose(2)
				w.die(w.m.lanes[lane].id, Exit{Status: syscall.WaitStatus(w.choose(2) << 8)})
				break
			}
		}
	case 22, 23:
		w.speak()
	case 21:
		switch w.choose(6) {
		case 0:
			w.take(Down{})
		case 1, 2:
			w.take(Up{})
		case 3:
			w.take(Restart{ByRequest})
		case 4:
			w.take(Restart{ByMemory})
		case 5:
			w.take(Met{Condition: w.choose(6), Run: w.m.cmd().run, Now: w.choose(3) > 0, Text: "so"})
		}
	}
}

// speak has the command say something, perhaps the one before it.
func (w *model) speak() {
	run := w.m.cmd().run - w.choose(8)/7
	text := []string{"a", "b"}[w.choose(2)]
	switch w.choose(8) {
	case 0:
		w.take(Readied{run})
	case 1:
		w.take(Unready{Run: run, Lacks: "it", Never: w.choose(4) == 0})
	case 2:
		w.take(Notice{Run: run, Ready: true, Text: &text})
	case 3:
		w.take(Notice{Run: run, Reloading: true, Alive: true})
	case 4:
		w.take(Notice{Run: run, Stopping: true})
	case 5:
		w.take(Notice{Run: run, Ill: w.choose(4) == 0})
	default:
		w.take(Notice{Run: run, Alive: true, Extend: 5 * time.Second, Watchdog: time.Duration(w.choose(3)) * time.Second})
	}
}

// pass lets time pass, but no deadline.
func (w *model) pass(d time.Duration) {
	if when, ok := w.m.Deadline(); ok && when.Before(w.now.Add(d)) {
		return
	}
	w.now = w.now.Add(d)
}

func (w *model) tick() {
	when, ok := w.m.Deadline()
	if ok && when.After(w.now) {
		w.now = when
	}
	w.take(Tick{})
}
