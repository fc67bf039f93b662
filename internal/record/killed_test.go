package record

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// die gives the lock up as a KILL does.
func (e *Entry) die() { e.close() }

// A given name knows whether its last holder was killed, and which that was, but
// not after a reboot.
func TestWhoWasKilled(t *testing.T) {
	h := home(t)
	e := claim(t, h, "a")
	if e.Former != 0 {
		t.Errorf("%d was killed at a new name", e.Former)
	}
	e.die() // before it said anything
	if e = claim(t, h, "a"); e.Former != os.Getpid() {
		t.Errorf("%d was killed", e.Former)
	}
	save(t, e, Record{Name: "a", Given: true, State: Up, Boot: BootID(), Dmon: Process{Pid: os.Getpid()}})
	e.Release(true)
	if e = claim(t, h, "a"); e.Former != 0 {
		t.Errorf("%d was killed, who has given the name back", e.Former)
	}
	e.die()
	if e = claim(t, h, "a"); e.Former != os.Getpid() {
		t.Errorf("%d was killed", e.Former)
	}
	save(t, e, Record{Name: "a", Given: true, State: Up, Boot: "another", Dmon: Process{Pid: os.Getpid()}})
	e.die()
	// A reboot ends all that is known, and keeps no automatic name from it.
	if v, err := h.Look("a"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%+v, %v", v, err)
	}
	if e = claim(t, h, "a"); e.Former != 0 {
		t.Errorf("%d was killed, before the reboot", e.Former)
	}
	save(t, e, Record{Name: "a", Given: true, State: Up, Boot: "another"})
	e.die()
	if e, err := h.ClaimFree("a"); err != nil || e.Name != "a" {
		t.Errorf("%+v, %v", e, err)
	} else {
		e.Release(false)
	}
}

// What killed dmons have left at automatic names goes with the next of the same
// command, and nothing else does.
func TestTidy(t *testing.T) {
	h := home(t)
	done := exec.Command("true")
	if err := done.Run(); err != nil {
		t.Fatal(err)
	}
	dead := strconv.Itoa(done.Process.Pid)
	long := "a-name-that-is-as-long-as-a-name-may-be-at-the-most"[:MaxName]
	for name, gone := range map[string]bool{
		"x." + dead: true, automatic(long, done.Process.Pid): true,
		"x": false, "xy." + dead: false, "x.0" + dead: false, "x.": false, "x.-1": false, "x." + strconv.Itoa(os.Getpid()): false,
	} {
		e, err := h.claim(name, false)
		if err != nil {
			t.Fatal(name, err)
		}
		save(t, e, Record{Name: name, State: Up, Boot: BootID(), Dmon: Process{Pid: done.Process.Pid}})
		e.die()
		base := "x"
		if len(name) > 20 {
			base = long
		}
		h.Tidy(base)
		if _, err := h.Look(name); (err != nil) != gone {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One given by hand stays, and so does one that lives.
	e := claim(t, h, "y."+dead)
	save(t, e, Record{Name: e.Name, Given: true, State: Up, Boot: BootID()})
	h.Tidy("y")
	if v, err := h.Look(e.Name); err != nil || !v.Lives {
		t.Error(v.State, err)
	}
	e.die()
	h.Tidy("y")
	if v, err := h.Look(e.Name); err != nil || v.State != Lost {
		t.Error(v.State, err)
	}
}
