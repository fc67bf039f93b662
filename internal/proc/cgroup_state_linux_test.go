package proc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dmon/supervise"
)

// String is the state in words, "new" for 0.
func (s groupState) String() string {
	words := []string{}
	for i, name := range []string{"found", "frozen", "spent"} {
		if s.has(1 << i) {
			words = append(words, name)
		}
	}
	if len(words) == 0 {
		return "new"
	}
	return strings.Join(words, " ")
}

// TestGroupStates: what is done to a group, the state that it is in after that,
// and whether the kernel holds its members.
func TestGroupStates(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.pid")
	g := OpenGroup(file)
	if g == nil {
		t.Fatal("cannot have a cgroup, which takes root and a mount of version 2")
	}
	p := &plan{}
	for _, step := range []struct {
		name string
		do   func()
		want string
		held string
	}{
		{"made", func() {}, "new", "0"},
		{"freeze", func() { g.freeze() }, "frozen", "1"},
		{"freeze again", func() { g.freeze() }, "frozen", "1"},
		{"thaw", func() { g.thaw() }, "new", "0"},
		{"thaw again", func() { g.thaw() }, "new", "0"},
		{"kill in a pause", func() { g.freeze(); g.kill() }, "spent", "0"},
		{"a pause after that", func() { g.freeze() }, "frozen spent", "1"},
		{"its end", func() { g.thaw() }, "spent", "0"},
		{"the next run", func() { p.enter(g) }, "new", "0"},
		{"killed dmon, in a pause", func() { g.freeze(); g.close(); g, _ = takeGroup(g.path, true) }, "found frozen spent", "1"},
		{"nothing is left", func() { g.counted() }, "found spent", "0"},
		{"its successor's first run", func() { p.enter(g) }, "new", "0"},
	} {
		step.do()
		held, _ := os.ReadFile(g.path + "/cgroup.freeze")
		if got := g.state.String(); got != step.want || strings.TrimSpace(string(held)) != step.held {
			t.Errorf("%s: %s, cgroup.freeze is %q, not %s and %s", step.name, got, held, step.want, step.held)
		}
	}
	if p.group != g {
		t.Error("the next run was not in it")
	}
	if err := g.Remove(); err != nil {
		t.Error(err)
	}
}

// A run that died in a pause leaves a group that stands still; the next one that
// is born into it does not.
func TestStartAfterAPause(t *testing.T) {
	w, g := grouped(t, sh(`exit 4`))
	g.freeze()
	w.start(supervise.Cmd, 2, 9)
	if e := w.exit(supervise.Cmd); e.Status != 4<<8 || g.state != 0 {
		t.Errorf("it ended with %v, and the group is %v", e.Status, g.state)
	}
}
