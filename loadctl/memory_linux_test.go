package loadctl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMinMemory(t *testing.T) {
	const mib = 1 << 10 // in the file's kilobytes
	text := func(available int) string {
		return fmt.Sprintf("MemTotal: %d kB\nMemFree: 1 kB\nMemAvailable: %d kB\nBuffers: 1 kB\n", 8192*mib, available*mib)
	}
	root := rootWith(t, "meminfo", text(4096))
	g, err := MinMemory(root, 512<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range []struct {
		available int
		every     time.Duration
		want      string
	}{
		{8000, 5 * time.Second, "open: available memory 7.8GiB is not below 512.0MiB"},
		{2560, 2 * time.Second, "open: available memory 2.5GiB is not below 512.0MiB"},
		{512, time.Second, "open: available memory 512.0MiB is not below 512.0MiB"},
		{511, time.Second, "closed: available memory 511.0MiB is below 512.0MiB, resumes above 563.2MiB"},
		{563, time.Second, "closed: available memory 563.0MiB is not yet above 563.2MiB"},
		{564, time.Second, "open: available memory 564.0MiB is above 563.2MiB"},
		{563, time.Second, "open: available memory 563.0MiB is not below 512.0MiB"},
	} {
		if err := os.WriteFile(filepath.Join(root, "meminfo"), []byte(text(row.available)), 0o666); err != nil {
			t.Fatal(err)
		}
		v, err := g.Look(time.Time{})
		got := map[bool]string{true: "closed: ", false: "open: "}[v.Closed] + v.Reason
		if err != nil || got != row.want {
			t.Errorf("look %d: got %q, %v, want %q", i, got, err, row.want)
		}
		if every := g.Every().Round(time.Second); every != row.every {
			t.Errorf("look %d: the next comes after %v", i, g.Every())
		}
	}
	if got := g.State(); got != "available memory 563.0MiB, pauses below 512.0MiB, resumes above 563.2MiB" {
		t.Error(got)
	}
	// What it saw may be taken by the time that it is its turn.
	g.Stay()
	if v, _ := g.Look(time.Time{}); !v.Closed {
		t.Errorf("after Stay: %s", v.Reason)
	}
	g.Open()
	if v, _ := g.Look(time.Time{}); v.Closed {
		t.Errorf("after Open: %s", v.Reason)
	}
	// A part of what there is, and blind later.
	g, err = MinMemory(root, 0, 50)
	if err != nil || !strings.HasPrefix(g.State(), "available memory unknown, pauses below 4.0GiB, resumes above 4.4GiB") {
		t.Errorf("%v, %v", g.State(), err)
	}
	if v, err := g.Look(time.Time{}); !v.Closed || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if err := os.WriteFile(filepath.Join(root, "meminfo"), []byte("MemTotal: 5 kB\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = g.Look(time.Time{})
	want := "cannot tell the available memory: read ROOT/meminfo: no total and available memory"
	if got := strings.ReplaceAll(fmt.Sprint(err), root, "ROOT"); got != want || g.State() != "available memory unknown, pauses below 4.0GiB, resumes above 4.4GiB" {
		t.Errorf("%q, %s", got, g.State())
	}
	if _, err := MinMemory(t.TempDir(), 1, 0); err == nil {
		t.Error("no file, no error")
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0B", 1023: "1023B", 1024: "1.0KiB", 1536: "1.5KiB", 1 << 30: "1.0GiB", 1<<63 - 1: "8.0EiB"} {
		if got := size(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
