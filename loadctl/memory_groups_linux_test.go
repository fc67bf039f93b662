package loadctl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rootOf makes a /proc of these files, with their directories.
func rootOf(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "ROOT", root)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	meminfo8G = "MemTotal: 8388608 kB\nMemAvailable: 6291456 kB\n"
	mib       = 1 << 20
)

// The least that is available counts, and a percentage is of the smallest limit.
func TestMemoryWithinGroups(t *testing.T) {
	v2 := func(max string, usedMiB, filesMiB int) map[string]string {
		return map[string]string{
			"meminfo":           meminfo8G,
			"self/cgroup":       "1:name=systemd:/\n0::/a/b\n",
			"self/mountinfo":    "24 20 0:22 / /proc rw - proc proc rw\n30 20 0:26 / ROOT/cg rw,nosuid shared:4 - cgroup2 cgroup2 rw\n",
			"cg/a/b/memory.max": "max\n", "cg/a/memory.max": max + "\n",
			"cg/a/memory.current": fmt.Sprint(usedMiB*mib, "\n"),
			"cg/a/memory.stat":    fmt.Sprintf("anon 5\ninactive_file %d\nactive_file %d\nslab_reclaimable 0\ntotal_active_file 99999999999\n", filesMiB*mib, mib),
		}
	}
	v1 := func(limit int64) map[string]string {
		return map[string]string{
			"meminfo":                   meminfo8G,
			"self/cgroup":               "5:freezer:/x\n4:cpu,memory:/x/y\n0::/\n",
			"self/mountinfo":            "31 20 0:27 /x ROOT/m rw - cgroup cgroup rw,cpu,memory\n32 20 0:28 / ROOT/f rw - cgroup cgroup rw,freezer\n",
			"m/y/memory.limit_in_bytes": fmt.Sprint(limit, "\n"), "m/y/memory.usage_in_bytes": fmt.Sprint(60*mib, "\n"),
			"m/y/memory.stat": fmt.Sprintf("inactive_file 77777777\ntotal_inactive_file %d\ntotal_active_file 0\n", 10*mib),
		}
	}
	for _, row := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"none", map[string]string{"meminfo": meminfo8G}, "open: available memory 6.0GiB is not below 4.0GiB"},
		{"a machine that has less left than the group", func() map[string]string {
			files := v2(fmt.Sprint(4096*mib), 60, 0)
			files["meminfo"] = "MemTotal: 8388608 kB\nMemAvailable: 1048576 kB\n"
			return files
		}(), "closed: available memory 1.0GiB is below 2.0GiB, resumes above 2.2GiB"},
		{"no limit", v2("max", 60, 0), "open: available memory 6.0GiB is not below 4.0GiB"},
		{"limit of the group above ours", v2(fmt.Sprint(96*mib), 60, 0), "closed: available memory 37.0MiB is below 48.0MiB, resumes above 52.8MiB"},
		{"files can be dropped", v2(fmt.Sprint(96*mib), 60, 20), "open: available memory 57.0MiB is not below 48.0MiB"},
		{"all of it used", v2(fmt.Sprint(96*mib), 99, 0), "closed: available memory 0B is below 48.0MiB, resumes above 52.8MiB"},
		{"more than the machine has", v2(fmt.Sprint(16384*mib), 60, 0), "open: available memory 6.0GiB is not below 4.0GiB"},
		{"version 1, mounted below its root", v1(96 * mib), "closed: available memory 46.0MiB is below 48.0MiB, resumes above 52.8MiB"},
		{"version 1 without a limit", v1(9223372036854771712), "open: available memory 6.0GiB is not below 4.0GiB"},
	} {
		g, err := MinMemory(rootOf(t, row.files), 0, 50)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		v, err := g.Look(time.Time{})
		if got := map[bool]string{true: "closed: ", false: "open: "}[v.Closed] + v.Reason; got != row.want || err != nil {
			t.Errorf("%s:\n got %q, %v\nwant %q", row.name, got, err, row.want)
		}
	}
}

// Whatever is less than there is can be reached again, and what is not is refused.
func TestF88MemoryThatCannotBeHad(t *testing.T) {
	root := rootOf(t, map[string]string{"meminfo": meminfo8G})
	for _, percent := range []float64{0.001, 50, 71, 72, 90, 90.91, 95, 99, 99.99} {
		g, err := MinMemory(root, 0, percent)
		if err != nil {
			t.Fatal(err)
		}
		set := func(kB int) Verdict {
			if err := os.WriteFile(filepath.Join(root, "meminfo"), []byte(fmt.Sprintf("MemTotal: 8388608 kB\nMemAvailable: %d kB\n", kB)), 0o666); err != nil {
				t.Fatal(err)
			}
			v, err := g.Look(time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := set(10); !v.Closed {
			t.Errorf("%v%%: %s", percent, v.Reason)
		}
		if v := set(8388608); v.Closed {
			t.Errorf("%v%% never opens: %s", percent, v.Reason)
		}
	}
	for _, bytes := range []int64{8 << 30, 9 << 30, 1 << 62} {
		if _, err := MinMemory(root, bytes, 0); err == nil || !strings.HasSuffix(err.Error(), " of memory available: there are 8.0GiB in all") {
			t.Errorf("%d bytes: %v", bytes, err)
		}
	}
	// A limit of a group that was lowered meanwhile makes the guard blind, not closed.
	files := map[string]string{
		"meminfo": meminfo8G, "self/cgroup": "0::/\n",
		"self/mountinfo":    "30 20 0:26 / ROOT/cg rw - cgroup2 cgroup2 rw\n",
		"cg/memory.current": "1\n", "cg/memory.stat": "anon 1\n", "cg/memory.max": "2147483648\n",
	}
	root = rootOf(t, files)
	g, err := MinMemory(root, 1<<30, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "cg/memory.max"), []byte("536870912\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if v, err := g.Look(time.Time{}); err == nil || v.Closed || err.Error() != "cannot keep 1.0GiB of memory available: there are 512.0MiB in all" {
		t.Errorf("%v, %v", v, err)
	}
}
