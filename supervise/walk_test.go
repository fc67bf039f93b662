package supervise

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Every state answers every input. The states here are all combinations of
// what can be true of each task, of the phase, the gate and the rest, whether
// they can come about or not: none may panic, or answer once all is done. From
// those that are sound, every input that is possible there leads to a sound
// state again and breaks no rule of stepFaults. Since the machine begins in a
// sound state, that is a proof by induction and not a sample.
func TestWalk(t *testing.T) {
	sound, all := 0, 0
	next := &Machine{}
	for _, p := range walkPolicies(t) {
		inputs := walkInputs(p)
		walkStates(p, func(m *Machine) {
			plain := len(unsound(m)) == 0
			for _, in := range inputs {
				if t.Failed() {
					return
				}
				all++
				strict := plain && possible(m, in)
				if strict {
					sound++
				}
				next.become(m)
				walkStep(t, m, next, in, strict)
			}
		})
	}
	if sound < 10_000 || all < 2*sound {
		t.Errorf("%d steps, %d of them from sound states: the walk has lost its way", all, sound)
	}
}

// walkStep lets m, which is as from is, answer in.
func walkStep(t *testing.T, from, m *Machine, in Input, strict bool) {
	defer func() {
		if why := recover(); why != nil {
			t.Errorf("panic: %v\n in %s\n by %T%+v", why, describe(from), in, in)
		}
	}()
	out := m.Step(walkNow, in)
	if from.phase == done && (m.phase != done || !sameTasks(m, from)) {
		t.Errorf("a machine that is done moves\n from %s\n to %s", describe(from), describe(m))
	}
	faults := endFaults(from, m, out)
	if strict {
		faults = append(stepFaults(from, m, in, out), unsound(m)...)
	}
	for _, fault := range faults {
		t.Errorf("%s (sound: %v)\n from %s\n by %T%+v\n to %s\n answer %v", fault, strict, describe(from), in, in, describe(m), out)
	}
}

func sameTasks(a, b *Machine) bool {
	for i := range a.tasks {
		x, y := &a.tasks[i], &b.tasks[i]
		if x.state != y.state || x.pid != y.pid || x.run != y.run || x.clocks != y.clocks || x.frozen != y.frozen {
			return false
		}
	}
	return true
}

var (
	walkNow    = epoch.Add(time.Hour)
	walkFuture = walkNow.Add(time.Minute)
	walkPast   = walkNow.Add(-time.Minute)
	walkText   = "so"
)

// walkPolicies differ in what changes the way through the machine.
func walkPolicies(t *testing.T) []Policy {
	var ps []Policy
	for _, options := range []string{"-1 -t 5s -s USR1 --hook all -- log", "-m 1 --min-uptime 0s --stop-command 2s -k 3s --ready-check --ready-timeout 5s --watchdog 5s --await --beat 5s", "--give-up 1/1h --after-give-up hold --stop-sequence KILL --if restart:age=5s~1s --if tell:memory --if stop:cpu --if restart:changed --if stop: --if restart:check --if HUP:changed -- log", "-1 --if stop:works", "--if pause:works --if pause:"} {
		ps = append(ps, parsePolicy(t, options))
	}
	return ps
}

