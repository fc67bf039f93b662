package supervise

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

func TestLoopLife(t *testing.T) {
	inLoop(t, "-t 3h -- log", func(f *fake) {
		f.run()
		f.said("0s start log 1", "0s tell log start 10", "0s start cmd 1", "0s tell cmd start 11", "0s ready")
		f.pass(3 * time.Hour)
		f.said("3h0m0s send cmd tree 15")
		f.pass(9 * time.Second)
		f.said()
		f.pass(time.Second)
		f.said("3h0m10s send cmd tree 9")
		f.die(Exit{Task: Cmd, Pid: 11, Status: 9})
		f.said("3h0m10s reap", "3h0m10s start cmd 2", "3h0m10s tell cmd start 12")
		f.pass(time.Minute)
		f.send(syscall.SIGTERM)
		f.said("3h1m10s send cmd tree 15")
		f.die(Exit{Task: Cmd, Pid: 12, Status: 15})
		f.said("3h1m10s reap", "3h1m10s close pipe")
		f.die(Exit{Task: Log, Pid: 10})
		f.said("3h1m10s reap", "3h1m10s close pipe")
		f.ended(143)
	})
}

// A command that crashes at once, for ten hours: the loop starts it as often as
// the backoff says and not once more.
func TestLoopCrashes(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		starts := 0
		f.start = func(a Start) (int, error) {
			starts++
			f.exits = append(f.exits, []Exit{{Task: Cmd, Pid: starts, Status: 256}})
			f.deaths <- syscall.SIGCHLD
			return starts, nil
		}
		f.run()
		f.pass(10 * time.Hour)
		// At 0, 1, 3, 7, 15 and 31 s, and then every 30 s.
		if want := 6 + int((10*time.Hour-31*time.Second)/(30*time.Second)); starts != want {
			t.Errorf("%d starts, want %d", starts, want)
		}
		f.send(syscall.SIGTERM)
		f.ended(1)
	})
}

// Each token of a death is one Reap, and everything it returns is taken in, in
// order, before anything else.
func TestLoopReaps(t *testing.T) {
	inLoop(t, "-- log", func(f *fake) {
		f.run()
		f.pass(time.Second)
		f.heard = nil
		f.die(Exit{Task: Log, Pid: 10}, Exit{Task: Cmd, Pid: 11, Status: 256})
		f.said("1s reap", "1s start log 2", "1s start cmd 2", "1s tell log start 12", "1s tell cmd start 13")
		f.die()
		f.said("1s reap")
		f.leave()
	})
}

// ^C reaches the command and us, and the command may be dead of it before we
// have heard of either: it is not started again, whichever is looked at first.
func TestLoopHearsBeforeReaping(t *testing.T) {
	for range 40 { // what is chosen at random is always right by chance once in 2^40
		inLoop(t, "-m 0", func(f *fake) {
			f.run()
			f.heard = nil
			f.signals <- syscall.SIGPIPE // means nothing, and hides nothing
			f.signals <- syscall.SIGTERM
			f.die(Exit{Task: Cmd, Pid: 10, Status: 2})
			f.said("0s send cmd tree 15", "0s reap")
			f.ended(130)
		})
	}
}

// F65: a request to leave has a way of its own, which nothing else can fill, and is
// heard before a death too.
func TestF65LoopHearsStops(t *testing.T) {
	for range 40 {
		inLoop(t, "-m 0", func(f *fake) {
			f.run()
			f.heard = nil
			f.after["report up"] = func() {
				for len(f.signals) < cap(f.signals) {
					f.signals <- syscall.SIGPIPE
				}
				f.stops <- syscall.SIGTERM
			}
			f.send(syscall.SIGUSR1)
			f.die(Exit{Task: Cmd, Pid: 10, Status: 2})
			f.said("0s report up", "0s send cmd tree 15", "0s reap")
			f.ended(130)
		})
		inLoop(t, "-m 0", func(f *fake) {
			f.run()
			f.heard = nil
			f.signals <- syscall.SIGPIPE // as above: what comes next waits beside the death
			f.stops <- syscall.SIGTERM
			f.die(Exit{Task: Cmd, Pid: 10, Status: 2})
			f.said("0s send cmd tree 15", "0s reap")
			f.ended(130)
		})
	}
}

// A batch may hold what comes after the end.
func TestLoopEndsInBatch(t *testing.T) {
	inLoop(t, "-m 0", func(f *fake) {
		f.run()
		f.heard = nil
		f.die(Exit{Task: Cmd, Pid: 10, Status: 256}, Exit{Task: Cmd, Pid: 10})
		f.said("0s reap")
		f.ended(1)
	})
}

// What an action gives rise to is taken in before anything else that has
// happened meanwhile.
func TestLoopAnswersFirst(t *testing.T) {
	inLoop(t, "-- log", func(f *fake) {
		f.run()
		f.pass(time.Second)
		f.heard = nil
		f.asleep = time.Hour
		f.unread = 7
		f.after["suspend"] = func() { f.signals <- syscall.SIGTERM }
		f.send(syscall.SIGTSTP)
		f.pass(time.Hour)
		f.said("1s freeze cmd", "1s freeze log", "1s suspend", "1h0m1s thaw cmd", "1h0m1s thaw log", "1h0m1s send cmd tree 15")
		f.start = func(Start) (int, error) { return 12, nil }
		f.after["close pipe"] = func() { f.signals <- syscall.SIGTERM }
		f.pass(time.Second)
		f.die(Exit{Task: Log, Pid: 10, Status: 256}, Exit{Task: Cmd, Pid: 11})
		f.said("1h0m2s reap", "1h0m2s start log 2", "1h0m2s close pipe", "1h0m2s send log tree 9")
		f.die(Exit{Task: Log, Pid: 12, Status: 9})
		f.ended(0)
	})
}

