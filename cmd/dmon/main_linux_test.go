package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// A program that a helper becomes is signalled at dmon's death only if it was
// the main thread that executed it: the kernel keeps that wish for each thread.
func init() { runtime.LockOSThread() }

// TestMain is also every helper program: under one of their names this binary
// is that program.
func TestMain(m *testing.M) {
	if helper, ok := helpers[filepath.Base(os.Args[0])]; ok {
		os.Exit(helper(os.Args[1:]))
	}
	flag.Parse()
	if !given("test.parallel") {
		// As many as there are: TestScripts bounds them by what they use.
		if err := flag.Set("test.parallel", "1000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// given reports whether a flag was on the command line.
func given(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// programs returns a new directory with the programs, freshly built, and the
// helpers.
func programs(t *testing.T) string {
	dir, err := os.MkdirTemp("", "dmon-bin-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	// Commands under test run as other users too.
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := buildPrograms(dir); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range helpers {
		if err := linkOrCopy(self, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// buildPrograms builds what is released, or, when the tests look for races,
// what shows them: the race detector needs cgo.
func buildPrograms(dir string) error {
	args := []string{"build", "-o", dir + "/"}
	env := append(os.Environ(), "CGO_ENABLED=0")
	if raceDetector {
		args = append(args, "-race")
		env = append(os.Environ(), "CGO_ENABLED=1")
	}
	cmd := exec.Command("go", append(args, "dmon/cmd/...", "dmon/internal/house/completions")...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build the programs: %w\n%s", err, out)
	}
	return nil
}

// linkOrCopy makes a helper: a hard link where it can be, because the test
// binary may lie in a directory that other users cannot enter.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}
