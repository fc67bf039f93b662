package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binDir holds the freshly built programs and the helpers; TestMain fills it.
var binDir string

// TestMain is also every helper program: under one of their names this binary
// is that program. Otherwise it builds the real programs and runs the tests.
func TestMain(m *testing.M) {
	if helper, ok := helpers[filepath.Base(os.Args[0])]; ok {
		os.Exit(helper(os.Args[1:]))
	}
	status, err := withPrograms(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// withPrograms calls run while binDir holds the programs.
func withPrograms(run func() int) (int, error) {
	var err error
	if binDir, err = os.MkdirTemp("", "dmon-bin-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(binDir)
	// Commands under test run as other users too.
	if err := os.Chmod(binDir, 0o755); err != nil {
		return 0, err
	}
	if err := buildPrograms(binDir); err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	for name := range helpers {
		if err := linkOrCopy(self, filepath.Join(binDir, name)); err != nil {
			return 0, err
		}
	}
	return run(), nil
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
	cmd := exec.Command("go", append(args, "dmon/cmd/...")...)
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