// walkTasks are the ways in which a task can stand.
func walkTasks(id Task) []task {
	since, pid := walkPast, 10+int(id)
	all := []task{
		{id: id},
		{id: id, run: 1, since: since},
		{id: id, run: 1, since: since, clocks: at(walkNow)},
		{id: id, state: waiting, since: since},
		{id: id, state: waiting, run: 1, since: since},
		{id: id, state: waiting, run: 1, since: since, clocks: at(walkNow)},
		{id: id, state: waiting, run: 1, since: since, resting: id == Log},
		{id: id, state: waiting, run: 1, since: since, clocks: at(walkFuture), resting: true},
		{id: id, state: waiting, run: 2, since: since, clocks: at(walkFuture)},
		{id: id, state: waiting, run: 1, since: since, clocks: at(walkNow), pid: pid},
		{id: id, state: waiting, run: 1, since: since, clocks: at(walkNow), end: 2, why: BySignal, pending: true},
		{id: id, state: up, run: 1, since: since},
		{id: id, state: up, run: 1, since: since, pid: pid},
		{id: id, state: up, run: 1, since: since, pid: pid, executed: true},
		{id: id, state: up, run: 2, since: since, pid: pid, executed: true, clocks: clocks{timeoutClock: walkNow}},
		{id: id, state: up, run: 2, since: since, pid: pid, executed: true, clocks: clocks{ageClock: walkNow}},
		{id: id, state: stopping, run: 2, since: since, pid: pid, executed: true, rung: 0, why: ByStop, clocks: clocks{stateClock: walkFuture, awaitClock: walkNow}},
		{id: id, state: stopping, run: 2, since: since, pid: pid, executed: true, rung: 0, why: ByRequest, clocks: at(walkNow)},
		{id: id, state: up, run: 2, since: since, pid: pid, executed: true, frozen: since},
		{id: id, state: up, run: 1, since: since, pid: pid, executed: true, frozen: since, paused: true, clocks: at(since)},
		{id: id, state: stopping, run: 1, since: since, pid: pid, executed: true, clocks: at(walkNow), rung: -1},
		{id: id, state: stopping, run: 2, since: since, pid: pid, executed: true, clocks: at(walkNow), rung: 0, why: ByTimeout},
		{id: id, state: stopping, run: 2, since: since, pid: pid, executed: true, clocks: at(walkNow), rung: 1, kills: killTries - 1},
		{id: id, state: stopping, run: 2, since: since, pid: pid, executed: true, rung: 1, kills: killTries},
		{id: id, state: stopping, run: 2, since: since, left: 2, why: ByExit, clocks: at(walkFuture), rung: 0},
		{id: id, state: stopping, run: 2, since: since, left: 2, why: ByExit, clocks: at(walkNow), frozen: since},
		{id: id, state: stopping, run: 2, since: since, left: 2, why: ByExit, rung: 1, kills: killTries},
	}
	if id != Cmd {
		return all
	}
	return append(all,
		task{id: id, state: up, run: 1, since: since, pid: pid, executed: true, clocks: clocks{lateClock: walkNow}},
		task{id: id, state: up, run: 1, since: since, pid: pid, readiness: readiness{said: true, never: true, lacks: "it"}, clocks: clocks{lateClock: walkFuture}},
		task{id: id, state: up, run: 2, since: since, pid: pid, executed: true, clocks: clocks{ripeClock: walkNow}},
		task{id: id, state: up, run: 2, since: since, pid: pid, executed: true, readiness: readiness{ready: true, watchdog: time.Second}, clocks: clocks{watchdogClock: walkNow}},
		task{id: id, state: stopping, run: 2, since: since, pid: pid, executed: true, readiness: readiness{ready: true}, rung: 0, clocks: at(walkNow)},
	)
}

// at are clocks of which the one of the state is on.
func at(when time.Time) clocks { return clocks{stateClock: when} }

// become makes m a machine of its own in the state of another. It keeps the
// memory that it has: the walk takes millions of steps.
func (m *Machine) become(other *Machine) {
	had := *m
	*m = *other
	m.lanes, m.checks = refill(had.lanes, other.lanes), refill(had.checks, other.checks)
	for i := range m.lanes {
		m.lanes[i].queue = slices.Clone(other.lanes[i].queue)
	}
	m.conditions.list = refill(had.conditions.list, m.conditions.list)
	for i := range m.tasks {
		m.tasks[i].failures = refill(had.tasks[i].failures, m.tasks[i].failures)
	}
}

// refill returns a copy of from, in what to has if that will do.
func refill[T any](to, from []T) []T {
	if from == nil {
		return nil
	}
	return append(to[:0], from...)
}

