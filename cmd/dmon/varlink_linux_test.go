package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/varlink/go/varlink"
	"github.com/varlink/go/varlink/idl"
)

// A client that nobody here wrote introspects a dmon, calls every method, and
// follows its events.
func TestVarlinkClient(t *testing.T) {
	bin, home := programs(t), filepath.Join(t.TempDir(), "names")
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	env := append(os.Environ(), "DMON_DIR="+home)
	start := exec.Command(filepath.Join(bin, "dmon"), "--name", "web", "sleep", "1000")
	start.Env = env
	if out, err := start.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	connect := func() *varlink.Connection {
		t.Helper()
		c, err := varlink.NewConnection(ctx, "unix:"+filepath.Join(home, "web", "control"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := connect()
	defer c.Close()
	var vendor string
	var interfaces []string
	if err := c.GetInfo(ctx, &vendor, nil, nil, nil, &interfaces); err != nil || vendor != "dmon" || !slices.Contains(interfaces, "dmon.Control") {
		t.Errorf("info: %v %q %q", err, vendor, interfaces)
	}
	text, err := c.GetInterfaceDescription(ctx, "dmon.Control")
	if err != nil {
		t.Fatal(err)
	}
	description, err := idl.New(text)
	if err != nil {
		t.Fatalf("the description: %v", err)
	}

	events := connect()
	defer events.Close()
	next, err := events.Send(ctx, "dmon.Control.GetEvents", nil, varlink.More)
	if err != nil {
		t.Fatal(err)
	}
	type event struct {
		Status *struct{ Name, State string }
		Event  *struct {
			Event string
			Seq   int
		}
	}
	var first event
	if flags, err := next(ctx, &first); err != nil || flags&varlink.Continues == 0 || first.Status == nil || first.Status.State != "up" {
		t.Fatalf("the first event: %+v %v", first, err)
	}

	var kinds []string
	seq := 0
	hear := func() bool {
		var e event
		if _, err := next(ctx, &e); err != nil {
			return false
		}
		if seq != 0 && e.Event.Seq != seq+1 {
			t.Errorf("%d follows %d", e.Event.Seq, seq)
		}
		seq = e.Event.Seq
		kinds = append(kinds, e.Event.Event)
		return true
	}
	await := func(kind string) {
		for hear() && kinds[len(kinds)-1] != kind {
		}
	}

	parameters := map[string]any{"Signal": map[string]any{"signal": 18}, "SetText": map[string]any{"text": "busy"}}
	called := 0
	for _, m := range description.Methods {
		if m.Name == "GetEvents" || m.Name == "Stop" {
			continue
		}
		var answer map[string]any
		if err := c.Call(ctx, "dmon.Control."+m.Name, parameters[m.Name], &answer); err != nil || len(answer) == 0 {
			t.Errorf("%s: %v %v", m.Name, answer, err)
		}
		called++
		switch m.Name { // what follows takes its time
		case "Down":
			await("down")
		case "Up", "Restart":
			await("start")
		}
	}
	if called < 8 {
		t.Errorf("%d methods", called)
	}
	if err := c.Call(ctx, "dmon.Control.None", nil, nil); err == nil || !strings.Contains(err.Error(), "MethodNotFound") {
		t.Errorf("an unknown method: %v", err)
	}
	var last map[string]any
	if err := c.Call(ctx, "dmon.Control.Stop", nil, &last); err != nil {
		t.Errorf("Stop: %v", err)
	}
	for hear() { // until it has ended
	}
	for _, want := range []string{"down", "start", "pause", "resume", "end"} {
		if !slices.Contains(kinds, want) {
			t.Errorf("no event %q in %q", want, kinds)
		}
	}
}