func TestLoopStartFails(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		f.start = func(Start) (int, error) {
			return 0, &StartError{Status: 127, Text: "cannot execute x", Err: syscall.ENOENT}
		}
		f.run()
		f.said("0s start cmd 1", "0s tell cmd fail")
		f.ended(127)
	})
}

func TestLoopStartFailsLater(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		f.run()
		f.pass(time.Minute)
		f.heard = nil
		f.start = func(Start) (int, error) {
			return 0, &StartError{Status: 126, Text: "cannot execute x", Err: syscall.EACCES}
		}
		f.die(Exit{Task: Cmd, Pid: 10})
		f.said("1m0s reap", "1m0s start cmd 2", "1m0s tell cmd fail", "1m0s tell cmd delay 1s")
		f.start = nil
		f.pass(time.Second)
		f.said("1m1s start cmd 3", "1m1s tell cmd start 11")
		f.leave()
	})
}

func TestLoopForkRefused(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		f.start = func(Start) (int, error) { return 0, syscall.EAGAIN }
		f.run()
		f.said("0s start cmd 1", "0s tell cmd fail", "0s tell cmd delay 1s")
		f.start = nil
		f.pass(time.Second)
		f.said("1s start cmd 1", "1s tell cmd start 10", "1s ready")
		f.leave()
	})
}

// What the system refuses is told, and the loop goes on.
func TestLoopTrouble(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		f.run()
		f.heard = nil
		f.refuse = errRefused
		f.tell(Gate{Closed: true, Reason: "load"})
		f.said("0s freeze cmd", "0s trouble freeze cmd: operation not permitted")
		f.tell(Gate{})
		f.said("0s thaw cmd", "0s trouble thaw cmd: operation not permitted")
		f.send(syscall.SIGTERM)
		f.said("0s send cmd tree 15", "0s trouble send cmd tree 15: operation not permitted")
		f.pass(10 * time.Second)
		f.said("10s send cmd tree 9", "10s trouble send cmd tree 9: operation not permitted")
		f.pass(5 * time.Second)
		f.ended(125)
	})
}

func TestLoopLauncherGone(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		f.gone = syscall.EPIPE
		f.run()
		f.said("0s start cmd 1", "0s tell cmd start 10", "0s ready", "0s send cmd tree 15")
		f.die(Exit{Task: Cmd, Pid: 10, Status: 15})
		f.ended(143)
	})
}

// What was known before the start is known at the start.
func TestLoopFirst(t *testing.T) {
	inLoop(t, "", func(f *fake) {
		f.run(Gate{Closed: true, Reason: "load"})
		f.said("0s ready")
		f.tell(Gate{})
		f.said("0s start cmd 1", "0s tell cmd start 10")
		f.leave()
	})
	inLoop(t, "", func(f *fake) {
		f.run(Stop{Signal: syscall.SIGINT, Cause: "asked"})
		f.said()
		f.ended(130)
	})
}

func TestLoopSignals(t *testing.T) {
	inLoop(t, "-s HUP", func(f *fake) {
		f.run()
		f.heard = nil
		f.send(syscall.SIGHUP)
		f.said("0s send cmd main 1")
		f.send(syscall.SIGUSR1)
		f.said("0s report up")
		before := f.lastStep()
		f.pass(time.Second)
		f.send(syscall.SIGPIPE) // means nothing
		f.said()
		if f.lastStep() != before {
			t.Error("a signal without a meaning reached the machine")
		}
		f.leave()
	})
}

// "An idle dmon sleeps until something happens": no call, not even a step of
// the machine, although a timer was set before. And there is nobody beside the
// loop.
func TestLoopSleeps(t *testing.T) {
	inLoop(t, "-t 10s -- log", func(f *fake) {
		goroutines := runtime.NumGoroutine()
		f.run()
		if n := runtime.NumGoroutine(); n != goroutines+1 {
			t.Errorf("%d goroutines for one loop", n-goroutines)
		}
		f.pass(9 * time.Second)
		f.heard = nil
		f.tell(Gate{Closed: true, Reason: "load"}) // the timeout stands still
		f.said("9s freeze cmd")
		last := f.lastStep()
		f.pass(10_000 * time.Hour)
		f.said()
		if woken := f.lastStep(); woken != last {
			t.Errorf("woken after %v", woken.Sub(last))
		}
		f.tell(Gate{})
		f.pass(time.Second)
		f.said("10000h0m9s thaw cmd", "10000h0m10s send cmd tree 15")
		f.leave()
	})
}

// A deadline that moves is met where it has moved to, and only there.
func TestLoopDeadlines(t *testing.T) {
	inLoop(t, "-t 10s -i 1m", func(f *fake) {
		f.run()
		f.heard = nil
		f.pass(5 * time.Second)
		f.die(Exit{Task: Cmd, Pid: 10})
		f.said("5s reap", "5s tell cmd delay 1m0s")
		last := f.lastStep()
		f.pass(time.Minute - 1)
		if woken := f.lastStep(); woken != last {
			t.Errorf("woken after %v", woken.Sub(last))
		}
		f.pass(1)
		f.said("1m5s start cmd 2", "1m5s tell cmd start 11")
		f.pass(10*time.Second - 1)
		f.said()
		f.pass(1)
		f.said("1m15s send cmd tree 15")
		f.leave()
	})
}