// walkLanes are the ways in which jobs can stand.
func walkLanes() []lane {
	job := Job{Argv: []string{"hook"}, Limit: jobLimit}
	first := task{id: FirstJob, run: 1, since: walkPast, clocks: clocks{limitClock: walkNow}}
	runs, ends := first, first
	runs.state, runs.pid = up, 30
	ends.state, ends.left, ends.rung, ends.clocks = stopping, 1, 1, clocks{stateClock: walkNow}
	ends.kills = killTries - 1
	return []lane{{}, {task: runs, job: job}, {task: ends, job: job, queue: []Job{job}, dropped: 1}}
}

// walkCheck puts a check that matters into one of the ways in which it can stand.
func walkCheck(m *Machine, k *check, i int) {
	m.now = walkPast
	l := &m.lanes[k.lane]
	l.job, l.task = Job{Argv: k.Argv, Limit: k.Limit, Lane: k.lane}, task{id: FirstJob + 1, run: 1, since: walkPast}
	m.employments = 2
	switch k.on = m.phase != done && m.matters(k); {
	case !k.on && i&1 == 0:
	case k.on && i&2 == 0:
		l.state, l.rests, l.clocks = waiting, true, at(walkNow)
	case k.on && i&1 == 0:
		l.state, l.pid, l.clocks = up, 31, clocks{limitClock: walkNow}
		k.bad = 2
	default:
		l.state, l.left, l.rung, l.stale, l.clocks = stopping, 1, 0, true, at(walkNow)
	}
}

// walkStates gives to do each of the ways in which a machine can stand.
func walkStates(p Policy, do func(*Machine)) {
	for ph := idle; ph <= done; ph++ {
		for _, c := range walkTasks(Cmd) {
			for _, l := range walkTasks(Log) {
				for i := range 8 {
					m := NewMachine(p, walkPast)
					m.phase, m.tasks = ph, [2]task{c, l}
					for id := range m.tasks { // a ladder may be short
						m.tasks[id].rung = min(m.tasks[id].rung, len(m.policy.Ladder)-1)
					}
					m.begun = c.run > 0 || i&4 != 0
					if i&1 != 0 {
						m.holds[LoadGate] = "load"
					}
					if i&2 != 0 {
						m.wanted = false
					}
					if ph == draining {
						m.tasks[Log].clocks[drainClock] = walkFuture
					}
					if i&4 != 0 {
						m.answered, m.requests.first = true, walkPast
						if ph == draining {
							m.tasks[Log].clocks[drainClock] = walkNow
						}
					}
					if len(m.conditions.list) > 3 {
						m.conditions.list[0].due, m.conditions.list[1].met, m.conditions.list[3].owing = c.clocks[ageClock], i&1 != 0, []string{"", "changed"}[i&2/2]
						m.conditions.list[3].rows, m.conditions.list[6].aside = i&4, i&4 != 0
					}
					lanes := walkLanes()
					m.lanes[HookLane], m.employments = lanes[(i+int(ph))%len(lanes)], 1
					if c.state == stopping && p.StopCommand != nil {
						askCmd(m, i)
					}
					for n := range m.checks {
						walkCheck(m, &m.checks[n], i)
					}
					m.health = m.healthNow()
					do(m)
				}
			}
		}
	}
}

// askCmd has the command, which is being stopped, asked by the stop command in one
// of the ways.
func askCmd(m *Machine, way int) {
	c, l := m.cmd(), &m.lanes[StopLane]
	*l = lane{task: task{id: FirstJob + 1, run: 1, state: up, pid: 31, since: walkPast, clocks: clocks{limitClock: walkNow}},
		job: Job{Argv: []string{"stop"}, Limit: jobLimit, Lane: StopLane}}
	m.employments = 2
	switch way % 4 {
	case 0: // it is the only step so far
		c.rung, c.asked, c.clocks = -1, true, clocks{stateClock: walkNow}
	case 1: // the command is gone
		c.pid, c.left, c.frozen, c.clocks = 0, 0, time.Time{}, clocks{}
	case 2: // it has had its time
		l.state, l.rung, l.clocks = stopping, 0, clocks{stateClock: walkNow}
	default:
		*l = lane{}
	}
}

func walkInputs(p Policy) []Input {
	failure := &StartError{Status: 127, Text: "cannot execute x", Err: errors.New("no")}
	ins := []Input{
		Begin{}, Stop{Signal: syscall.SIGTERM}, Stop{}, Stop{Signal: syscall.SIGINT, Heard: true}, Down{}, Up{}, Restart{ByRequest}, Deliver{Signal: syscall.SIGHUP, Target: Main}, Deliver{Signal: syscall.SIGHUP},
		Gate{}, Gate{Closed: true}, Gate{Source: UserGate}, Gate{Source: UserGate, Closed: true}, Signalled{syscall.SIGUSR1}, Drained{}, Drained{Unread: 1},
		Suspend{}, Continue{}, Tick{}, Met{Condition: 9, Now: true},
		Readied{1}, Readied{2}, Unready{Run: 1, Lacks: "it", Never: true}, Notice{Run: 1, Ready: true, Extend: time.Second, Watchdog: time.Second, Text: &walkText},
		Notice{Run: 2, Stopping: true}, Notice{Run: 2, Ill: true}, Notice{Run: 2, Alive: true, Reloading: true},
	}
	for i := range 7 {
		ins = append(ins, Met{Condition: i, Run: 1, Now: true, Text: "so"}, Met{Condition: i, Run: 2, Text: "not so"}, Met{Condition: i, Trouble: errFull})
	}
	last := FirstJob
	if p.StopCommand != nil || p.Lanes() > fixedLanes {
		last++
	}
	for id := Cmd; id <= last; id++ {
		pid := [...]int{Cmd: 10, Log: 11, FirstJob: 30, FirstJob + 1: 31}[id]
		ins = append(ins,
			Forked{id, pid}, NotForked{Task: id, Err: errFull}, NotForked{Task: id, Soon: true}, Executed{id, 1}, Executed{id, 2}, Executed{id, 99}, Remains{Task: id, Left: 1}, Remains{Task: id}, Exit{Task: id, Pid: pid, Status: 9, Unexecuted: true},
			Exit{Task: id, Pid: pid}, Exit{Task: id, Pid: pid, Status: 256}, Exit{Task: id, Pid: pid, Status: 9, Left: 1},
			Exit{Task: id, Pid: pid, Heir: pid, Left: 1}, Halted{id, pid}, Halted{id, 99}, Woken{id},
			Exit{Task: id, Pid: pid, Failure: failure}, Exit{Task: id, Pid: 99, Status: 256},
		)
	}
	return ins
}

// possible reports whether in can come in a sound state: a start is answered
// before anything else happens, and only a start is.
func possible(m *Machine, in Input) bool {
	outstanding := func(t *task) bool { return t.state == up && t.pid == 0 }
	switch in := in.(type) {
	case Forked:
		return outstanding(m.task(in.Task))
	case NotForked:
		return outstanding(m.task(in.Task))
	case Exit:
		// What a task has left when its main process is not gone is not told,
		// and it ends once.
		if t := m.task(in.Task); in.Pid != t.pid {
			return false
		}
	}
	_, goes := in.(Continue)
	return !outstanding(m.cmd()) && !outstanding(m.log()) && goes == !m.suspended.IsZero()
}

// The kinds of states and phases that the walk covers are all there are.
func TestWalkIsComplete(t *testing.T) {
	var states [len(stateNames)]bool
	for _, id := range []Task{Cmd, Log} {
		for _, t := range walkTasks(id) {
			states[t.state] = true
		}
	}
	for s, seen := range states {
		if !seen {
			t.Errorf("no task is %v", state(s))
		}
	}
	if len(phaseNames) != int(done)+1 {
		t.Error("done is not the last phase")
	}
	seen := map[string]bool{}
	for _, in := range walkInputs(walkPolicies(t)[0]) {
		seen[fmt.Sprintf("%T", in)] = true
	}
	if len(seen) != 23 {
		t.Errorf("%d kinds of inputs", len(seen))
	}
}
